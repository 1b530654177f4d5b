/*
 * skip: how a test program tells ctest that data it needs is not at hand, so that nobody takes it for a pass.
 */
#ifndef VERNIER_TESTS_SKIP_H
#define VERNIER_TESTS_SKIP_H

/* The exit status; CMake names it as SKIP_RETURN_CODE. */
#define EXIT_SKIPPED 77

#endif
