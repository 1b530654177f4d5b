/*
 * rate: what a server's rate-limit headers say: nothing is left, and when there will be more.
 *
 * Anthropic gives reset times as dates of RFC 3339 ("2026-11-21T19:48:51Z"), OpenAI as durations ("1s", "6m0s", "120ms").
 * No wait is longer than ten minutes, whatever is said: a clock may be wrong by hours.
 */
#ifndef VERNIER_BASE_RATE_H
#define VERNIER_BASE_RATE_H

#include <stdint.h>

/* How long nothing is left by one pair of headers, from utc_ms on; -1: something is left, or they cannot be read.
 * Either may be NULL. */
int64_t rate_wait_ms(const char *remaining, const char *reset, int64_t utc_ms);

#endif
