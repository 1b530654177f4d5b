/*
 * canon: the canonical form of an answer. Equal answers of the same kind often get the same form; different ones never
 * do. It is worked out exactly: rationals by FLINT, roots of rationals by their prime factors, sums multiplied out while
 * they stay short.
 *
 * The functions below it take and give canonical nodes.
 */
#ifndef VERNIER_MATHS_CANON_H
#define VERNIER_MATHS_CANON_H

#include <stdbool.h>
#include <stddef.h>

struct node;
struct work;

/* Of a tree as it was parsed, plus-minus signs already expanded. */
struct node *canon(struct work *work, const struct node *node);

/* The same inside an expression, where percent, degrees and units are factors. */
struct node *canon_scalar(struct work *work, const struct node *node);

struct node *canon_sum(struct work *work, struct node *const *terms, size_t count);
struct node *canon_product(struct work *work, struct node *const *factors, size_t count);
struct node *canon_power(struct work *work, struct node *base, struct node *exponent);
struct node *canon_function(struct work *work, const char *name, struct node *const *arguments, size_t count);

/* Two sums, multiplied out. */
struct node *canon_multiply(struct work *work, const struct node *one, const struct node *other);

/* As it is, nothing worked out. */
struct node *canon_plain_function(struct work *work, const char *name, struct node *const *arguments, size_t count);

/* Of a relation k = first, a last value and what is summed or multiplied. */
struct node *canon_sum_series(struct work *work, struct node *const *arguments, size_t count);
struct node *canon_product_series(struct work *work, struct node *const *arguments, size_t count);

struct node *canon_integer(struct work *work, long value);
struct node *canon_negative(struct work *work, struct node *node);
struct node *canon_difference(struct work *work, struct node *one, struct node *other);
struct node *canon_quotient(struct work *work, struct node *over, struct node *under);

/* Writes its text, once its kids have theirs. */
struct node *canon_finish(struct work *work, struct node *node);

/* A sum as content times what has coefficients without common factor, the first of them positive. */
struct node *canon_primitive(struct work *work, struct node *sum, struct node **content);

/* Both, with one symbol that bounds a sum, for that symbol from 1 to 6: 1 the same exact values, 0 other ones, -1 none. */
int canon_same_for_whole(struct work *work, struct node *one, struct node *other);

/* sin(r pi) for r a multiple of 1/4 or 1/6; NULL for others. */
struct node *canon_sine(struct work *work, const struct node *angle);
struct node *canon_cosine(struct work *work, const struct node *angle);

#endif
