/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's key retention service, keyrings(7), by its three system calls.
 *
 * The secret is a "user" key in the keyring of the user, which all sessions of that user share and
 * the kernel drops with the last process.  A process whose session keyring does not lead to the
 * user's (a service, a container, `keyctl session`) does not "possess" what is in it, and then
 * the permissions of the owner count.  So the owner may view, read and search, everybody else
 * nothing, and the key is finished - permissions, time limit - in the keyring of our process,
 * which we always possess, before it is linked where others see it.
 */
#include <errno.h>
#include <limits.h>
#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/secret.h"
#include "keystore/keyring.h"

enum {
    /* of the possessor: view, read, write, search, link, set attributes */
    POSSESSOR_MAY = 0x3f << 24,
    /* of the owner: view, read, search */
    OWNER_MAY = 0x0b << 16,
    LARGEST_SECRET = 64,
};

static const char key_type[] = "user";

static long
search(const char *name)
{
    return syscall(SYS_keyctl, KEYCTL_SEARCH, (long)KEY_SPEC_USER_KEYRING, key_type, name, 0L);
}

bool
sg_keyring_keep(const char *name, signet_slice secret, int64_t seconds)
{
    unsigned timeout = seconds > UINT_MAX ? UINT_MAX : (unsigned)seconds;
    bool is_kept = false;
    long key = 0;

    if (seconds <= 0)
        return false;
    key = syscall(
        SYS_add_key, key_type, name, secret.ptr, secret.len, (long)KEY_SPEC_PROCESS_KEYRING);
    if (key < 0)
        return false;
    is_kept =
        syscall(SYS_keyctl, KEYCTL_SETPERM, key, (unsigned)(POSSESSOR_MAY | OWNER_MAY)) == 0 &&
        syscall(SYS_keyctl, KEYCTL_SET_TIMEOUT, key, timeout) == 0 &&
        syscall(SYS_keyctl, KEYCTL_LINK, key, (long)KEY_SPEC_USER_KEYRING) == 0;
    (void)syscall(SYS_keyctl, KEYCTL_UNLINK, key, (long)KEY_SPEC_PROCESS_KEYRING);
    return is_kept;
}

bool
sg_keyring_find(const char *name, uint8_t *ret_secret, size_t size)
{
    uint8_t found[LARGEST_SECRET + 1];
    long key = search(name), len = 0;

    if (key < 0)
        return false;
    len = syscall(SYS_keyctl, KEYCTL_READ, key, found, sizeof(found));
    if (len == (long)size)
        memcpy(ret_secret, found, size);
    sg_wipe(found, sizeof(found));
    return len == (long)size;
}

bool
sg_keyring_forget(const char *name, signet_error *err)
{
    long key = search(name);

    if (key < 0) /* not there, expired, or no such service: nothing is remembered */
        return true;
    if (syscall(SYS_keyctl, KEYCTL_INVALIDATE, key) == 0 ||
        syscall(SYS_keyctl, KEYCTL_UNLINK, key, (long)KEY_SPEC_USER_KEYRING) == 0 ||
        search(name) < 0)
        return true;
    return signet_fail(err, SIGNET_E_IO, "the kernel does not forget the key of this store");
}

const char *
sg_keyring_problem(void)
{
    if (syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, (long)KEY_SPEC_USER_KEYRING, 1L) >= 0)
        return NULL;
    if (errno == ENOSYS)
        return "this kernel has no key retention service";
    if (errno == EPERM || errno == EACCES)
        return "the key retention service of the kernel is not allowed here (a container?)";
    if (errno == EDQUOT)
        return "the user's quota of kernel keys is used up";
    return "the kernel gives no keyring";
}
