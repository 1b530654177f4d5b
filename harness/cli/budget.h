/*
 * budget: the cap on what one command spends (--max-usd, "usd"), over all its runs and all that earlier starts of these
 * runs have spent. The purse keeps it, call by call; here it is filled at the start and told of at the end.
 */
#ifndef VERNIER_CLI_BUDGET_H
#define VERNIER_CLI_BUDGET_H

#include "harness/base/err.h"
#include "reports/scoreboard.h"

struct cast;
struct evaluation;
struct purse;
struct run_row;

/* The plan's cap becomes the purse's. -1 with err set (EXIT_USAGE) where there is one and a runner of these casts, one
 * per model that is run, cannot say what a call costs at most. */
int budget_open(const struct evaluation *evaluation, const struct cast *casts, struct err *err);

/* -1 with err set (EXIT_USAGE) where the cap lets some model make not even one of its first calls, naming the cheapest. */
int budget_check_calls(const struct evaluation *evaluation, const struct cast *casts, struct err *err);

/*
 * Counts what earlier starts have spent of these runs, all that the command will go on with: before the first goes on, or
 * it would spend what another one spent already. -1 with err set, EXIT_USAGE where nobody knows how much that was.
 */
int budget_count_earlier(const struct evaluation *evaluation, const struct run_row *runs, size_t count, struct err *err);

/* Around the calls of one run: what they may cost stands in its row while no other row tells of it. It ends before the
 * run's state is written, so that a complete run is not left with money that a kill made unsure. */
void budget_begin_run(const struct evaluation *evaluation, const struct run_row *run);
int budget_end_run(const struct evaluation *evaluation, const struct run_row *run, struct err *err);

/* "$4.98 of $5.00 spent; a larger --max-usd goes on", where there is a cap; and what cost more than was put aside. */
void budget_tell(const struct purse *purse);

/* The same for a report; its cap is 0 where there is none. */
struct score_budget budget_sum(const struct purse *purse);

#endif
