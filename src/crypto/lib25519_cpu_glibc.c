/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lib25519 asks the processor before main(), with nine CPUID instructions.  On a virtual machine
 * each is a trip to the hypervisor, 4 us here, and git starts one process for each commit.  The C
 * library has asked already; these two functions stand in for lib25519's own and pass its answer
 * on.  (Under other names in a later lib25519 they are simply not used.)
 */
#include <stdbool.h>
#include <sys/platform/x86.h>

int lib25519_supports_amd64_sse3_ssse3_sse41_sse42_avx(void);
int lib25519_supports_amd64_sse3_ssse3_sse41_sse42_avx_bmi1_bmi2_avx2(void);

static bool
has_avx(void)
{
    return CPU_FEATURE_ACTIVE(SSE3) && CPU_FEATURE_ACTIVE(SSSE3) && CPU_FEATURE_ACTIVE(SSE4_1) &&
           CPU_FEATURE_ACTIVE(SSE4_2) && CPU_FEATURE_ACTIVE(AVX);
}

int
lib25519_supports_amd64_sse3_ssse3_sse41_sse42_avx(void)
{
    return has_avx();
}

int
lib25519_supports_amd64_sse3_ssse3_sse41_sse42_avx_bmi1_bmi2_avx2(void)
{
    return has_avx() && CPU_FEATURE_ACTIVE(BMI1) && CPU_FEATURE_ACTIVE(BMI2) &&
           CPU_FEATURE_ACTIVE(AVX2);
}
