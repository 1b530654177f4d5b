/*
 * count: a count of tokens, or of anything else that is paid for, as a server tells it.
 */
#ifndef VERNIER_RUNNERS_COUNT_H
#define VERNIER_RUNNERS_COUNT_H

#include <stdint.h>

struct json;

/* No call uses more, and a sum of millions of these holds in an int64. */
#define COUNT_MAX (INT64_C(1) << 40)

/* Takes object's member key into *out, where it is one of 0 to COUNT_MAX; what is none was not told. object may be NULL. */
void count_take(const struct json *object, const char *key, int64_t *out);

#endif
