/*
 * label: what the rows of a table go by, besides their task: the model, and of one model's runs what tells them apart:
 * what it is called in its plan, the settings that differ, and where these say nothing, the run. On a terminal that has no
 * room for all that beside the numbers, runs are numbered instead, and a list says what each is.
 */
#ifndef VERNIER_REPORTS_LABEL_H
#define VERNIER_REPORTS_LABEL_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct score_line;
struct scoreboard;
struct table;

struct label {
    const struct scoreboard *board;
    struct arena *arena;
    size_t width;                   /* of names */
    bool with_model, with_settings, with_run, with_profiles;
    bool with_number;               /* in the place of model, settings and run */
};

/* For all the lines of a board, which both outlive it, as the arena does. */
struct label label_choose(const struct scoreboard *board, struct arena *arena);

/* The columns, and a line's cells in them. */
void label_add_columns(const struct label *label, struct table *table);
size_t label_count_columns(const struct label *label);
void label_add_cells(const struct label *label, struct table *table, const struct score_line *line);

/* In a sentence: what tells this line's run from the others; "" where there is but one. */
const char *label_run(const struct label *label, const struct score_line *line);

/* "temperature=0.1, max_tokens=100": those in which the runs of its model differ; a dash where there are none. */
const char *label_settings(const struct label *label, const struct score_line *line);

/* "openai/x (cold)" */
const char *label_model(const struct label *label, const struct score_line *line);

/* Which run of the board it is of, from 1. */
size_t label_number(const struct label *label, const struct score_line *line);

/* The lines of one run stand together: how many they are from the first on. */
size_t label_count_run(const struct scoreboard *board, size_t first);

#endif
