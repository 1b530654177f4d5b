/*
 * episode_columns: columns of the table episode that several queries read one after the other, with how they are read.
 * For the files of this folder only.
 */
#ifndef VERNIER_RESULTS_EPISODE_COLUMNS_H
#define VERNIER_RESULTS_EPISODE_COLUMNS_H

struct episode_row;
struct statement;

/* e: what stands before their names, "" or "e." */
#define MARK_COLUMNS(e) \
    " " e "truncated, " e "no_answer, " e "refused, " e "loop, " e "tampered, " e "unparsable"
#define USAGE_COLUMNS(e) \
    " " e "tokens_in, " e "tokens_out, " e "tokens_reasoning, " e "tokens_cache, " e "cost_nanousd, " e "unsure_nanousd"

void episode_columns_read_marks(struct statement *statement, struct episode_row *row);
void episode_columns_read_usage(struct statement *statement, struct episode_row *row);

#endif
