#include "runners/oracle.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/mem.h"
#include "harness/engine/episode.h"
#include "harness/engine/runner.h"
#include "runners/ready.h"
#include "runners/runners.h"

struct runner {
    const struct runner_type *type;
    enum oracle_kind kind;
    struct ready ready;
};

struct reply oracle_answer(struct episode *ep, enum oracle_kind kind)
{
    void (*answer)(struct episode *, struct buf *) = kind == ORACLE_GOLD ? ep->task->gold : ep->task->guess;
    struct reply reply = reply_empty();
    struct buf text;

    if (answer == NULL)
        return reply_failed(ORIGIN_HARNESS, arena_printf(ep->arena, "%s knows no %s", ep->task->name,
                                                         kind == ORACLE_GOLD ? "right answer" : "blind guess"));
    buf_init(&text, 0);
    answer(ep, &text);
    reply.text = arena_strndup(ep->arena, text.data, text.length);
    buf_fini(&text);
    return reply;
}

static struct runner *oracle_open(const struct model *model, const struct runner_means *means, struct err *err)
{
    struct runner *oracle;
    bool is_gold = strcmp(model->id, "gold") == 0;

    (void)means;
    if (!is_gold && strcmp(model->id, "guess") != 0) {
        err_set_code(err, EXIT_USAGE, "oracle/%.80s: expected oracle/gold or oracle/guess", model->id);
        return NULL;
    }
    oracle = xcalloc(1, sizeof *oracle);
    oracle->type = &runner_oracle;
    oracle->kind = is_gold ? ORACLE_GOLD : ORACLE_GUESS;
    if (ready_open(&oracle->ready, err) < 0) {
        free(oracle);
        return NULL;
    }
    return oracle;
}

static void oracle_submit(struct runner *oracle, struct ask *ask)
{
    ask->reply = oracle_answer(ask->episode, oracle->kind);
    ready_add(&oracle->ready, ask);
}

static struct ask *oracle_collect(struct runner *oracle)
{
    return ready_take(&oracle->ready);
}

static int oracle_fd(const struct runner *oracle)
{
    return oracle->ready.fd;
}

static void oracle_drop(struct runner *oracle)
{
    ready_drop(&oracle->ready);
}

static void oracle_close(struct runner *oracle)
{
    ready_close(&oracle->ready);
    free(oracle);
}

const struct runner_type runner_oracle = {
    .name = "oracle", .summary = "the task's own answers: oracle/gold is right, oracle/guess is blind",
    .serves = ASK_MODEL, .is_free = true, .open = oracle_open, .submit = oracle_submit, .collect = oracle_collect,
    .fd = oracle_fd, .drop = oracle_drop, .close = oracle_close,
};
