#include "harness/cli/recalling.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "harness/base/log.h"
#include "harness/base/mem.h"
#include "harness/engine/episode.h"
#include "harness/engine/runner.h"
#include "harness/engine/seat.h"
#include "results/precedent.h"
#include "runners/ready.h"
#include "tasks/graders/judge.h"

struct runner {
    const struct runner_type *type;
    struct runner *judge;
    struct precedents *precedents;
    struct ready ready;
    int either;                         /* an epoll: readable when ready is, or what the judge's runner waits at */
    size_t recalled, asked;
};

bool recalling_suits(const struct model *judge, const struct runner *runner)
{
    const struct runner_type *type = runner_type(runner);

    return !type->is_free && model_has(judge, "temperature") &&
           model_number(judge, "temperature", 1) == 0;
}

/* Where it was said first, also when this one was itself recalled. */
static void mark(struct reply *reply, const struct precedent *precedent)
{
    if (reply->precedent == NULL) {
        reply->precedent = precedent->place;
        reply->first_cost_nanousd = precedent->cost_nanousd;
    }
    reply->cost_nanousd = 0;
    reply->tokens_in = reply->tokens_out = reply->tokens_reasoning = reply->tokens_cache = 0;
}

/* A store that cannot be read is no reason to judge nothing: what ails it is told by the next commit. */
static bool recall(struct runner *recalling, struct ask *ask)
{
    const struct rubric *rubric = ask->episode->task->grader->rubric;
    struct arena *arena = ask->episode->arena;
    struct err err = ERR_INIT;
    struct precedent precedent;
    struct reply reply;
    size_t label;

    if (rubric == NULL || precedents_find(recalling->precedents, ask->hash, arena, &precedent, &err) <= 0)
        return false;
    if (reply_read(precedent.reply, precedent.reply_length, arena, &reply, &err) < 0 || reply.status != REPLY_OK ||
        reply.stop == STOP_LENGTH || !judge_read(rubric, reply.text, &label))
        return false;
    mark(&reply, &precedent);
    ask->reply = reply;
    return true;
}

static void submit(struct runner *recalling, struct ask *ask)
{
    if (recall(recalling, ask)) {
        recalling->recalled++;
        ready_add(&recalling->ready, ask);
        return;
    }
    recalling->asked++;
    runner_type(recalling->judge)->submit(recalling->judge, ask);
}

/* An episode that asks its judge has its row: the model was heard before. */
static struct ask *collect(struct runner *recalling)
{
    struct ask *ask = ready_take(&recalling->ready);

    if (ask != NULL)
        return ask;
    ask = runner_type(recalling->judge)->collect(recalling->judge);
    if (ask != NULL && ask->reply.status == REPLY_OK)
        precedents_add(recalling->precedents, ask->hash, ask->episode->seat->row.id, ask->ordinal);
    return ask;
}

static int fd(const struct runner *recalling)
{
    return recalling->either;
}

static void rest(struct runner *recalling)
{
    if (runner_type(recalling->judge)->rest != NULL)
        runner_type(recalling->judge)->rest(recalling->judge);
}

static void load(const struct runner *recalling, struct runner_load *out)
{
    *out = (struct runner_load){ 0 };
    if (runner_type(recalling->judge)->load != NULL)
        runner_type(recalling->judge)->load(recalling->judge, out);
}

/* What was recalled waits for nobody, and the judge's runner does not know it. */
static void explain(const struct runner *recalling, const struct ask *ask, struct runner_wait *out)
{
    if (ask->reply.precedent == NULL && runner_type(recalling->judge)->explain != NULL)
        runner_type(recalling->judge)->explain(recalling->judge, ask, out);
}

static void drop(struct runner *recalling)
{
    ready_drop(&recalling->ready);
    runner_type(recalling->judge)->drop(recalling->judge);
}

static const struct runner_type TYPE = {
    .name = "recalling", .summary = "a judge, and what it said before", .serves = ASK_MODEL, .submit = submit,
    .collect = collect, .fd = fd, .rest = rest, .load = load, .explain = explain, .drop = drop, .close = recalling_close,
};

static bool watch(int either, int fd)
{
    struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

    return fd < 0 || epoll_ctl(either, EPOLL_CTL_ADD, fd, &event) == 0;
}

static int open_either(struct runner *recalling, struct err *err)
{
    recalling->either = epoll_create1(EPOLL_CLOEXEC);
    if (recalling->either < 0 || !watch(recalling->either, recalling->ready.fd) ||
        !watch(recalling->either, runner_type(recalling->judge)->fd(recalling->judge)))
        return err_set_code(err, EXIT_INTERNAL, "no epoll: %s", strerror(errno));
    return 0;
}

struct runner *recalling_open(struct runner *judge, struct store *store, int64_t run, struct err *err)
{
    struct runner *recalling = xcalloc(1, sizeof *recalling);

    recalling->type = &TYPE;
    recalling->judge = judge;
    recalling->either = -1;
    if (ready_open(&recalling->ready, err) == 0 && open_either(recalling, err) == 0)
        recalling->precedents = precedents_open(store, run, err);
    if (recalling->precedents != NULL)
        return recalling;
    recalling_close(recalling);
    return NULL;
}

void recalling_close(struct runner *recalling)
{
    if (recalling == NULL)
        return;
    if (recalling->recalled > 0)
        log_info("%zu verdicts of the judge were in the store already, %zu were asked for (--judge-anew asks for all)",
                 recalling->recalled, recalling->asked);
    precedents_close(recalling->precedents);
    if (recalling->either >= 0)
        close(recalling->either);
    ready_close(&recalling->ready);
    free(recalling);
}
