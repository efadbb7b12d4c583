/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many objects at once.  `git rev-list` names the commits, `git cat-file --batch` reads that and
 * answers with the objects, we read the answers, threads judge them, and the results come out in
 * git's order:
 *
 *     rev-list --> cat-file --> reader --> [ batch | batch | batch ] --> printer
 *                                              threads take batches
 *
 * The ring of batches bounds the memory: the reader waits until the oldest batch is printed.
 */
#ifndef SG_TOOLS_GIT_HISTORY_H
#define SG_TOOLS_GIT_HISTORY_H

#include "answer.h"
#include "object.h"
#include "process.h"

enum {
    HISTORY_OBJECT_MAX = 4 << 20, /* bytes of a commit or tag that are judged */
};

/** One result.  The slices are valid while it is reported. */
typedef struct {
    char object[OBJECT_NAME_MAX + 1];
    bool is_tag;
    object_signature signature;
    answer given; /* when signature is OBJECT_SIGNED_CMS */
    signet_slice subject;
    signet_slice target, target_type, tag_name; /* of a tag */
} history_result;

/** Called in order, by the thread that called history_judge(). */
typedef struct {
    bool (*report)(void *context, const history_result *result, signet_error *err);
    void *context;
} history_reporter;

/**
 * Judge the objects whose names, one a line, can be read from `names_fd` (the output of rev-list, a
 * file), which is closed.  Fails when git fails or an object is missing; `reporter` has seen what
 * came before.
 */
bool history_judge(answer_judge *judge, int names_fd, const history_reporter *reporter,
    signet_error *err) SIGNET_MUST_CHECK;

#endif
