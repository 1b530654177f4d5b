#include "harness/engine/halt.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/engine/ledger.h"
#include "harness/engine/purse.h"

static const enum engine_end FAILURES[] = {
    [STOPPING_OUTAGE] = ENGINE_OUTAGE, [STOPPING_REFUSAL] = ENGINE_REFUSAL, [STOPPING_FAULT] = ENGINE_FAILED,
};

/* No new asks from here on, and no more tries at old ones. */
static void drain(struct halt *halt, enum stopping why)
{
    if (halt->status->stopping == STOPPING_NOT)
        halt->status->stopping = why;
    halt->status->draining = true;
    binding_rest_all(halt->setup->bindings, halt->setup->binding_count);
}

void halt_fail(struct halt *halt, enum stopping failure)
{
    halt->failure = failure;
    drain(halt, failure);
}

bool halt_has_failed(const struct halt *halt)
{
    return halt->failure != STOPPING_NOT;
}

void halt_heed_signals(struct halt *halt)
{
    struct signalfd_siginfo info;

    while (halt->setup->signal_fd >= 0 && read(halt->setup->signal_fd, &info, sizeof info) == sizeof info)
        halt->interrupts++;
    if (halt->interrupts > 0 && !halt->status->draining)
        drain(halt, STOPPING_WISH);
    if (halt->interrupts > 0 && !halt->hurries)
        binding_hurry_all(halt->setup->bindings, halt->setup->binding_count);
    halt->hurries = halt->interrupts > 0;
}

void halt_heed_deadline(struct halt *halt)
{
    int64_t deadline_ms = halt->setup->deadline_ms;

    if (deadline_ms != 0 && clock_monotonic_ms() >= deadline_ms && !halt->status->draining)
        drain(halt, STOPPING_CLOCK);
}

void halt_heed_purse(struct halt *halt)
{
    const struct purse *purse = halt->setup->purse;

    if (purse != NULL && purse->has_failed && !halt_has_failed(halt)) {
        *halt->err = purse->err;
        halt_fail(halt, STOPPING_FAULT);
    }
    if (purse != NULL && purse->is_empty && !halt->status->draining)
        drain(halt, STOPPING_MONEY);
}

enum engine_end halt_end(const struct halt *halt)
{
    if (halt_has_failed(halt))
        return FAILURES[halt->failure];
    return halt->status->draining && !ledger_is_done(halt->setup->ledger) ? ENGINE_DRAINED : ENGINE_DONE;
}
