/*
 * label: the letter of a choice as people write it: B, (B), **B**, $\text{B}$, Option B. Labels are A, B, ... as many
 * as there are choices; Arabic, Bengali and Hindi write the first four with letters of their own.
 */
#ifndef VERNIER_READERS_LABEL_H
#define VERNIER_READERS_LABEL_H

#include <stddef.h>

#include "tasks/readers/span.h"

enum label_kind {
    LABEL_NONE,         /* a word, a formula, nothing */
    LABEL_OUTSIDE,      /* a letter that no choice has */
    LABEL_ONE,
    LABEL_LIST,         /* two of them: undecided */
};

struct label {
    enum label_kind kind;
    char letter;        /* upper case */
    char other;         /* of a list, the second */
    size_t end;         /* after the letter */
};

/* The place after at most 12 decorations: blanks, opening marks, \text{ and the like, the words option, choice and
 * letter. */
size_t label_skip_decoration(struct span text, size_t from);

/* The place after marks that close what a decoration opened. */
size_t label_skip_closing(struct span text, size_t from);

/* The label whose letter stands at that place, of choice_count. */
struct label label_read(struct span text, size_t at, size_t choice_count);

/* The label that a box holds: alone, in brackets, or with its choice's text after it; not prose, not a formula. */
struct label label_read_box(struct span content, size_t choice_count);

#endif
