/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <unistd.h>

#include "config_words.h"

void
config_put(config_writer *writer, const char *format, ...)
{
    char line[2048];
    va_list values;
    int len = 0;

    if (writer->err.code != SIGNET_OK)
        return;
    va_start(values, format);
    len = vsnprintf(line, sizeof(line), format, values);
    va_end(values);
    if (len < 0 || (size_t)len >= sizeof(line))
        signet_error_set(&writer->err, SIGNET_E_USAGE, "a line of the configuration is too long");
    else
        (void)!signet_buf_append(
            &writer->text, (signet_slice){(const uint8_t *)line, (size_t)len}, &writer->err);
}

static void
put_byte(config_writer *writer, uint8_t byte)
{
    if (writer->err.code == SIGNET_OK)
        (void)!signet_buf_append(&writer->text, (signet_slice){&byte, 1}, &writer->err);
}

/* A quote or a backslash is escaped; nothing else has a meaning inside of quotes but the dollar. */
static void
put_letter(config_writer *writer, uint8_t letter)
{
    if (letter == '"' || letter == '\\')
        put_byte(writer, '\\');
    put_byte(writer, letter);
}

static void
put_word(config_writer *writer, const char *name, const char *word)
{
    config_put(writer, " \"");
    for (; *word != '\0'; word++) {
        uint8_t letter = (uint8_t)*word;

        if (letter < 0x20 || letter == 0x7f || letter == '$') {
            if (writer->err.code == SIGNET_OK)
                signet_error_set(&writer->err, SIGNET_E_USAGE,
                    "the value for \"%s\" holds a control character or a dollar sign", name);
            return;
        }
        put_letter(writer, letter);
    }
    config_put(writer, "\"");
}

void
config_directive(config_writer *writer, const char *name, const char *const *words)
{
    config_put(writer, "%s", name);
    for (; *words; words++)
        put_word(writer, name, *words);
    config_put(writer, ";\n");
}

void
config_full_name(const char *path, char ret[CONFIG_PATH_SIZE])
{
    char here[PATH_MAX] = "";
    bool is_full = path[0] == '/' || !getcwd(here, sizeof(here));

    (void)snprintf(ret, CONFIG_PATH_SIZE, "%s%s%.*s", is_full ? "" : here, is_full ? "" : "/",
        PATH_MAX - 2, path);
}

void
config_file(config_writer *writer, const char *name, const char *path)
{
    char full[CONFIG_PATH_SIZE] = "";

    config_full_name(path, full);
    CONFIG(writer, name, full);
}

void
config_secret(config_writer *writer, const char *before, signet_slice secret)
{
    config_put(writer, "\"%s", before);
    for (size_t i = 0; i < secret.len; i++) {
        if (secret.ptr[i] < 0x20 || secret.ptr[i] > 0x7e)
            signet_error_set(&writer->err, SIGNET_E_USAGE, "a credential holds a strange letter");
        else if (secret.ptr[i] == '$')
            config_put(writer, "${signet_dollar}");
        else
            put_letter(writer, secret.ptr[i]);
    }
    config_put(writer, "\"");
}

void
config_literal_pattern(config_writer *writer, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_~";

    for (; *text != '\0'; text++) {
        uint8_t letter = (uint8_t)*text;

        if (letter <= 0x20 || letter >= 0x7f)
            signet_error_set(&writer->err, SIGNET_E_USAGE, "a rule holds a strange letter");
        else if (!strchr(plain, letter))
            config_put(writer, "\\\\x%02x", letter); /* one backslash is for the quotes */
        else
            put_byte(writer, letter);
    }
}

bool
config_end(config_writer *writer, signet_error *err)
{
    if (writer->err.code == SIGNET_OK)
        return true;
    if (err)
        *err = writer->err;
    return false;
}
