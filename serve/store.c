/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/store.h"

bool
sg_store_check_id(const char *id, signet_error *err)
{
    if (strspn(id, "0123456789abcdef") != SG_STORE_ID_SIZE || id[SG_STORE_ID_SIZE] != '\0')
        return signet_fail(
            err, SIGNET_E_USAGE, "a record's id is %d lower-case hex digits", SG_STORE_ID_SIZE);
    return true;
}

bool
sg_store_check_value(const char *id, signet_slice value, signet_error *err)
{
    if (!sg_store_check_id(id, err))
        return false;
    if (value.len == 0 || value.len > SG_STORE_VALUE_MAX)
        return signet_fail(err, SIGNET_E_USAGE, "a record of %zu bytes, at most %d", value.len,
            SG_STORE_VALUE_MAX);
    return true;
}

bool
sg_store_is_over(int64_t expires, int64_t now)
{
    int64_t last = 0;

    return !__builtin_add_overflow(expires, SG_STORE_GRACE, &last) && now > last;
}

void
sg_store_free(sg_store *store)
{
    if (!store)
        return;
    if (store->free)
        store->free(store->context);
    *store = (sg_store){0};
}
