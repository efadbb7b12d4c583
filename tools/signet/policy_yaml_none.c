/* SPDX-License-Identifier: Apache-2.0 */
#include "policy_source.h"

bool
policy_source_yaml(signet_slice text, signet_policy_compiler *compiler, signet_error *err)
{
    (void)text;
    (void)compiler;
    return signet_fail(err, SIGNET_E_USAGE, "this program was built without libyaml");
}
