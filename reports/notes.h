/*
 * notes: the list below the tables: what was not counted, marks, what was left out, what was used.
 */
#ifndef VERNIER_REPORTS_NOTES_H
#define VERNIER_REPORTS_NOTES_H

struct buf;
struct label;
struct score_line;

/* Adds them, each wrapped as the board is wide. lines: those of the label's board, in the tables' order. */
void notes_write(const struct label *label, const struct score_line *const *lines, struct buf *out);

#endif
