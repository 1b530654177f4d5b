/*
 * cell: names, numbers and money as they stand in tables and sentences for people. All text lives in the arena given.
 *
 * Scores are shares and are shown in percent. What is not defined, or unknown, is a dash.
 */
#ifndef VERNIER_REPORTS_CELL_H
#define VERNIER_REPORTS_CELL_H

#include <stddef.h>
#include <stdint.h>

#include "reports/stats/interval.h"

struct arena;
struct buf;

#define CELL_DASH "\xe2\x80\x93"
#define CELL_PLUS_MINUS "\xc2\xb1 "
#define CELL_TIMES "\xc3\x97"
#define CELL_AT_LEAST "\xe2\x89\xa5 "
#define CELL_AT_MOST "\xe2\x89\xa4 "

/* Wider than the second is no name any more. */
#define CELL_NAME_SHORT 40
#define CELL_NAME_LONG 120

/* Foreign text on one line, inert on a terminal and in Markdown. One wider than that is cut in its middle: models of a
 * family differ at the end. */
const char *cell_name(struct arena *arena, const char *name, size_t width_max);

/* A share in percent, of one digit, halves away from 0 as SQLite rounds them: 6.25 is 6.3, where printf has 6.2.
 * What rounds to 0 has no sign. */
double cell_points(double share);

/* "+3.1", "-3.1", "0.0": of a difference. */
const char *cell_signed(struct arena *arena, double share);

/* "± 3.1"; sign stands before it. */
const char *cell_percent(struct arena *arena, const char *sign, double share);

/* "[80.1, 86.4]" */
const char *cell_interval(struct arena *arena, const struct interval *interval);

/* "$0.0123" */
const char *cell_usd(struct arena *arena, const char *sign, int64_t nanousd);

/* For each of so many. */
const char *cell_usd_per(struct arena *arena, const char *sign, int64_t nanousd, double count);

/* Adds text in lines of at most width columns, but 40 there are always, broken at blanks; those after the first stand indent
 * columns in. width 0: no terminal says how many; then 80. */
void cell_add_wrapped(struct buf *out, const char *text, size_t indent, size_t width);

#endif
