/*
 * Reading the journal back.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/mem.h"
#include "results/episode_columns.h"
#include "results/journal.h"
#include "results/long_text.h"
#include "results/statement.h"
#include "results/store.h"

static const char ASKS[] =
    "SELECT ordinal, kind, role, request_hash, elapsed_ms, cost_nanousd, reply, reply_blob"
    " FROM ask WHERE episode = ? ORDER BY ordinal";
#define CALL_COLUMNS \
    "SELECT c.try, c.status, c.started_ms, c.elapsed_ms, c.wait_ms, c.request_id, c.error, c.cost_nanousd," \
    " coalesce(c.worst_nanousd, 0)"
static const char CALLS[] =
    CALL_COLUMNS " FROM ask a CROSS JOIN call c ON c.ask = a.id WHERE a.episode = ? AND a.ordinal = ? ORDER BY c.id";
static const char LONE_CALLS[] = CALL_COLUMNS " FROM call c WHERE c.episode = ? AND c.ask IS NULL ORDER BY c.id";
static const char SPENDING[] = "SELECT" USAGE_COLUMNS("") " FROM episode WHERE id = ?";

static int read_ask(struct store *store, struct statement *statement, struct arena *arena, struct ask_row *ask,
                    struct err *err)
{
    *ask = (struct ask_row){ 0 };
    ask->ordinal = (int)statement_read_int(statement);
    ask->kind = arena_strdup(arena, statement_read_text(statement));
    ask->role = arena_strdup(arena, statement_read_text(statement));
    ask->request_hash = arena_strdup(arena, statement_read_text(statement));
    ask->elapsed_ms = statement_read_int(statement);
    ask->cost_nanousd = statement_read_int_or(statement, COST_UNKNOWN);
    ask->reply = long_text_read(store, statement, arena, &ask->reply_length, err);
    return ask->reply == NULL ? -1 : 0;
}

/* All rows of statement, in memory that the caller frees, also after a failure. */
static int read_all(struct store *store, struct statement *statement, struct arena *arena, struct ask_row **asks,
                    size_t *count, struct err *err)
{
    size_t room = 0;
    int got;

    while ((got = statement_next(statement, "reading asks", err)) > 0) {
        if (*count == room) {
            room = room == 0 ? 16 : 2 * room;
            *asks = xreallocarray(*asks, room, sizeof **asks);
        }
        if (read_ask(store, statement, arena, &(*asks)[*count], err) < 0) {
            statement_reset(statement);
            return -1;
        }
        ++*count;
    }
    return got;
}

int journal_read_asks(struct store *store, struct arena *arena, int64_t episode, struct ask_row **asks, size_t *count,
                      struct err *err)
{
    struct statement *statement = statement_get(store, ASKS, err);
    struct ask_row *read = NULL;
    int result;

    *asks = NULL;
    *count = 0;
    if (statement == NULL)
        return -1;
    statement_bind_int(statement, episode);
    result = read_all(store, statement, arena, &read, count, err);
    if (result == 0 && *count > 0) {
        *asks = arena_calloc(arena, *count, sizeof **asks);
        memcpy(*asks, read, *count * sizeof *read);
    }
    free(read);
    return result;
}

int journal_read_spending(struct store *store, int64_t episode, struct episode_row *row, struct err *err)
{
    struct statement *statement = statement_get(store, SPENDING, err);
    int got;

    if (statement == NULL)
        return -1;
    statement_bind_int(statement, episode);
    got = statement_next(statement, "reading what an episode used", err);
    if (got < 0)
        return -1;
    if (got == 0)
        return err_set_code(err, EXIT_STORE, "%s: there is no episode %lld", store_path(store), (long long)episode);
    episode_columns_read_usage(statement, row);
    statement_reset(statement);
    return 0;
}

static struct call *read_call(struct statement *statement, struct arena *arena)
{
    struct call *call = arena_alloc(arena, sizeof *call);

    call->try_number = (int)statement_read_int(statement);
    call->status = (int)statement_read_int(statement);
    call->started_ms = statement_read_int(statement);
    call->elapsed_ms = statement_read_int(statement);
    call->wait_ms = statement_read_int(statement);
    call->request_id = arena_strdup(arena, statement_read_text(statement));
    call->error = arena_strdup(arena, statement_read_text(statement));
    call->cost_nanousd = statement_read_int_or(statement, COST_UNKNOWN);
    call->worst_nanousd = statement_read_int(statement);
    return call;
}

int journal_read_calls(struct store *store, struct arena *arena, int64_t episode, int ordinal,
                       struct call **calls, struct err *err)
{
    struct statement *statement = statement_get(store, ordinal < 0 ? LONE_CALLS : CALLS, err);
    struct call **end = calls;
    int got;

    *calls = NULL;
    if (statement == NULL)
        return -1;
    statement_bind_int(statement, episode);
    if (ordinal >= 0)
        statement_bind_int(statement, ordinal);
    while ((got = statement_next(statement, "reading calls", err)) > 0) {
        *end = read_call(statement, arena);
        end = &(*end)->next;
    }
    return got;
}
