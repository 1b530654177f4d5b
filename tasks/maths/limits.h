/*
 * limits: how much one comparison may cost. Everything is counted in things and operations, never by a clock, so a
 * verdict does not depend on how busy the machine is. Past one of them the verdict is `limit`, with its reason.
 */
#ifndef VERNIER_MATHS_LIMITS_H
#define VERNIER_MATHS_LIMITS_H

#define LIMIT_ANSWER_BYTES 4096
#define LIMIT_TOKENS 2048
#define LIMIT_NESTING 64
#define LIMIT_NODES 512             /* as written */
#define LIMIT_NODES_WORKED 40000    /* with those that canonical forms make */
#define LIMIT_LITERAL_DIGITS 400    /* of one number */
#define LIMIT_ALL_DIGITS 2048
#define LIMIT_EXPONENT 10000        /* what a sum may be raised to, and a decimal exponent */
#define LIMIT_FACTORIAL 10000
#define LIMIT_MATRIX_CELLS 256
#define LIMIT_SYMBOLS 64
#define LIMIT_LIST 256
#define LIMIT_SERIES_TERMS 1000
#define LIMIT_EXPANDED_TERMS 64     /* longer sums stay as factors */
#define LIMIT_EXACT_BITS 4096       /* a power of numbers up to here is worked out at once */
#define LIMIT_BOUND_BITS 20000      /* of precision a separation bound may ask for */

/* Units of work: one is about 0.1 microseconds on a machine of 2020, so this is 40 ms. */
#define LIMIT_COST 400000

#endif
