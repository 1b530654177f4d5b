/*
 * atoms: the parts of canonical expressions that take values of their own when these are compared: symbols, and what
 * nobody can work out (a sum without end, f(3)), known by their text.
 */
#ifndef VERNIER_MATHS_ATOMS_H
#define VERNIER_MATHS_ATOMS_H

#include <stdbool.h>
#include <stddef.h>

struct node;
struct work;

enum atom_kind {
    ATOMS_FREE,             /* symbols and what cannot be worked out */
    ATOMS_TRANSCENDENTAL,   /* those, and pi, e, logarithms, sines: what is not algebraic */
    ATOMS_ALGEBRA,          /* those, and roots: all that is no rational function of others */
};

struct atoms {
    enum atom_kind kind;
    const struct node **items;
    size_t count;
    size_t capacity;
    bool whole;             /* one of them stands where only whole numbers make sense: n!, (-1)^n */
    bool plain;             /* all of them are symbols, pi apart */
};

/* Adds those of node. More than LIMIT_SYMBOLS stop the work. */
void atoms_collect(struct work *work, const struct node *node, struct atoms *atoms);

/* Its place among them; SIZE_MAX when it is none. */
size_t atoms_find(const struct atoms *atoms, const struct node *node);

/* Whether node is one, of that kind. */
bool atoms_is(const struct node *node, enum atom_kind kind);

/* Whether an angle is a rational multiple of pi: its sine is algebraic. turn: set to the multiple, if not NULL. */
bool atoms_is_turn(const struct node *angle, const struct node **turn);

/* The same for the exponent of e: i pi r. */
bool atoms_is_unit_root(const struct node *power);

#endif
