/*
 * maths: the mathematical answer in an output, as text: LaTeX or plain, without the delimiters around it. What it means
 * is tasks/maths's business; nothing is folded or rewritten here.
 *
 * The first rule that finds something decides: the last box (or the boxes side by side at the end: a list); the last
 * "answer is", "answer:", "####" or their like in a few languages; the last formula of the last paragraph; an output that
 * is nothing but an answer; where asked for, the last number.
 */
#ifndef VERNIER_READERS_MATHS_H
#define VERNIER_READERS_MATHS_H

#include <stdbool.h>

struct arena;

/* Which rules past the box and the marker are followed. */
struct maths_rules {
    bool formula;           /* the last formula */
    bool bare;              /* the whole output, when it is short */
    bool number;            /* the last number: it invents answers, so only where these are numbers */
};

/* What the profile canonical follows: formula and bare. */
extern const struct maths_rules maths_rules_canonical;

/* Box and marker alone, as MATH-500's page has it. */
extern const struct maths_rules maths_rules_strict;

struct maths_answer {
    const char *text;       /* NULL when there is none; in the arena */
    const char *how;        /* the rule that found it, or why nothing was found */
};

/* rules NULL: canonical. */
void maths_find(const char *output, const struct maths_rules *rules, struct arena *arena, struct maths_answer *out);

#endif
