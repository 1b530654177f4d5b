/*
 * print: what several commands show on stdout, and the option they share.
 */
#ifndef VERNIER_CLI_PRINT_H
#define VERNIER_CLI_PRINT_H

#include <stddef.h>

#include "harness/base/err.h"
#include "reports/scoreboard.h"

struct buf;
struct opt;
struct run_row;
struct store;

/* --store, or vernier.db. */
const char *store_name(const struct opt *opt);

/* How a run is now: its state, but "stopped" where that is "running" and nobody works on the store: it was killed. */
const char *print_state(const char *store, const struct run_row *run);

/* The scoreboard of these runs in that format ("md", "csv", "json"; NULL: as md, and where stdout is a terminal within its
 * columns), budget NULL where there is none. -1 with err set. */
int print_runs(struct store *store, const struct run_row *runs, size_t count, const struct score_budget *budget,
               const char *format, struct err *err);

/* What the tasks of these runs are made of, by category or cluster. -1 with err set. */
int print_parts(struct store *store, const struct run_row *runs, size_t count, enum score_by by, const char *format,
                struct err *err);

/* These runs against another, pair by pair; format is "md", "json" or NULL. -1 with err set. */
int print_versus(struct store *store, const struct run_row *runs, size_t count, const struct run_row *base,
                 const char *format, struct err *err);

/* Text to stdout with every secret replaced. */
void print_redacted(const struct buf *text);

/* The same, and text is empty then. */
void print_out(struct buf *text);

/* Foreign text to a buffer that goes to stdout: secrets replaced, control and bidi characters shown as words. */
void print_add_foreign(struct buf *out, const char *text);

/* Foreign text to stdout: secrets replaced, control and bidi characters shown as words. */
void print_foreign(const char *text);

/* The same, and blanks up to so many columns of the terminal. */
void print_cell(const char *text, size_t columns);

#endif
