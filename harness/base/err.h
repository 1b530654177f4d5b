/*
 * err: why something failed, in words for the person at the terminal. On the caller's stack, nothing to free.
 *
 * A function that can fail because of the world returns -1 or NULL and fills err; success leaves err alone. Each floor
 * on the way up adds what it was doing with err_prefix: "loading gpqa: gpqa.jsonl line 17: no \"Question\"".
 */
#ifndef VERNIER_BASE_ERR_H
#define VERNIER_BASE_ERR_H

/* What the process exits with when the failure ends it (sysexits.h numbers). The deepest floor that knows says it. */
enum exit_code {
    EXIT_OK = 0,
    EXIT_GATE_FAILED = 1,
    EXIT_UNDECIDED = 2,
    EXIT_INCOMPLETE = 3,      /* resumable: the same command goes on */
    EXIT_USAGE = 64,
    EXIT_BAD_DATA = 65,
    EXIT_UNAVAILABLE = 69,    /* the provider */
    EXIT_INTERNAL = 70,
    EXIT_STORE = 74,          /* store or disk */
    EXIT_INTERRUPTED = 130,
};

struct err {
    enum exit_code code;
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
