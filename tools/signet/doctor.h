/* SPDX-License-Identifier: Apache-2.0 */
/* What `signet doctor` looks at, and how it says what it found. */
#ifndef SG_SIGNET_DOCTOR_H
#define SG_SIGNET_DOCTOR_H

#include "common/home.h"
#include "json_out.h"

typedef enum { DOCTOR_FINE, DOCTOR_NOTE, DOCTOR_WRONG } doctor_state;

typedef struct {
    const home *config; /* NULL: it could not be read */
    bool json;
    json_out document;
    size_t wrong;
} doctor;

/** One finding; `remedy` is a command, or NULL. */
void doctor_say(doctor *who, doctor_state state, const char *what, const char *remedy,
    const char *format, ...) SIGNET_PRINTF(5, 6);

void doctor_check_keys(doctor *who);
void doctor_check_trust(doctor *who);
void doctor_check_git(doctor *who);

#endif
