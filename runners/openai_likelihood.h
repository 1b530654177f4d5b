/*
 * openai_likelihood: how likely continuations are after a context, asked at the endpoint of completions, and what it
 * answers. No network.
 *
 * Servers differ in what they give (enum likelihood_way); the probe finds it out. Where one prompt a call is all they
 * take, an ask is several calls: each answer but the last is HEARD_PAUSED, its reply the likelihoods so far.
 */
#ifndef VERNIER_RUNNERS_OPENAI_LIKELIHOOD_H
#define VERNIER_RUNNERS_OPENAI_LIKELIHOOD_H

#include <stddef.h>

#include "harness/base/err.h"
#include "runners/openai_body.h"

struct ask;
struct buf;
struct heard;
struct http_call;

#define OPENAI_COMPLETIONS_PATH "/completions"

/* As a plan holds it: "echo" or "next". The same numbers come in one call or in several, so both are one fingerprint. NULL
 * for LIKELIHOOD_OPEN. */
const char *likelihood_way_told(enum likelihood_way way);

/* name: "echo", "echo_each" or "next". -1 with err set (EXIT_USAGE): no such way. */
int likelihood_way_find(const char *name, enum likelihood_way *out, struct err *err);

/* Why the query's way cannot answer that ask; NULL: it can. */
const char *openai_likelihood_objection(const struct openai_query *query, const struct ask *ask);

/* Adds the body of the ask's next call; earlier: how many there were that brought something. */
void openai_likelihood_write(const struct openai_query *query, const struct ask *ask, size_t earlier, struct buf *out);

/* Reads what that call brought. The reply's tokens are the call's own, told of a failure too where its document tells
 * them; its text holds what earlier calls brought too. With LIKELIHOOD_NEXT choices that are not listed have a bound; where
 * none is listed all have, and the reply is an answer that no choice can be read from (OPENAI_NONE_LISTED). */
void openai_likelihood_read(const struct openai_query *query, const struct ask *ask, const struct http_call *call,
                            struct arena *arena, struct heard *out);

/* Adds the tokens of the earlier calls, which the ask's reply holds: a sum of what each of them told, else unknown. */
void openai_likelihood_join(const struct ask *ask, struct heard *out);

#endif
