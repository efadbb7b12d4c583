/* SPDX-License-Identifier: Apache-2.0 */
/* usage: http_client KEY ISSUER URL [BODY]     sends one request with a proof; needs libcurl */
#include <curl/curl.h>
#include <stdio.h>
#include <time.h>

#include <signet/signet.h>

/* What is signed must be what is sent: no redirects, and the path as it is. */
static bool
send_request(const char *url, const char *body, const char *field, signet_error *err)
{
    struct curl_slist *fields = curl_slist_append(NULL, field);
    CURL *curl = curl_easy_init();
    CURLcode code = CURLE_OUT_OF_MEMORY;

    if (curl && fields) {
        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
        curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
        curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
        curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
        if (body)
            curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
        code = curl_easy_perform(curl);
    }
    curl_easy_cleanup(curl);
    curl_slist_free_all(fields);
    return code == CURLE_OK || signet_fail(err, SIGNET_E_NETWORK, "%s", curl_easy_strerror(code));
}

static bool
request(signet_slice pem, char **arguments, signet_error *err)
{
    const char *issuer = arguments[0], *url = arguments[1], *body = arguments[2];
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL;
    SIGNET_AUTO(signet_credential_free) signet_credential *credential = NULL;
    SIGNET_AUTO(signet_buf_free) signet_buf field = {0};
    signet_credential_request wanted = {.issuer = issuer, .purpose = "example", .now = time(NULL)};
    signet_sign_order order = {
        .url = url, .request.method = signet_slice_text(body ? "POST" : "GET")};

    if (body) {
        order.body_kind = SIGNET_BODY_BYTES;
        order.body = signet_slice_text(body);
    }
    wanted.master = key = signet_key_from_pem(signet_only_ed25519, pem, err);
    credential = key ? signet_credential_new(&wanted, err) : NULL; /* for minutes of requests */
    return credential && signet_buf_append(&field, signet_slice_text("Signet-Proof: "), err) &&
           signet_credential_sign(credential, &order, time(NULL), &field, err) &&
           signet_buf_append(&field, (signet_slice){(const uint8_t *)"", 1}, err) &&
           send_request(url, body, (const char *)field.data, err);
}

int
main(int argc, char **argv)
{
    signet_error err = {SIGNET_E_USAGE, "usage: http_client KEY ISSUER URL [BODY]"};
    FILE *file = argc == 4 || argc == 5 ? fopen(argv[1], "r") : NULL;
    uint8_t pem[4096];
    size_t len = file ? fread(pem, 1, sizeof(pem), file) : 0;

    if (file)
        (void)fclose(file);
    if (argc < 4 || argc > 5 || !request((signet_slice){pem, len}, argv + 2, &err)) {
        fprintf(stderr, "http_client: %s\n", err.message);
        return 1;
    }
    return 0;
}
