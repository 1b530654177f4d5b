#include "results/episode_columns.h"

#include "results/journal.h"
#include "results/statement.h"

void episode_columns_read_marks(struct statement *statement, struct episode_row *row)
{
    row->truncated = statement_read_int(statement) != 0;
    row->no_answer = statement_read_int(statement) != 0;
    row->refused = statement_read_int(statement) != 0;
    row->loop = statement_read_int(statement) != 0;
    row->tampered = statement_read_int(statement) != 0;
    row->unparsable = statement_read_int(statement) != 0;
}

void episode_columns_read_usage(struct statement *statement, struct episode_row *row)
{
    row->tokens_in = statement_read_int_or(statement, TOKENS_UNKNOWN);
    row->tokens_out = statement_read_int_or(statement, TOKENS_UNKNOWN);
    row->tokens_reasoning = statement_read_int_or(statement, TOKENS_UNKNOWN);
    row->tokens_cache = statement_read_int_or(statement, TOKENS_UNKNOWN);
    row->cost_nanousd = statement_read_int_or(statement, COST_UNKNOWN);
    row->unsure_nanousd = statement_read_int_or(statement, COST_UNKNOWN);
}
