/*
 * anthropic_error: why a server of Claude's shape did not answer, in its own words, and what they mean for the ask.
 */
#ifndef VERNIER_RUNNERS_ANTHROPIC_ERROR_H
#define VERNIER_RUNNERS_ANTHROPIC_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#include "runners/heard.h"

struct arena;
struct json;
struct json_doc;

/* Whether that is an error where an answer, or an event of one, is expected. */
bool anthropic_error_is(const struct json *root);

/* status and body of an HTTP answer that is none of 200 to 299. */
void anthropic_error_read(int status, const char *body, size_t length, struct arena *arena, struct heard *out);

/* An error with status 200, or in a stream: its type says which status it would have had. */
void anthropic_error_read_json(const struct json_doc *doc, struct arena *arena, struct heard *out);

#endif
