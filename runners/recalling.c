/*
 * Theory of operation. Of asks in the very same words one is out at the judge, and the others wait for it:
 *
 *     submit ─┬─ a verdict is on disk ──────────────► ready ─► collected
 *             ├─ one was given just now ──────► told ──┘ once it is on disk, and so can be read back
 *             └─ none ─┬─ nobody asks the same ─► out at the judge ─┬─ a verdict: those that wait are told
 *                      └─ else ─► waiting for that one ◄────────────┴─ none: the first that waits goes out
 *
 * While somebody is told, the descriptor is readable, so that nobody sleeps on what the next commit brings.
 */
#include "runners/recalling.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <uthash.h>

#include "harness/base/log.h"
#include "harness/base/mem.h"
#include "harness/engine/episode.h"
#include "harness/engine/runner.h"
#include "results/precedent.h"
#include "runners/ready.h"

struct request {
    char hash[sizeof ((struct ask *)NULL)->hash];
    const struct ask *out;              /* at the judge */
    struct ask_list waiting;
    UT_hash_handle hh;
};

enum found { FOUND_NOTHING, FOUND, FOUND_LATER };

struct runner {
    const struct runner_type *type;
    struct runner *judge;
    struct precedents *precedents;
    verdict_fn *is_verdict;
    struct request *requests;
    struct ready ready, told;
    int either;                         /* an epoll: readable when those two are, or what the judge's runner waits at */
    bool is_resting;
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

static bool gives_verdict(const struct runner *recalling, const struct ask *ask, const struct reply *reply)
{
    return ask->rubric != NULL && recalling->is_verdict(ask->rubric, reply);
}

/* A store that cannot be read is no reason to judge nothing: what ails it is told by the next commit. */
static enum found recall(struct runner *recalling, struct ask *ask)
{
    struct arena *arena = ask->episode->arena;
    struct err err = ERR_INIT;
    struct precedent precedent;
    struct reply reply;

    while (precedents_find(recalling->precedents, ask->hash, arena, &precedent, &err) > 0) {
        if (precedent.reply == NULL)
            return FOUND_LATER;
        if (reply_read(precedent.reply, precedent.reply_length, arena, &reply, &err) == 0 &&
            gives_verdict(recalling, ask, &reply)) {
            mark(&reply, &precedent);
            ask->reply = reply;
            recalling->recalled++;
            return FOUND;
        }
        precedents_forget(recalling->precedents, ask->hash);
    }
    return FOUND_NOTHING;
}

static struct request *find_request(const struct runner *recalling, const struct ask *ask)
{
    struct request *request;

    HASH_FIND_STR(recalling->requests, ask->hash, request);
    return request;
}

static void send(struct runner *recalling, struct request *request, struct ask *ask)
{
    request->out = ask;
    recalling->asked++;
    runner_type(recalling->judge)->submit(recalling->judge, ask);
}

static void give_up(struct runner *recalling, struct ask *ask)
{
    ask->reply = reply_empty();
    ask->reply.status = REPLY_NONE;
    ready_add(&recalling->ready, ask);
}

static void send_or_wait(struct runner *recalling, struct ask *ask)
{
    struct request *request = find_request(recalling, ask);

    if (request != NULL) {
        ask_list_add(&request->waiting, ask);
        return;
    }
    if (recalling->is_resting) {
        give_up(recalling, ask);
        return;
    }
    request = xcalloc(1, sizeof *request);
    memcpy(request->hash, ask->hash, sizeof request->hash);
    HASH_ADD_STR(recalling->requests, hash, request);
    send(recalling, request, ask);
}

static void submit(struct runner *recalling, struct ask *ask)
{
    switch (recall(recalling, ask)) {
    case FOUND:
        ready_add(&recalling->ready, ask);
        break;
    case FOUND_LATER:
        ready_add(&recalling->told, ask);
        break;
    case FOUND_NOTHING:
        send_or_wait(recalling, ask);
        break;
    }
}

static void end_request(struct runner *recalling, struct request *request)
{
    HASH_DEL(recalling->requests, request);
    free(request);
}

/* An episode that asks its judge has its row: the model was heard before. Where it has none, nobody can be told. */
static void take_verdict(struct runner *recalling, struct request *request, const struct ask *said)
{
    if (said->episode_row > 0)
        precedents_add(recalling->precedents, said->hash, said->episode_row, said->ordinal);
    for (struct ask *ask; (ask = ask_list_take(&request->waiting)) != NULL;)
        ready_add(&recalling->told, ask);
    end_request(recalling, request);
}

/* What the judge's runner handed back. */
static void hear(struct runner *recalling, const struct ask *said)
{
    struct request *request = find_request(recalling, said);

    assert(request != NULL && request->out == said);
    if (gives_verdict(recalling, said, &said->reply)) {
        take_verdict(recalling, request, said);
        return;
    }
    for (struct ask *ask; (ask = ask_list_take(&request->waiting)) != NULL;) {
        if (!recalling->is_resting) {
            send(recalling, request, ask);
            return;
        }
        give_up(recalling, ask);
    }
    end_request(recalling, request);
}

/* The first that was told, if what it was told is on disk. One that is gone from there is asked for anew. */
static struct ask *collect_told(struct runner *recalling)
{
    for (struct ask *ask; (ask = recalling->told.asks.first) != NULL;) {
        enum found found = recall(recalling, ask);
        if (found == FOUND_LATER)
            return NULL;
        ready_take(&recalling->told);
        if (found == FOUND)
            return ask;
        send_or_wait(recalling, ask);
    }
    return NULL;
}

static struct ask *collect(struct runner *recalling)
{
    struct ask *ask = ready_take(&recalling->ready);

    if (ask != NULL)
        return ask;
    ask = runner_type(recalling->judge)->collect(recalling->judge);
    if (ask != NULL)
        hear(recalling, ask);
    else
        ask = collect_told(recalling);
    return ask;
}

static int fd(const struct runner *recalling)
{
    return recalling->either;
}

static void rest(struct runner *recalling)
{
    recalling->is_resting = true;
    if (runner_type(recalling->judge)->rest != NULL)
        runner_type(recalling->judge)->rest(recalling->judge);
}

static void load(const struct runner *recalling, struct runner_load *out)
{
    *out = (struct runner_load){ 0 };
    if (runner_type(recalling->judge)->load != NULL)
        runner_type(recalling->judge)->load(recalling->judge, out);
}

/* What was recalled waits for nobody, and of what waits for another the judge's runner does not know. */
static void explain(const struct runner *recalling, const struct ask *ask, struct runner_wait *out)
{
    const struct request *request = find_request(recalling, ask);

    *out = (struct runner_wait){ .since_ms = 0 };
    if (request == NULL)
        return;
    if (request->out != ask)
        snprintf(out->words, sizeof out->words, "the judge is asked the same already");
    else if (runner_type(recalling->judge)->explain != NULL)
        runner_type(recalling->judge)->explain(recalling->judge, ask, out);
}

static void drop_requests(struct runner *recalling)
{
    struct request *request, *next;

    HASH_ITER(hh, recalling->requests, request, next)
        end_request(recalling, request);
}

static void drop(struct runner *recalling)
{
    ready_drop(&recalling->ready);
    ready_drop(&recalling->told);
    drop_requests(recalling);
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
        !watch(recalling->either, recalling->told.fd) ||
        !watch(recalling->either, runner_type(recalling->judge)->fd(recalling->judge)))
        return err_set_code(err, EXIT_INTERNAL, "no epoll: %s", strerror(errno));
    return 0;
}

struct runner *recalling_open(struct runner *judge, struct store *store, int64_t run, verdict_fn *is_verdict,
                              struct err *err)
{
    struct runner *recalling = xcalloc(1, sizeof *recalling);

    recalling->type = &TYPE;
    recalling->judge = judge;
    recalling->is_verdict = is_verdict;
    recalling->either = recalling->ready.fd = recalling->told.fd = -1;
    if (ready_open(&recalling->ready, err) == 0 && ready_open(&recalling->told, err) == 0 &&
        open_either(recalling, err) == 0)
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
        log_info("%zu verdict%s in the store already, %zu %s asked for (--judge-anew asks for all)", recalling->recalled,
                 recalling->recalled == 1 ? " of the judge was" : "s of the judge were", recalling->asked,
                 recalling->asked == 1 ? "was" : "were");
    drop_requests(recalling);
    precedents_close(recalling->precedents);
    if (recalling->either >= 0)
        close(recalling->either);
    ready_close(&recalling->ready);
    ready_close(&recalling->told);
    free(recalling);
}
