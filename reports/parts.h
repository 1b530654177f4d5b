/*
 * parts: the tables of `report --by`: what each task's mean is made of.
 */
#ifndef VERNIER_REPORTS_PARTS_H
#define VERNIER_REPORTS_PARTS_H

struct buf;
struct scoreboard;

/* Adds them to out, in Markdown: by category, form or cluster, as the board is. */
void parts_write(const struct scoreboard *board, struct buf *out);

#endif
