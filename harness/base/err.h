/*
 * err: why something failed, in words for the person at the terminal. On the caller's stack, nothing to free.
 *
 * A function that can fail because of the world returns -1 or NULL and fills err; success leaves err alone. Each floor
 * on the way up adds what it was doing with err_prefix: "loading gpqa: gpqa.jsonl line 17: no \"Question\"".
 */
#ifndef VERNIER_BASE_ERR_H
#define VERNIER_BASE_ERR_H

#include "harness/base/exit.h"

struct err {
    enum exit_code code;      /* when the failure ends the process; the deepest floor that knows says it */
    char text[1024];          /* UTF-8, one line, cut at a character's end when too long */
};

#define ERR_INIT { EXIT_INTERNAL, "" }

/* Says what is wrong, keeping err's code. Always returns -1. */
int err_set(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The same, and says with which code the process would exit. Always returns -1. */
int err_set_code(struct err *err, enum exit_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Puts words before the text there: "loading gpqa: " + text. Always returns -1. */
int err_prefix(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
