/*
 * pattern: regular expressions of other harnesses, kept as they wrote them (Python's syntax and meaning: Unicode
 * classes, a newline is \n), with a bound on what one reading may cost.
 *
 * PCRE2's own match limit is counted anew at every place of the text where a match is tried, so it does not bound the
 * time a hostile text takes. Here every step of every match of a reading is charged to one meter, and no clock is
 * asked. A pattern is compiled each time it is needed (about 10 microseconds); so there is nothing global, and nothing
 * to share between threads.
 */
#ifndef VERNIER_READERS_PATTERN_H
#define VERNIER_READERS_PATTERN_H

#include <stddef.h>

#include "harness/base/err.h"
#include "tasks/readers/span.h"

struct arena;

/* What a reading matches against, and what it may still spend. */
struct subject {
    struct span text;       /* UTF-8 */
    size_t steps_left;
};

/* A subject over said; what is not UTF-8 in it becomes U+FFFD, in the arena. */
struct subject subject_of(const char *said, struct arena *arena);

/*
 * Finds the first match, or the last of all matches from left to right, and sets *group to what its first group
 * holds. Returns 1, 0 when nothing matches, or -1 with err set ("limit: ...") when the subject's steps are spent.
 */
int pattern_find_first(const char *regex, struct subject *subject, struct span *group, struct err *err);
int pattern_find_last(const char *regex, struct subject *subject, struct span *group, struct err *err);

/* Puts for every match, in the subject's text, what the match's groups hold (three at most), joined. Returns 0, or -1
 * with err set as above. */
int pattern_unwrap(const char *regex, struct subject *subject, struct arena *arena, struct err *err);

#endif
