#include "results/journal.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/mem.h"
#include "results/long_text.h"
#include "results/statement.h"
#include "results/store_body.h"

/* The key comes last, so that both bind the rest alike. The key never changes, and its index is left alone. */
static const char ADD_EPISODE[] =
    "INSERT INTO episode (state, outcome, origin, reason, truncated, no_answer, refused, loop, tampered, unparsable,"
    " target, permutation, tokens_in, tokens_out, tokens_reasoning, tokens_cache, cost_nanousd, unsure_nanousd, passes,"
    " restarts, started_ms, ended_ms, grade, run, task, sample, epoch)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
static const char SET_EPISODE[] =
    "UPDATE episode SET state = ?, outcome = ?, origin = ?, reason = ?, truncated = ?, no_answer = ?, refused = ?,"
    " loop = ?, tampered = ?, unparsable = ?, target = ?, permutation = ?, tokens_in = ?, tokens_out = ?,"
    " tokens_reasoning = ?, tokens_cache = ?, cost_nanousd = ?, unsure_nanousd = ?, passes = ?, restarts = ?,"
    " started_ms = ?, ended_ms = ?, grade = ? WHERE id = ?";
static const char DELETE_ASKS[] = "DELETE FROM ask WHERE episode = ?";

/* Nearly every ask is a new one; what would replace an old one fills a temporary table for the id it returns. */
#define INSERT_ASK "INSERT INTO ask (episode, ordinal, kind, role, request_hash, elapsed_ms, cost_nanousd, reply," \
                   " reply_blob) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
static const char ADD_ASK[] = INSERT_ASK " ON CONFLICT (episode, ordinal) DO NOTHING";
static const char REPLACE_ASK[] =
    INSERT_ASK " ON CONFLICT (episode, ordinal) DO UPDATE SET kind = excluded.kind, role = excluded.role,"
    " request_hash = excluded.request_hash, elapsed_ms = excluded.elapsed_ms, reply = excluded.reply,"
    " reply_blob = excluded.reply_blob,"
    " cost_nanousd = coalesce(cost_nanousd + excluded.cost_nanousd, cost_nanousd, excluded.cost_nanousd)"
    " RETURNING id";
static const char LAST_TRY[] = "SELECT coalesce(max(try), 0) FROM call WHERE ask = ?";
static const char ADD_CALL[] =
    "INSERT INTO call (episode, ask, try, status, started_ms, elapsed_ms, wait_ms, request_id, error, cost_nanousd,"
    " worst_nanousd) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
static const char ADD_GRADE[] =
    "INSERT INTO grade (episode, grader, version, profile, score, answer, answer_class, reason, graded_ms,"
    " verdict, asked_language, language) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
static const char SET_GRADE[] =
    "UPDATE episode SET grade = ?, no_answer = ? WHERE id = ? AND outcome = 'scored'";

static const char SET_UNSURE[] = "UPDATE run SET unsure_nanousd = ? WHERE id = ?";

enum entry_kind { ENTRY_ASK, ENTRY_CALLS, ENTRY_OUTCOME, ENTRY_RESTART, ENTRY_GRADE };

struct entry {
    enum entry_kind kind;
    struct episode_row *episode;         /* NULL in ENTRY_GRADE */
    const struct ask_row *ask;
    const struct call *calls;        /* ENTRY_CALLS */
    const struct grade_row *grade;
    int64_t graded_episode;              /* ENTRY_GRADE */
    bool no_answer;
    bool added;                          /* the commit under way gave the episode its id */
};

struct journal {
    struct store *store;
    int64_t run;
    struct entry *entries;
    size_t count, room, replies;
    bool has_unsure;                     /* to be written with the next commit */
    int64_t unsure_nanousd;
};

struct journal *journal_open(struct store *store, int64_t run)
{
    struct journal *journal = xcalloc(1, sizeof *journal);

    journal->store = store;
    journal->run = run;
    return journal;
}

void journal_close(struct journal *journal)
{
    if (journal == NULL)
        return;
    free(journal->entries);
    free(journal);
}

static void add_entry(struct journal *journal, struct entry entry)
{
    if (journal->count == journal->room) {
        journal->room = journal->room == 0 ? 64 : 2 * journal->room;
        journal->entries = xreallocarray(journal->entries, journal->room, sizeof *journal->entries);
    }
    journal->entries[journal->count++] = entry;
}

void journal_add_ask(struct journal *journal, struct episode_row *episode, const struct ask_row *ask)
{
    add_entry(journal, (struct entry){ .kind = ENTRY_ASK, .episode = episode, .ask = ask });
    journal->replies++;
}

void journal_add_outcome(struct journal *journal, struct episode_row *episode, const struct grade_row *grade)
{
    assert(episode->finished && episode->outcome != NULL);
    assert((strcmp(episode->outcome, "scored") == 0) == (grade != NULL));
    add_entry(journal, (struct entry){ .kind = ENTRY_OUTCOME, .episode = episode, .grade = grade });
}

void journal_add_calls(struct journal *journal, struct episode_row *episode, const struct call *calls)
{
    add_entry(journal, (struct entry){ .kind = ENTRY_CALLS, .episode = episode, .calls = calls });
}

void journal_set_unsure(struct journal *journal, int64_t unsure_nanousd)
{
    journal->has_unsure = true;
    journal->unsure_nanousd = unsure_nanousd;
}

void journal_add_restart(struct journal *journal, struct episode_row *episode)
{
    add_entry(journal, (struct entry){ .kind = ENTRY_RESTART, .episode = episode });
}

void journal_add_grade(struct journal *journal, int64_t episode, bool no_answer, const struct grade_row *grade)
{
    add_entry(journal, (struct entry){ .kind = ENTRY_GRADE, .graded_episode = episode, .no_answer = no_answer,
                                       .grade = grade });
}

/* All columns but the key. What only a finished episode has is NULL in one that goes on. grade 0: none. */
static void bind_episode(struct statement *statement, const struct episode_row *row, bool finished, int64_t grade)
{
    statement_bind_text(statement, finished ? "finished" : "started");
    statement_bind_text(statement, finished ? row->outcome : NULL);
    statement_bind_text(statement, finished ? row->origin : NULL);
    statement_bind_text(statement, finished ? row->reason : NULL);
    statement_bind_int(statement, row->truncated);
    statement_bind_int(statement, row->no_answer);
    statement_bind_int(statement, row->refused);
    statement_bind_int(statement, row->loop);
    statement_bind_int(statement, row->tampered);
    statement_bind_int(statement, row->unparsable);
    statement_bind_text(statement, row->target);
    statement_bind_text(statement, row->permutation);
    statement_bind_int_or_null(statement, row->tokens_in, TOKENS_UNKNOWN);
    statement_bind_int_or_null(statement, row->tokens_out, TOKENS_UNKNOWN);
    statement_bind_int_or_null(statement, row->tokens_reasoning, TOKENS_UNKNOWN);
    statement_bind_int_or_null(statement, row->tokens_cache, TOKENS_UNKNOWN);
    statement_bind_int_or_null(statement, row->cost_nanousd, COST_UNKNOWN);
    statement_bind_int_or_null(statement, row->unsure_nanousd, COST_UNKNOWN);
    statement_bind_int(statement, row->passes);
    statement_bind_int(statement, row->restarts);
    statement_bind_int(statement, row->started_ms);
    statement_bind_int_or_null(statement, finished ? row->ended_ms : 0, 0);
    statement_bind_int_or_null(statement, grade, 0);
}

static int add_episode(struct journal *journal, struct entry *entry, struct err *err)
{
    struct episode_row *row = entry->episode;
    struct statement *statement = statement_get(journal->store, ADD_EPISODE, err);
    int64_t id;

    if (statement == NULL)
        return -1;
    bind_episode(statement, row, false, 0);
    statement_bind_int(statement, journal->run);
    statement_bind_text(statement, row->task);
    statement_bind_int(statement, row->sample);
    statement_bind_int(statement, row->epoch);
    id = statement_insert(statement, "adding an episode", err);
    if (id < 0)
        return -1;
    row->id = id;
    entry->added = true;
    return 0;
}

/* An UPDATE by id that must have found its row. */
static int run_update(struct journal *journal, struct statement *statement, int64_t episode, const char *missing,
                      struct err *err)
{
    if (statement_run(statement, "writing an episode", err) < 0)
        return -1;
    if (sqlite3_changes(journal->store->db) == 1)
        return 0;
    return err_set_code(err, EXIT_STORE, "%s: there is no %s %lld", journal->store->path, missing, (long long)episode);
}

static int set_episode(struct journal *journal, const struct episode_row *row, bool finished, int64_t grade,
                       struct err *err)
{
    struct statement *statement = statement_get(journal->store, SET_EPISODE, err);

    if (statement == NULL)
        return -1;
    bind_episode(statement, row, finished, grade);
    statement_bind_int(statement, row->id);
    return run_update(journal, statement, row->id, "episode", err);
}

/* The episode as one that goes on, whatever became of it later in the queue. */
static int write_started(struct journal *journal, struct entry *entry, struct err *err)
{
    if (entry->episode->id == 0)
        return add_episode(journal, entry, err);
    return set_episode(journal, entry->episode, false, 0, err);
}

static int delete_asks(struct journal *journal, int64_t episode, struct err *err)
{
    struct statement *statement = statement_get(journal->store, DELETE_ASKS, err);

    if (statement == NULL)
        return -1;
    statement_bind_int(statement, episode);
    return statement_run(statement, "removing asks", err);
}

static int add_call(struct journal *journal, int64_t episode, int64_t ask, int64_t before,
                    const struct call *call, struct err *err)
{
    struct statement *statement = statement_get(journal->store, ADD_CALL, err);

    if (statement == NULL)
        return -1;
    statement_bind_int(statement, episode);
    statement_bind_int_or_null(statement, ask, 0);
    statement_bind_int(statement, before + call->try_number);
    statement_bind_int(statement, call->status);
    statement_bind_int(statement, call->started_ms);
    statement_bind_int(statement, call->elapsed_ms);
    statement_bind_int(statement, call->wait_ms);
    statement_bind_text(statement, call->request_id);
    statement_bind_text(statement, call->error);
    statement_bind_int_or_null(statement, call->cost_nanousd, COST_UNKNOWN);
    statement_bind_int_or_null(statement, call->worst_nanousd, 0);
    return statement_run(statement, "writing a call", err);
}

/* NULL with err set. */
static struct statement *bind_ask(struct journal *journal, const char *sql, int64_t episode, const struct ask_row *ask,
                                  struct err *err)
{
    struct statement *statement = statement_get(journal->store, sql, err);

    if (statement == NULL)
        return NULL;
    statement_bind_int(statement, episode);
    statement_bind_int(statement, ask->ordinal);
    statement_bind_text(statement, ask->kind);
    statement_bind_text(statement, ask->role);
    statement_bind_cleaned(statement, ask->request_hash, strlen(ask->request_hash));
    statement_bind_int(statement, ask->elapsed_ms);
    statement_bind_int_or_null(statement, ask->cost_nanousd, COST_UNKNOWN);
    return long_text_bind(journal->store, statement, ask->reply, ask->reply_length, err) < 0 ? NULL : statement;
}

/* The new row's id, 0 when the episode has that ask already, or -1. */
static int64_t add_ask(struct journal *journal, int64_t episode, const struct ask_row *ask, struct err *err)
{
    struct statement *statement = bind_ask(journal, ADD_ASK, episode, ask, err);
    int64_t id = statement == NULL ? -1 : statement_insert(statement, "writing an ask", err);

    return id >= 0 && sqlite3_changes(journal->store->db) == 0 ? 0 : id;
}

/* The row's id, or -1. */
static int64_t replace_ask(struct journal *journal, int64_t episode, const struct ask_row *ask, struct err *err)
{
    struct statement *statement = bind_ask(journal, REPLACE_ASK, episode, ask, err);
    int64_t id;

    if (statement == NULL || statement_next(statement, "writing an ask", err) < 0)
        return -1;
    id = statement_read_int(statement);
    return statement_run(statement, "writing an ask", err) < 0 ? -1 : id;
}

/* The highest number of the ask's calls, 0 when it has none, -1 with err set. */
static int64_t last_try(struct journal *journal, int64_t ask, struct err *err)
{
    struct statement *statement = statement_get(journal->store, LAST_TRY, err);
    int64_t last;

    if (statement == NULL)
        return -1;
    statement_bind_int(statement, ask);
    if (statement_next(statement, "counting calls", err) < 0)
        return -1;
    last = statement_read_int(statement);
    statement_reset(statement);
    return last;
}

/* before: how many calls of that ask there are. ask 0: it has no row. */
static int add_calls(struct journal *journal, int64_t episode, int64_t ask, int64_t before,
                     const struct call *calls, struct err *err)
{
    for (const struct call *call = calls; call != NULL; call = call->next)
        if (add_call(journal, episode, ask, before, call, err) < 0)
            return -1;
    return 0;
}

/*
 * An ask of an episode that has ended by now (its outcome follows in the queue, or it was there before and an exam is
 * repeated) leaves the episode's row as it is.
 */
static bool changes_episode(const struct episode_row *episode, const struct ask_row *ask)
{
    return episode->id == 0 || (!episode->finished && !ask->is_free);
}

static int write_ask(struct journal *journal, struct entry *entry, struct err *err)
{
    struct episode_row *episode = entry->episode;
    int64_t ask, before = 0;

    if (changes_episode(episode, entry->ask) && write_started(journal, entry, err) < 0)
        return -1;
    ask = add_ask(journal, episode->id, entry->ask, err);
    if (ask == 0) {
        ask = replace_ask(journal, episode->id, entry->ask, err);
        before = ask > 0 ? last_try(journal, ask, err) : 0;     /* the calls' numbers go on */
    }
    if (ask < 0 || before < 0)
        return -1;
    return add_calls(journal, episode->id, ask, before, entry->ask->calls, err);
}

static int write_calls(struct journal *journal, struct entry *entry, struct err *err)
{
    if (write_started(journal, entry, err) < 0)
        return -1;
    return add_calls(journal, entry->episode->id, 0, 0, entry->calls, err);
}

/* The new row's id, or -1. */
static int64_t add_grade(struct journal *journal, int64_t episode, const struct grade_row *grade, struct err *err)
{
    struct statement *statement = statement_get(journal->store, ADD_GRADE, err);

    if (statement == NULL)
        return -1;
    statement_bind_int(statement, episode);
    statement_bind_text(statement, grade->grader);
    statement_bind_int(statement, grade->version);
    statement_bind_text(statement, grade->profile);
    statement_bind_real(statement, grade->score);
    statement_bind_text(statement, grade->answer);
    statement_bind_text(statement, grade->answer_class);
    statement_bind_text(statement, grade->reason);
    statement_bind_int(statement, grade->graded_ms);
    statement_bind_text(statement, grade->verdict);
    statement_bind_text(statement, grade->asked_language);
    statement_bind_text(statement, grade->language);
    return statement_insert(statement, "writing a grade", err);
}

/* A grade belongs to an episode and a scored episode names its grade: so the row, the grade, the row again. */
static int write_outcome(struct journal *journal, struct entry *entry, struct err *err)
{
    struct episode_row *episode = entry->episode;
    int64_t grade = 0;

    if (episode->id == 0 && add_episode(journal, entry, err) < 0)
        return -1;
    if (entry->grade != NULL)
        grade = add_grade(journal, episode->id, entry->grade, err);
    if (grade < 0)
        return -1;
    return set_episode(journal, episode, true, grade, err);
}

static int write_restart(struct journal *journal, struct entry *entry, struct err *err)
{
    if (write_started(journal, entry, err) < 0)
        return -1;
    return delete_asks(journal, entry->episode->id, err);
}

static int write_grade(struct journal *journal, const struct entry *entry, struct err *err)
{
    int64_t grade = add_grade(journal, entry->graded_episode, entry->grade, err);
    struct statement *statement = grade > 0 ? statement_get(journal->store, SET_GRADE, err) : NULL;

    if (statement == NULL)
        return -1;
    statement_bind_int(statement, grade);
    statement_bind_int(statement, entry->no_answer);
    statement_bind_int(statement, entry->graded_episode);
    return run_update(journal, statement, entry->graded_episode, "scored episode", err);
}

static int write_entry(struct journal *journal, struct entry *entry, struct err *err)
{
    switch (entry->kind) {
    case ENTRY_ASK: return write_ask(journal, entry, err);
    case ENTRY_CALLS: return write_calls(journal, entry, err);
    case ENTRY_OUTCOME: return write_outcome(journal, entry, err);
    case ENTRY_RESTART: return write_restart(journal, entry, err);
    case ENTRY_GRADE: return write_grade(journal, entry, err);
    }
    assert(false);
    return -1;
}

/* Rolls back, and takes back the ids that were given on the way. */
static int undo(struct journal *journal)
{
    store_rollback(journal->store);
    for (size_t i = 0; i < journal->count; i++) {
        if (journal->entries[i].added)
            journal->entries[i].episode->id = 0;
        journal->entries[i].added = false;
    }
    return -1;
}

size_t journal_count(const struct journal *journal)
{
    return journal->count;
}

size_t journal_count_replies(const struct journal *journal)
{
    return journal->replies;
}

static int write_unsure(struct journal *journal, struct err *err)
{
    struct statement *statement = journal->has_unsure ? statement_get(journal->store, SET_UNSURE, err) : NULL;

    if (statement == NULL)
        return journal->has_unsure ? -1 : 0;
    statement_bind_int(statement, journal->unsure_nanousd);
    statement_bind_int(statement, journal->run);
    return statement_run(statement, "writing what a run may have spent", err);
}

int journal_commit(struct journal *journal, struct err *err)
{
    if (journal->count == 0)
        return 0;
    if (store_begin(journal->store, err) < 0)
        return -1;
    for (size_t i = 0; i < journal->count; i++)
        if (write_entry(journal, &journal->entries[i], err) < 0)
            return undo(journal);
    if (write_unsure(journal, err) < 0 || store_commit(journal->store, err) < 0)
        return undo(journal);
    journal->store->journal_commits++;
    journal->count = journal->replies = 0;
    journal->has_unsure = false;
    return 0;
}
