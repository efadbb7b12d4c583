/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protected-resource metadata (RFC 9728): documents that tell clients what a resource accepts, and
 * the challenge that leads to them.  Format: docs/formats/http-challenge.md.
 */
#ifndef SIGNET_RESOURCE_H
#define SIGNET_RESOURCE_H

#include <signet/http.h>

SIGNET_BEGIN_DECLS

/** The resources of a server.  Never changes; any number of threads. */
typedef struct signet_resources signet_resources;

/**
 * Read a JSON list of resources, at most 64 KiB; nothing of the text is needed afterwards.
 * SIGNET_E_DECODE for what is no such list, SIGNET_E_USAGE for what makes no sense, with its
 * member.
 */
SIGNET_API signet_resources *signet_resources_read(signet_slice text, signet_error *err)
    SIGNET_MUST_CHECK;
SIGNET_API void signet_resources_free(signet_resources *resources);
SIGNET_DEFINE_AUTO(signet_resources_free, signet_resources *);

/**
 * Whether a document lies at the URL of a request.  Scheme and authority are those of the
 * configuration: they are compared byte for byte with the identifiers (RFC 9728 3.3).
 */
SIGNET_API bool signet_resources_has_document(
    const signet_resources *resources, const signet_http_request *request);

/** What is answered to a request, field by field. */
typedef struct signet_http_answer signet_http_answer;

/** The answer to a request for a document, whatever its method; NULL: SIGNET_E_NOMEM. */
SIGNET_API signet_http_answer *signet_resources_answer(const signet_resources *resources,
    const signet_http_request *request, signet_error *err) SIGNET_MUST_CHECK;

SIGNET_API int signet_http_answer_status(const signet_http_answer *answer);

/** The fields, from 0 on; false: there are no more.  Borrowed from the answer. */
SIGNET_API bool signet_http_answer_field(
    const signet_http_answer *answer, size_t index, signet_http_field *ret_field);

/** Borrowed from the answer; also for HEAD, whose answer has the length of the document. */
SIGNET_API signet_slice signet_http_answer_body(const signet_http_answer *answer);
SIGNET_API void signet_http_answer_free(signet_http_answer *answer);
SIGNET_DEFINE_AUTO(signet_http_answer_free, signet_http_answer *);

/**
 * Append the value of the Bearer challenge (RFC 9728 5.1) that leads to the document of the
 * resource that a request is for; nothing when it is for none.
 */
SIGNET_API bool signet_resources_write_challenge(const signet_resources *resources,
    const signet_http_request *request, signet_buf *out, signet_error *err) SIGNET_MUST_CHECK;

SIGNET_END_DECLS

#endif
