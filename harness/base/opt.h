/*
 * opt: a command's options, from one table that parses them (getopt_long) and prints their help.
 *
 *     static const struct opt_spec OPTIONS[] = {
 *         { .name = "task", .argument = "NAME", .help = "what to run", .repeats = true },
 *         { .name = "json", .help = "one JSON object on stdout" },
 *         { 0 },
 *     };
 *
 * A wrong option is EXIT_USAGE and names the nearest right one.
 */
#ifndef VERNIER_BASE_OPT_H
#define VERNIER_BASE_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"

struct buf;

struct opt_spec {
    const char *name;        /* long name without dashes; NULL ends the table */
    char letter;             /* short form, 0 for none */
    const char *argument;    /* what its value is called in help; NULL for a switch */
    const char *help;        /* one line, lower case, no full stop */
    bool repeats;            /* may be given more than once; else that is an error */
};

struct opt;                  /* what was given; owns copies of nothing: argv must stay */

/* Parses argv[1..argc). Options and operands may be mixed; "--" ends options. NULL with err set (EXIT_USAGE). */
struct opt *opt_parse(const struct opt_spec *specs, int argc, char **argv, struct err *err);
void opt_free(struct opt *opt);

bool opt_has(const struct opt *opt, const char *name);
const char *opt_value(const struct opt *opt, const char *name);                /* NULL when not given */
size_t opt_count(const struct opt *opt, const char *name);
const char *opt_nth(const struct opt *opt, const char *name, size_t n);        /* in the order given */

size_t opt_operand_count(const struct opt *opt);
const char *opt_operand(const struct opt *opt, size_t n);                      /* NULL past the end */

/* *out is left alone when the option was not given. -1 with err set: no number, or outside min..max. */
int opt_int(const struct opt *opt, const char *name, int64_t min, int64_t max, int64_t *out, struct err *err);
int opt_number(const struct opt *opt, const char *name, double min, double max, double *out, struct err *err);

/* The options' help, aligned, wrapped at 80 columns. */
void opt_help(const struct opt_spec *specs, struct buf *out);

#endif
