/*
 * echo: a prompt's own log-probabilities, as servers of OpenAI's completions give them back ("echo", "logprobs"), and
 * which of them are the continuation's.
 *
 *     prompt     The capital of France is| Paris        context|continuation
 *     tokens     The  capital  of  France  is  Paris  .                       the last is generated: one must be
 *     logprobs   null -4.2 ...                 -0.3  -1.1
 *
 * Where a token stands is told by "text_offset" (in characters), where the tokens' texts bear it out; some servers count
 * their begin-of-text token in, some give none. Then the tokens are laid along the prompt, which they must cover to its
 * end. Tokens that hold part of a character (shown as U+FFFD, "bytes:...", "<0xE2>" or nothing) cover what lies between
 * their neighbours, which must be no ASCII.
 */
#ifndef VERNIER_RUNNERS_ECHO_H
#define VERNIER_RUNNERS_ECHO_H

#include <stdbool.h>

struct arena;
struct json;
struct likelihood;

/*
 * Fills out with the log-probabilities of the continuation's tokens, in the arena; a token that spans context and
 * continuation is its first (out->spans). NULL, or why not, in words that live as long as the arena: what was echoed is
 * not all of that prompt, has no log-probabilities, or leaves open where the continuation begins.
 */
const char *echo_read(const struct json *logprobs, const char *context, const char *continuation, struct arena *arena,
                      struct likelihood *out);

/* Whether value is a log-probability; rounding may put one just above 0. */
bool echo_is_logprob(const struct json *value, double *out);

#endif
