/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: history MASTER.KEY COUNT PACK
 *
 * Writes a git pack of COUNT commits, each the parent of the next, signed like `git commit -S`
 * signs them, each with a key and leaf of its own; prints the id of the last one.  `git index-pack`
 * makes a repository of it.  (git fast-import of git before 2.50 cannot import signatures.)
 */
#include <sha1.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <zlib.h>

#include <signet/signet.h>

enum { COMMITS_MAX = 10000000, HEX_SIZE = 2 * SHA1_DIGEST_LENGTH + 1 };

/* Object types of the pack format, gitformat-pack(5). */
enum { PACK_COMMIT = 1, PACK_TREE = 2 };

typedef struct {
    FILE *file;
    SHA1_CTX sum;
} pack;

static bool
write_bytes(pack *to, const void *bytes, size_t len, signet_error *err)
{
    SHA1Update(&to->sum, bytes, len);
    if (fwrite(bytes, 1, len, to->file) != len)
        return signet_fail(err, SIGNET_E_IO, "cannot write the pack");
    return true;
}

static bool
write_object(pack *to, unsigned type, signet_slice body, signet_error *err)
{
    static uint8_t packed[1 << 16];
    uint8_t head[10] = {(uint8_t)(type << 4 | (body.len & 15))};
    uLongf packed_len = sizeof(packed);
    size_t left = body.len >> 4, head_len = 1;

    for (; left > 0; left >>= 7) {
        head[head_len - 1] |= 0x80;
        head[head_len++] = left & 0x7f;
    }
    if (compress2(packed, &packed_len, body.ptr, body.len, Z_DEFAULT_COMPRESSION) != Z_OK)
        return signet_fail(err, SIGNET_E_USAGE, "an object of %zu bytes", body.len);
    return write_bytes(to, head, head_len, err) && write_bytes(to, packed, packed_len, err);
}

static void
object_id(const char *type, signet_slice body, char ret_hex[HEX_SIZE])
{
    uint8_t digest[SHA1_DIGEST_LENGTH];
    char head[32];
    SHA1_CTX sum;
    int head_len = snprintf(head, sizeof(head), "%s %zu", type, body.len);

    SHA1Init(&sum);
    SHA1Update(&sum, (const uint8_t *)head, (size_t)head_len + 1);
    SHA1Update(&sum, body.ptr, body.len);
    SHA1Final(digest, &sum);
    for (size_t i = 0; i < sizeof(digest); i++)
        (void)snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
}

/* The armour as a header: its lines but the first begin with a blank. */
static bool
append_signature(signet_slice armor, signet_buf *out, signet_error *err)
{
    if (!signet_buf_append(out, signet_slice_text("gpgsig"), err))
        return false;
    while (armor.len > 0) {
        const uint8_t *newline = memchr(armor.ptr, '\n', armor.len);
        size_t line = newline ? (size_t)(newline - armor.ptr) + 1 : armor.len;

        if (!signet_buf_append(out, signet_slice_text(" "), err) ||
            !signet_buf_append(out, (signet_slice){armor.ptr, line}, err))
            return false;
        armor.ptr += line;
        armor.len -= line;
    }
    return true;
}

static bool
sign(const signet_cms_signer *signer, signet_slice payload, int64_t now, signet_buf *out,
    signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf message = {0};
    uint8_t digest[SIGNET_SHA512_SIZE];
    signet_sha512 state = {0};

    signet_sha512_init(&state);
    signet_sha512_update(&state, payload);
    signet_sha512_final(&state, digest);
    return signet_cms_sign(signer, 1, (signet_slice){digest, sizeof(digest)}, now, &message, err) &&
           signet_cms_armor(signet_buf_slice(&message), "SIGNED MESSAGE", out, err);
}

/* `id` is the parent's, empty for the first, and becomes the new one's. */
static bool
write_commit(pack *to, const signet_cms_signer *signer, size_t number, int64_t now,
    char id[HEX_SIZE], signet_error *err)
{
    SIGNET_AUTO(signet_buf_free) signet_buf head = {0}, text = {0}, payload = {0}, armor = {0};
    SIGNET_AUTO(signet_buf_free) signet_buf commit = {0};
    static const char person[] = "A U Thor <author@example.org>";

    if (!signet_buf_printf(&head, err, "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n%s%s%s",
            id[0] ? "parent " : "", id, id[0] ? "\n" : "") ||
        !signet_buf_printf(&head, err, "author %s %lld +0000\ncommitter %s %lld +0000\n", person,
            (long long)now, person, (long long)now) ||
        !signet_buf_printf(&text, err, "\nchange number %zu\n", number) ||
        !signet_buf_append(&payload, signet_buf_slice(&head), err) ||
        !signet_buf_append(&payload, signet_buf_slice(&text), err) ||
        !sign(signer, signet_buf_slice(&payload), now, &armor, err) ||
        !signet_buf_append(&commit, signet_buf_slice(&head), err) ||
        !append_signature(signet_buf_slice(&armor), &commit, err) ||
        !signet_buf_append(&commit, signet_buf_slice(&text), err))
        return false;
    object_id("commit", signet_buf_slice(&commit), id);
    return write_object(to, PACK_COMMIT, signet_buf_slice(&commit), err);
}

static signet_key *
read_key(const char *path, signet_error *err)
{
    uint8_t text[4096];
    FILE *file = fopen(path, "r");
    size_t len = file ? fread(text, 1, sizeof(text), file) : 0;

    if (file)
        (void)fclose(file);
    return signet_key_from_pem(signet_only_ed25519, (signet_slice){text, len}, err);
}

static bool
write_pack(pack *to, const signet_key *master, size_t count, char id[HEX_SIZE], signet_error *err)
{
    signet_cms_signer signer = {.master = master};
    size_t objects = count + 1;
    uint8_t head[12] = {'P', 'A', 'C', 'K', 0, 0, 0, 2, (uint8_t)(objects >> 24),
        (uint8_t)(objects >> 16), (uint8_t)(objects >> 8), (uint8_t)objects};
    uint8_t sum[SHA1_DIGEST_LENGTH];
    int64_t now = (int64_t)time(NULL);

    SHA1Init(&to->sum);
    if (!write_bytes(to, head, sizeof(head), err) ||
        !write_object(to, PACK_TREE, (signet_slice){(const uint8_t *)"", 0}, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!write_commit(to, &signer, i, now, id, err))
            return false;
    }
    SHA1Final(sum, &to->sum);
    if (fwrite(sum, 1, sizeof(sum), to->file) != sizeof(sum) || fflush(to->file) != 0)
        return signet_fail(err, SIGNET_E_IO, "cannot write the pack");
    return true;
}

int
main(int argc, char **argv)
{
    SIGNET_AUTO(signet_key_free) signet_key *master = NULL;
    size_t count = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
    char id[HEX_SIZE] = "";
    signet_error err = {0};
    pack to = {0};
    bool is_written = false;

    if (count == 0 || count > COMMITS_MAX) {
        fputs("usage: history MASTER.KEY COUNT PACK\n", stderr);
        return 2;
    }
    master = read_key(argv[1], &err);
    to.file = master ? fopen(argv[3], "w") : NULL;
    if (master && !to.file)
        signet_error_set(&err, SIGNET_E_IO, "cannot write %s", argv[3]);
    is_written = to.file && write_pack(&to, master, count, id, &err);
    if (to.file && fclose(to.file) != 0)
        is_written = false;
    if (!is_written) {
        fprintf(stderr, "history: %s\n", err.message);
        return 1;
    }
    puts(id);
    return 0;
}
