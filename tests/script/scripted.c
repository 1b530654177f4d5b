#include "tests/script/scripted.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "harness/base/mem.h"
#include "harness/engine/runner.h"

struct runner {
    const struct runner_type *type;
    struct script *script;
    struct ask_list asks;
    int ready_fd, quiet_fd;          /* one is always readable, the other never */
};

static void scripted_submit(struct runner *runner, struct ask *ask)
{
    struct script *script = runner->script;

    ask_list_add(&runner->asks, ask);
    script->submitted++;
    script->held++;
    if (script->held > script->held_most)
        script->held_most = script->held;
}

/* The oldest ask of the episode whose ask stands at n. */
static struct ask *find(const struct runner *runner, size_t n)
{
    struct ask *at = runner->asks.first, *oldest = runner->asks.first;

    while (n-- > 0)
        at = at->next;
    while (oldest->episode != at->episode)
        oldest = oldest->next;
    return oldest;
}

static void remove_ask(struct runner *runner, const struct ask *ask)
{
    struct ask_list rest = { NULL, NULL };

    for (struct ask *other; (other = ask_list_take(&runner->asks)) != NULL;)
        if (other != ask)
            ask_list_add(&rest, other);
    runner->asks = rest;
}

static struct ask *take(struct runner *runner)
{
    struct script *script = runner->script;
    struct ask *ask;

    if (script->order.state == 0)
        return ask_list_take(&runner->asks);
    if (splitmix_below(&script->order, 4) == 0)      /* enough for this turn */
        return NULL;
    ask = find(runner, splitmix_below(&script->order, script->held));
    remove_ask(runner, ask);
    return ask;
}

static struct ask *scripted_collect(struct runner *runner)
{
    struct script *script = runner->script;
    struct ask *ask = script->silent || script->held == 0 ? NULL : take(runner);

    if (ask == NULL)
        return NULL;
    script->held--;
    script->answered++;
    ask->reply = script->say(script, ask);
    return ask;
}

static int scripted_fd(const struct runner *runner)
{
    return runner->script->held > 0 && !runner->script->silent ? runner->ready_fd : runner->quiet_fd;
}

static void scripted_drop(struct runner *runner)
{
    runner->script->dropped += runner->script->held;
    runner->script->held = 0;
    runner->asks = (struct ask_list){ NULL, NULL };
}

static void scripted_close(struct runner *runner)
{
    scripted_drop(runner);
    close(runner->ready_fd);
    close(runner->quiet_fd);
    free(runner);
}

static const struct runner_type TYPE = {
    .name = "scripted", .submit = scripted_submit, .collect = scripted_collect, .fd = scripted_fd,
    .drop = scripted_drop, .close = scripted_close,
};

struct runner *scripted_open(struct script *script)
{
    struct runner *runner = xcalloc(1, sizeof *runner);

    runner->type = &TYPE;
    runner->script = script;
    runner->ready_fd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
    runner->quiet_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    assert(runner->ready_fd >= 0 && runner->quiet_fd >= 0);
    return runner;
}
