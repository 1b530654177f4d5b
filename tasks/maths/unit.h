/*
 * unit: the units people write after a number: SI, common US ones, money, time. Names in any usual form ("cm",
 * "centimeters", "centimetres"). Two units of one kind convert by the ratio of their sizes.
 *
 * Sizes are exact by definition (the international foot is 0.3048 m), in metres, kilograms, seconds, dollars, litres.
 */
#ifndef VERNIER_MATHS_UNIT_H
#define VERNIER_MATHS_UNIT_H

#include <stdbool.h>
#include <stddef.h>

struct unit {
    const char *name;       /* "centimeter" */
    const char *kind;       /* "length"; "" for one that converts into nothing */
    long size;              /* num */
    long per;               /* den */
};

/* Of a word as it was written, NULL when it names none. Single letters only when lone: "m" in \text{ m}. */
const struct unit *unit_find(const char *word, size_t length, bool lone);

#endif
