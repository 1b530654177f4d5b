#include "results/precedent.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "harness/base/arena.h"
#include "harness/base/hash.h"
#include "harness/base/mem.h"
#include "harness/base/price.h"
#include "results/long_text.h"
#include "results/statement.h"
#include "results/store_body.h"

/* Run by run and episode by episode: no index is needed, and what other judges said is not looked at. */
static const char READ_ALL[] =
    "SELECT a.request_hash, a.episode, a.ordinal FROM run mine"
    "  JOIN run r ON json_extract(r.plan, '$.judge') = json_extract(mine.plan, '$.judge')"
    "  JOIN episode e ON e.run = r.id JOIN ask a ON a.episode = e.id AND a.role = 'judge'"
    " WHERE mine.id = ? ORDER BY a.id";
static const char READ_ONE[] =
    "SELECT r.name, e.task, s.name, e.epoch, a.cost_nanousd, a.reply, a.reply_blob"
    "  FROM ask a JOIN episode e ON e.id = a.episode JOIN run r ON r.id = e.run JOIN sample s ON s.id = e.sample"
    " WHERE a.episode = ? AND a.ordinal = ? AND a.request_hash = ?";

/* What was said once. */
struct saying {
    struct saying *older;
    int64_t episode;
    int ordinal;
    int64_t commits;                /* of the journal, before it was added: the next one has it; -1: it was on disk */
};

struct spot {
    char request_hash[HASH_HEX_SIZE];
    struct saying *newest;
    UT_hash_handle hh;
};

struct precedents {
    struct store *store;
    struct spot *spots;
};

static struct spot *make_spot(struct precedents *precedents, const char *request_hash)
{
    struct spot *spot;

    HASH_FIND_STR(precedents->spots, request_hash, spot);
    if (spot != NULL)
        return spot;
    spot = xcalloc(1, sizeof *spot);
    memcpy(spot->request_hash, request_hash, HASH_HEX_SIZE);
    HASH_ADD_STR(precedents->spots, request_hash, spot);
    return spot;
}

static void add(struct precedents *precedents, const char *request_hash, int64_t episode, int ordinal, int64_t commits)
{
    struct saying *saying;
    struct spot *spot;

    if (strlen(request_hash) != HASH_HEX_SIZE - 1)
        return;
    spot = make_spot(precedents, request_hash);
    saying = xcalloc(1, sizeof *saying);
    *saying = (struct saying){ .older = spot->newest, .episode = episode, .ordinal = ordinal, .commits = commits };
    spot->newest = saying;
}

static int read_all(struct precedents *precedents, int64_t run, struct err *err)
{
    struct statement *statement = statement_get(precedents->store, READ_ALL, err);
    int got = -1;

    if (statement == NULL)
        return -1;
    statement_bind_int(statement, run);
    while ((got = statement_next(statement, "reading what the judge said before", err)) > 0) {
        const char *request_hash = statement_read_text(statement);
        int64_t episode = statement_read_int(statement);
        add(precedents, request_hash, episode, (int)statement_read_int(statement), -1);
    }
    return got;
}

struct precedents *precedents_open(struct store *store, int64_t run, struct err *err)
{
    struct precedents *precedents = xcalloc(1, sizeof *precedents);

    precedents->store = store;
    if (read_all(precedents, run, err) == 0)
        return precedents;
    precedents_close(precedents);
    return NULL;
}

static void drop_newest(struct spot *spot)
{
    struct saying *newest = spot->newest;

    spot->newest = newest->older;
    free(newest);
}

void precedents_close(struct precedents *precedents)
{
    struct spot *spot, *next;

    if (precedents == NULL)
        return;
    HASH_ITER(hh, precedents->spots, spot, next) {
        HASH_DEL(precedents->spots, spot);
        while (spot->newest != NULL)
            drop_newest(spot);
        free(spot);
    }
    free(precedents);
}

void precedents_add(struct precedents *precedents, const char *request_hash, int64_t episode, int ordinal)
{
    add(precedents, request_hash, episode, ordinal, precedents->store->journal_commits);
}

void precedents_forget(struct precedents *precedents, const char *request_hash)
{
    struct spot *spot;

    HASH_FIND_STR(precedents->spots, request_hash, spot);
    if (spot != NULL && spot->newest != NULL)
        drop_newest(spot);
}

static int read_row(struct precedents *precedents, struct statement *statement, struct arena *arena,
                    struct precedent *out, struct err *err)
{
    const char *run = arena_strdup(arena, statement_read_text(statement));
    const char *task = arena_strdup(arena, statement_read_text(statement));
    const char *sample = arena_strdup(arena, statement_read_text(statement));

    out->place = arena_printf(arena, "%s/%s/%s/%lld", run, task, sample, (long long)statement_read_int(statement));
    out->cost_nanousd = statement_read_int_or(statement, COST_UNKNOWN);
    out->reply = long_text_read(precedents->store, statement, arena, &out->reply_length, err);
    return out->reply != NULL ? 1 : -1;
}

/* 0: its row is gone, as when its episode began anew. */
static int read_saying(struct precedents *precedents, const struct spot *spot, struct arena *arena,
                       struct precedent *out, struct err *err)
{
    struct statement *statement = statement_get(precedents->store, READ_ONE, err);
    int got;

    if (statement == NULL)
        return -1;
    statement_bind_int(statement, spot->newest->episode);
    statement_bind_int(statement, spot->newest->ordinal);
    statement_bind_text(statement, spot->request_hash);
    got = statement_next(statement, "reading what the judge said before", err);
    if (got > 0) {
        got = read_row(precedents, statement, arena, out, err);
        statement_reset(statement);
    }
    return got;
}

int precedents_find(struct precedents *precedents, const char *request_hash, struct arena *arena, struct precedent *out,
                    struct err *err)
{
    struct spot *spot;
    int got = 0;

    *out = (struct precedent){ .cost_nanousd = COST_UNKNOWN };
    HASH_FIND_STR(precedents->spots, request_hash, spot);
    while (spot != NULL && spot->newest != NULL && got == 0) {
        if (spot->newest->commits == precedents->store->journal_commits)
            return 1;
        got = read_saying(precedents, spot, arena, out, err);
        if (got == 0)
            drop_newest(spot);
    }
    return got;
}
