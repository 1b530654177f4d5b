/* The headers of ball arithmetic: Arb's own until FLINT 3, then FLINT's. */
#ifndef VERNIER_MATHS_BALLS_H
#define VERNIER_MATHS_BALLS_H

#include <flint/flint.h>
#if __FLINT_RELEASE >= 30000
#include <flint/acb.h>
#include <flint/arb.h>
#else
#include <acb.h>
#include <arb.h>
#endif

#endif
