/*
 * openai_error: a server's own words on why it did not answer, and what they mean for the ask.
 */
#ifndef VERNIER_RUNNERS_OPENAI_ERROR_H
#define VERNIER_RUNNERS_OPENAI_ERROR_H

#include <stddef.h>

#include "runners/heard.h"

struct arena;
struct json_doc;

/* status and body of an HTTP answer that is none of 200 to 299. */
void openai_error_read(int status, const char *body, size_t length, struct arena *arena, struct heard *out);

/* An object with an "error" where an answer was expected: in a stream, or with status 200. */
void openai_error_read_json(int status, const struct json_doc *doc, struct arena *arena, struct heard *out);

#endif
