/* SPDX-License-Identifier: Apache-2.0 */
/* The test vector of C2SP httpsig-pq v0.1.0 for `ml-dsa-44`: empty context, nothing hashed before.
 */
#include <signet/pki.h>

#include "http/fields.h"
#include "signed_request.h"

#define SEED "c80d699b2daa47d54b8697f5a917c696400d7063b30a234d18ad672250ae42d9"
#define INPUT                                                                                      \
    "(\"@method\" \"@target-uri\" \"host\" \"date\");created=1783368000;"                          \
    "keyid=\"test-key-mldsa44\";alg=\"ml-dsa-44\""
/* clang-format off */
#define SIGNATURE                                                                                  \
    "xMPE4JdLqAZ69uTOeLp4kAqExJpuY1JBqXtOslHrYcuAZ4VWxCNvDbqZPE6WuJRRIHc0f7AVjYEKmKe1YfNgWnil"     \
    "nzXaKfLo3O1jJsOMMYwtfnpHOHKY6JwvJbG+prQrLy1B4+GQa87nF43XbyAZx5/Hm86AfSep/yXYfctzAAFF2CPK"     \
    "wONhTv3JxKNu1ke3J5FKqWUiDBQyCT0/MRdEEE+EfUNuM3z2yPm8/XHRrPXGhdKfprb0c6OzcUTPiAq10x6gsFvi"     \
    "SfgdfOA7yYVgjnou/wOCDCoZmSIrShxQbYtfVk3jnyuK0LQR+vSMrAzv9cCuQAcFFXK0ckf2p1nASr4BvJHWM98H"     \
    "6qTrm1vytPDbhnoaMLBQyxxGJhEMIW04yR8Td9LwXFY9Jt6p6HQqITSy2s9lOXmDk9UWQXJ+TK220apBOHqHvAst"     \
    "6fyOf2HJFyn4NkthzcbCFFSaGx7PtJvNid7NQYi811e3jEbiqwva+cKAy7CaIyq5ufwys5072YG0mUz7Cc7h2jCR"     \
    "WQLHvEQwbi/ZLUY92lEaqBO0eSRQfJ3CkpvxMY4nY/U+Dtw5IHzPbK4olqaktMuiUYbC2QDvFm/LZ5UUFSYTdGNJ"     \
    "tmDPMZZNtzYatgn1m1aTmtHTpT1d64DIFG7WCqAQwIzgfZRUMAFlHcQKq4jOkEzX4nBtezw5vrqilu3MC5XNsjC+"     \
    "cEVtZsnDj6MShmFkQEkn4lgpEy5bVxX8Ku8aucMwKWxCQ0gQFGsKGdoNC9iFPw3EsdWqpgvkhXtav2dFxqQJTE4b"     \
    "oN0g7DVW1GrrTeIdkfX9o4lPLfW5XWi7Q0Sywt37U7DG/hHGdlz3vC/uLNv8O6keycUFfnIU7culqs0OBCj4Riij"     \
    "Dk+5icrKzAmr/ufOb0O5fdw0rfaztaANHyBpgPzENAl4qRa3SecWErZbS7fAyjbc1fYwPxisp0Htc4MTNomaCoy9"     \
    "JihoFpHkV4q6zaLMQPg9yQYvEjfEBcGL3IcfdXgfG2jgz0/+ggq68iz/99RMFA2znvm87T/fNMAXtvXBIHROX2/R"     \
    "fZ/U+X4MgB+kZdptWWzWoTcPT2M/JZB25/rR2zmsSI/wFVbKiTFA3sobQUJlUo/96DGKlPsPqR0hz423lEYn5v40"     \
    "tu1qfINcGPms7lHXn7JhtCahFndZv7WsONV2p4Oi8fD+07sA3g4cfq15Ukt1JYIWze71GxI4XCx4f6ExFhSLVqx3"     \
    "2hadk9q0vAMWZHw5k5oHnqVBKx988fmrNTNGuYqAQsKmsKDNRqduBQ+EKsg8wj4cRjFEYAQiw67OFgE4r20dsF9G"     \
    "uFJeN01CNLL+SDtnB0O/6cVdxfi3rlfrkfuyFD5oqE9JgFp8tOnJCQT7c/YoFvm+1pMsB9Vn5SirdApdO1gA5qwr"     \
    "CaUq6xAsz+xqNZeOD5q5tp89BnsyQ/m5Got8aLHXNI5RKg0i2H9sK5yj3nm70ZZjHo4V4Fmbd6ANphOPb4BBtYQm"     \
    "/xraGA4+2G+GqIG9aqTa+xqWEUnn5xWgO8DUybJbAqGAlcrVpyQVTJe7TOERAfhA45rZxxvwfcxu1kMX4QQHTtqi"     \
    "z5MHL4I8AcpZhMtlzDCKXwpG8vaMSIv+RdkDZDOyS3/zumvdMoy/4+kHUqwnCy9NMatHTdWu/pD3KDiFndHw9oxo"     \
    "D6uzDWm6hwJNnxbM/u/7lRZMJkPaMR9xyd4t2ctWGmEtcJBfT7cclxMRdzdIO8Qz/ggshWg3bbJrWslL6wFSOkmZ"     \
    "kscSWTJtUMkWSl2a0df92UvdvJpV6SHhy9NWlHq6hn04vKo55/BbjhFNRyOZIJx/3WnUQIVbhApDBHrf3Dpzfcvn"     \
    "lkyQZvxtCqdPzN5nHDVZ50+01nye/b+WsUH56ga+ALzNmPS2iHZAirlBQA3td4r+MvFyW6wAdYWEQYsF4LMtNyhU"     \
    "RYB+oEPEesLu7Op61sZtyDUT2aXknqtgsjBJU+D1lfey27x82BjbZ/1/6S0GKDc4+8fXF8+AnntdaQbWbAcdQXTs"     \
    "//EmRFvCJMa0+rKiULt8zQz6g53Bum8M12YfUKRDTCHD0o8HjzTL4Hyhhq8yIzV4b9J5Q7tXqTsUsaSq6Jti0drl"     \
    "wSGM9ZADaEbC+EpkSBh9rVMqSwZBmmnumUc6UjDtiKXLs8l2h47HX+hNWxt1uZSAO9SWzsJ3Bw9cTa2Hwi8mEEXA"     \
    "Wk56GUJQ51tWNbxsApLvCOC/jui+KfqfG9FXrveOAhM0fUCYJaztXEOyIPAlY7MPD9oIhY1wPfRf6cVNVfdMWxtI"     \
    "jiuLyl35E2EpKU5aL/qp0HiZ6CkciFJvt3Q+E6+r6FMzM2QDG9iMpwA3YvFA2ZBs4Hgcv2lNvE31/LT78zrtBaqe"     \
    "sAFvDwJ5rx9vWfI9jP01chm9its8Rp77lnQM95eJp6Y4+RzJKF5gjYqyke9CAErkmyaBZE/cd8vkNZFUvu5dbtoq"     \
    "UZPFIHG7TBodCimgKpWxJZOuKUKujviSsDdp5V/aDvJiUFfEas5Pzl4E8FHQnM+ucjEhKyqHdye9faMVYat9f5Uf"     \
    "HLK52mKmWog8wa7JjMtDfVG6GF/ZWx8s8qDSZltNqMsb1H6nVxRaGrZjt+OzTSyCkQV4oG90I93zMkYUQWLm9Zp5"     \
    "QIt/6Lp+vN3bh+QHWqiyIozEJsd/vcYJBcm49nxJhAPs1EgXr4esryJKFVp4fDo3kg7lDYPY1nL9EJP9XYZex6V5"     \
    "oqKh6ozwDuwfVj0A+2nmqsW2LBUUvwEX95aVXI+X2QMSQJMIajMwUHtVwBqTHU2VEgYVzmIsc00HoaBAGMCPb0nA"     \
    "0468h+FO7MPlZvADg08xmNMxoPQEVCu67p62iePUlrhuHxBPlko2Q1r/+coZVG8Yc6BB3DovIweezsdeJmut9RrD"     \
    "IMbigewyoQ67+SC2zN0rLe9vpgqM9+REuk6kkdJW2YCMI1PbrexSAlIaTjz+RA4+lYIrFXYqFXD6ie/hLIF71J+X"     \
    "TaGZtVQy0jdFOZ5kX16oatMr1QYh1ESe5sLjiPlC3o8+RYZze6qBfvMi9B+FICpMO+UqUOlrnhBVKuxYTZc/IsFX"     \
    "rr2TlvKKRy4fAzZGM0jOsXkAjMkCVYzMs8QQFCU4PlNfYGNrpLO4xcjM1tjp6+0rMjU9XnF4gIuXprTH1+Pq+xc4"     \
    "PkpMcXJ1d4GKjqnE1dfh5PT7KC9HaGx+naOorK75AAAAAAAAAAAAABUmOkY="
/* clang-format on */

static const char *const algorithms[] = {"ml-dsa-44", NULL};
static const sg_signature_profile only_mldsa44 = {.algorithms = algorithms};

enum { CREATED = 1783368000 };

static const struct {
    const char *name, *method, *target, *date;
    size_t changed; /* byte of the signature; 0: none */
    bool is_genuine;
} rows[] = {
    {"as published", "GET", "/foo?param=Value&Pet=dog", "Mon, 06 Jul 2026 20:00:00 GMT", 0, true},
    {"another method", "PUT", "/foo?param=Value&Pet=dog", "Mon, 06 Jul 2026 20:00:00 GMT", 0,
        false},
    {"another query", "GET", "/foo?param=Value&Pet=cat", "Mon, 06 Jul 2026 20:00:00 GMT", 0, false},
    {"another date", "GET", "/foo?param=Value&Pet=dog", "Mon, 06 Jul 2026 20:00:01 GMT", 0, false},
    {"another byte", "GET", "/foo?param=Value&Pet=dog", "Mon, 06 Jul 2026 20:00:00 GMT", 1000,
        false},
    {"another last byte", "GET", "/foo?param=Value&Pet=dog", "Mon, 06 Jul 2026 20:00:00 GMT", 2419,
        false},
};

TEST(verifies_the_vector_of_httpsig_pq)
{
    static const char base[] = "\"@method\": GET\n"
                               "\"@target-uri\": https://example.com/foo?param=Value&Pet=dog\n"
                               "\"host\": example.com\n"
                               "\"date\": Mon, 06 Jul 2026 20:00:00 GMT\n"
                               "\"@signature-params\": " INPUT;
    SIGNET_AUTO(signet_key_free) signet_key *key = NULL, *other = NULL;

    key = signet_key_from_seed(&signet_mldsa44, unhex(SEED), NULL);
    other = signet_key_generate(&signet_mldsa44, NULL);
    REQUIRE(key && other);
    for (EACH(row, rows)) {
        SIGNET_AUTO(sg_message_signature_free) sg_message_signature read = {0};
        message one = {row->method, "https", "example.com", row->target, "pq=" INPUT,
            "pq=:" SIGNATURE ":", {"Host", "example.com", "Date", row->date}};
        signet_http_field fields[FIELDS_MAX];
        signet_http_request request = request_of(&one, fields);
        signet_error err = {0};

        REQUIRE(sg_message_signature_read(&request, &only_mldsa44, CREATED, 0, &read, &err));
        CHECK_INT(read.signature_len, 2420);
        if (row->is_genuine)
            CHECK_BYTES(signet_buf_slice(&read.base), signet_slice_text(base));
        if (row->changed > 0)
            read.signature[row->changed] ^= 1;
        CHECK_INT(sg_message_signature_verify(&read, key, &err), row->is_genuine);
        CHECK_INT(err.code, row->is_genuine ? SIGNET_OK : SIGNET_E_SIGNATURE);
        CHECK(!sg_message_signature_verify(&read, other, NULL));
        read.signature_len--;
        CHECK(!sg_message_signature_verify(&read, key, NULL));
    }
}

TESTS(TEST_OF(verifies_the_vector_of_httpsig_pq))
