#include "reports/score.h"

#include <math.h>

const struct score_at *score_line_last(const struct score_line *line)
{
    return line->at_count > 0 ? &line->at[line->at_count - 1] : NULL;
}

const struct score_part *score_line_parts(const struct score_line *line, enum score_by by, size_t *count)
{
    *count = by == SCORE_BY_CATEGORY ? line->category_count : by == SCORE_BY_FORM ? line->form_count
           : by == SCORE_BY_CLUSTER ? line->by_cluster_count : 0;
    return by == SCORE_BY_CATEGORY ? line->categories : by == SCORE_BY_FORM ? line->forms
         : by == SCORE_BY_CLUSTER ? line->by_cluster : NULL;
}

const char *score_by_word(enum score_by by)
{
    static const char *const words[] = { NULL, "category", "form", "cluster" };

    return words[by];
}

double score_usd(int64_t nanousd)
{
    return nanousd < 0 ? NAN : (double)nanousd / 1e9;
}

double score_usd_per(int64_t nanousd, double count)
{
    return count > 0 ? score_usd(nanousd) / count : NAN;
}

double score_usd_most(int64_t nanousd, int64_t unsure_nanousd)
{
    return unsure_nanousd < 0 ? NAN : score_usd(nanousd) + score_usd(unsure_nanousd);
}
