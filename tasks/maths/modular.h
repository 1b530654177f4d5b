/*
 * modular: two expressions as rational functions of their atoms, at random points modulo primes of 62 bits.
 *
 * What differs at one point is different. What is the same at two random points modulo two random primes is the same,
 * but for a chance below 2^-84 (Schwartz-Zippel for the points; an integer of 2^20 bits has too few prime factors to be
 * divisible by both). The primes come from a hash of the texts, so nobody can write an answer for one of them.
 */
#ifndef VERNIER_MATHS_MODULAR_H
#define VERNIER_MATHS_MODULAR_H

struct node;
struct work;

enum modular {
    MODULAR_SAME,           /* equal, whatever the atoms are */
    MODULAR_DIFFERENT,      /* as rational functions of atoms that have nothing to do with one another: different */
    MODULAR_UNKNOWN,        /* differs, but the atoms may depend on each other; or it cannot be told */
};

enum modular modular_compare(struct work *work, const struct node *one, const struct node *other);

#endif
