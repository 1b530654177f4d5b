/*
 * tree: an answer as a tree. Nodes live in the work's arena and are never changed once their canonical form is made.
 * Making one never fails: one too many stops the work (work.h), which its maker need not ask. Names are borrowed, and must
 * live as long.
 */
#ifndef VERNIER_MATHS_TREE_H
#define VERNIER_MATHS_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include <flint/fmpq.h>

struct work;

enum node_kind {
    /* Scalars, up to NODE_FUNCTION in canonical form. */
    NODE_RATIONAL,          /* value; decimal when it was written with a point */
    NODE_PI,
    NODE_EULER,
    NODE_IMAGINARY,
    NODE_INFINITY,
    NODE_SYMBOL,            /* name */
    NODE_SUM,
    NODE_PRODUCT,
    NODE_POWER,             /* base, exponent */
    NODE_FUNCTION,          /* name, arguments; "sum", "int" and "f" too */
    NODE_QUOTIENT,          /* as written; gone in canonical form, like the next three */
    NODE_NEGATIVE,
    NODE_MIXED,             /* 2 1/3: whole, fraction */
    NODE_SIGN,              /* plus or minus its kid; opposite: minus or plus */
    /* What holds others. */
    NODE_RELATION,          /* a chain; name: an operator a character, as TOKEN_RELATION has them */
    NODE_LIST,              /* in any order; name ";" when so divided */
    NODE_TUPLE,             /* or interval: open, close */
    NODE_SET,
    NODE_UNION,
    NODE_INTERSECTION,
    NODE_WITHOUT,
    NODE_NUMBERS,           /* name: "R", "Z" */
    NODE_MATRIX,            /* columns; kids row by row */
    NODE_CASES,
    /* A quantity and what is said about it. */
    NODE_PERCENT,
    NODE_DEGREE,
    NODE_UNIT,              /* name */
    NODE_BASED,             /* name: its digits; kid: the base */
    NODE_RATIO,             /* name: "time", "am", "pm", or NULL */
    NODE_ELLIPSIS,
    NODE_TEXT,              /* name */
};

struct node {
    enum node_kind kind;
    char open, close;
    bool decimal;
    bool opposite;
    size_t columns;
    size_t count;
    struct node **kids;
    const char *name;
    fmpq *value;
    const char *text;       /* canonical form in words; NULL before there is one */
};

struct node *node_new(struct work *work, enum node_kind kind, size_t count);
struct node *node_1(struct work *work, enum node_kind kind, struct node *kid);
struct node *node_2(struct work *work, enum node_kind kind, struct node *first, struct node *second);
struct node *node_named(struct work *work, enum node_kind kind, const char *name);
struct node *node_function(struct work *work, const char *name, struct node *argument);
struct node *node_integer(struct work *work, long value);

/* A rational with its value to be set. */
struct node *node_rational(struct work *work);

/* A shallow copy with other kids, count of them. */
struct node *node_like(struct work *work, const struct node *node, size_t count);

/* A growing list of nodes. */
struct nodes {
    struct node **items;
    size_t count;
    size_t capacity;
};

void nodes_add(struct work *work, struct nodes *nodes, struct node *node);

/* A node of that kind with them as its kids. */
struct node *node_of(struct work *work, enum node_kind kind, const struct nodes *nodes);

bool node_is_integer(const struct node *node, long value);
bool node_is_whole(const struct node *node);            /* a rational without denominator */
bool node_is_scalar(const struct node *node);           /* of a canonical form */
bool node_is_call(const struct node *node, const char *name);

/* Whether one of that kind stands in it. */
bool node_holds(const struct node *node, enum node_kind kind);

#endif
