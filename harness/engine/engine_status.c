#include "harness/engine/engine_status.h"

#include <stdio.h>

#include "harness/engine/ledger.h"
#include "harness/engine/seat.h"

struct engine_status engine_status_begin(const struct ledger *ledger, double score_sum)
{
    struct engine_status status = { .expected = ledger_count(ledger), .score_sum = score_sum };

    status.scored = ledger_count_state(ledger, ENTRY_SCORED);
    status.voided = ledger_count_state(ledger, ENTRY_VOID);
    status.resumed = status.scored + status.voided;
    status.unbegun = status.expected - status.resumed;
    status.truncated = ledger_truncated(ledger);
    return status;
}

static void count_calls(struct engine_status *status, const struct ask *ask)
{
    for (const struct call *call = ask->calls; call != NULL; call = call->next) {
        status->calls++;
        status->retries += call->try_number > 1;
        status->refused += call->status == 429 || call->status == 529;
    }
}

static void count_reply(struct engine_status *status, const struct reply *reply)
{
    status->tokens_in += reply->tokens_in > 0 ? reply->tokens_in : 0;
    status->tokens_out += reply->tokens_out > 0 ? reply->tokens_out : 0;
    status->cost_nanousd += reply->cost_nanousd > 0 ? reply->cost_nanousd : 0;
}

void engine_status_count_ask(struct engine_status *status, const struct ask *ask)
{
    status->replies++;
    count_calls(status, ask);
    count_reply(status, &ask->reply);
    status->untold += ask->kind == ASK_MODEL && ask->reply.status == REPLY_OK && ask->reply.tokens_out < 0;
}

void engine_status_count_end(struct engine_status *status, const struct seat *seat)
{
    if (seat->ep->outcome == OUTCOME_SCORED) {
        status->scored++;
        status->score_sum += seat->ep->grade.score;
        status->truncated += seat->row.truncated;
    } else if (seat->ep->outcome == OUTCOME_VOID) {
        status->voided++;
        snprintf(status->void_reason, sizeof status->void_reason, "%s", seat->ep->reason);
    }
}
