/*
 * parse: tokens to a tree, by binding powers (Pratt). What cannot be read becomes a text node, never a guess.
 */
#ifndef VERNIER_MATHS_PARSE_H
#define VERNIER_MATHS_PARSE_H

#include <stdbool.h>

#include "tasks/maths/token.h"

struct node;
struct work;

struct reading {
    struct node *node;      /* as written; NODE_TEXT with the source when it could not be read */
    bool slash;             /* it has an a/bc, which may be read in two ways */
};

/* index_i: i counts something. tight: 1/2x is 1/(2x). */
struct reading parse(struct work *work, const char *source, bool index_i, bool tight);

#endif
