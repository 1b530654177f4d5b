/*
 * errand_wait: what an errand waits for, in words for the person who asks why nothing moves.
 */
#ifndef VERNIER_RUNNERS_ERRAND_WAIT_H
#define VERNIER_RUNNERS_ERRAND_WAIT_H

struct errand;
struct http;
struct http_inbox;
struct pace;
struct runner_wait;

/* Fills all of out but its host. pace is that of its server; inbox is where its calls end up. */
void errand_wait_explain(const struct errand *errand, const struct pace *pace, const struct http *http,
                         const struct http_inbox *inbox, struct runner_wait *out);

#endif
