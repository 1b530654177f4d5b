#include "tests/script/world.h"

#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/buf.h"
#include "harness/base/http.h"
#include "harness/base/mem.h"
#include "harness/engine/runner.h"
#include "results/journal.h"
#include "results/store.h"
#include "runners/runners.h"
#include "tasks/flows/flows.h"

#define SUBMIT "SUBMIT "

static int read_submitted(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    (void)err;
    if (strncmp(grading->said->text, SUBMIT, strlen(SUBMIT)) == 0)
        out->text = arena_strdup(arena, grading->said->text + strlen(SUBMIT));
    else
        out->note = "nothing was submitted";
    return 0;
}

/* Where an exam was held, it decides. */
static int grade_same(const struct grading *grading, const struct answer *answer, struct arena *arena,
                      struct grade *out, struct err *err)
{
    bool right = grading->exam != NULL ? grading->exam->exit_code == 0 : strcmp(answer->text, grading->target) == 0;

    (void)arena;
    (void)err;
    *out = (struct grade){ .score = right, .answer = answer->text, .answer_class = answer->text };
    return 0;
}

static const struct reader READER = { .name = "submitted", .grader = "same", .version = 1, .read = read_submitted };
static const struct grader GRADER = { .name = "same", .version = 1, .grade = grade_same };
static const struct profile PROFILE = { .name = "plain", .reader = &READER };

static void prompt(struct episode *ep)
{
    ep->target = ep->sample->target;
    chat_add_text(ep->chat, ROLE_USER, ep->sample->input);
}

/* The tests run on the model's last words. */
static void exam(struct episode *ep, struct exam *out)
{
    static const char *const commands[] = { "make test" };
    struct exam_file *file = arena_alloc(ep->arena, sizeof *file);
    const struct turn *last = ep->chat->last;

    file->path = "answer";
    file->content = last->role == ROLE_MODEL ? last->last->text : episode_reply(ep, 0)->text;
    file->length = strlen(file->content);
    *out = (struct exam){ .files = file, .file_count = 1, .commands = commands, .command_count = 1,
                          .timeout_ms = 1000, .output_max = 1000 };
}

static bool submits(const char *text)
{
    return strncmp(text, SUBMIT, strlen(SUBMIT)) == 0;
}

static const struct tool TOOLS[] = { { "shell", "runs a command", "{\"type\":\"object\"}" } };

#define COMMON .profiles = &PROFILE, .profile_count = 1, .grader = &GRADER, .prompt = prompt
const struct task world_answer = { .name = "answer", .flow = &flow_answer, COMMON };
const struct task world_examined = { .name = "examined", .flow = &flow_answer, .exam = exam, COMMON };
const struct task world_agent = {
    .name = "agent", .flow = &flow_agent, .exam = exam, .submits = submits, .turns_max = 8,
    .tools = TOOLS, .tool_count = 1, COMMON
};

static step_fn challenge, fought, graded;
static const struct step CHALLENGE = { .name = "challenge", .run = challenge };
static const struct step FOUGHT = { .name = "fought", .run = fought };
static const struct step GRADED = { .name = "graded", .run = graded };
static const struct flow FLOW_BATTLE = { .name = "battle", .first = &CHALLENGE };
const struct task world_battle = { .name = "battle", .flow = &FLOW_BATTLE, COMMON };

static const struct step *challenge(struct episode *ep)
{
    ask_model(ep, "model");
    ask_model(ep, "rival");
    return &FOUGHT;
}

static const struct step *fought(struct episode *ep)
{
    ask_grade(ep, episode_reply(ep, 0), NULL);
    return &GRADED;
}

static const struct step *graded(struct episode *ep)
{
    episode_score(ep, episode_reply(ep, 0));
    return NULL;
}

int world_sample(const struct episode *ep)
{
    return atoi(ep->sample->id + 1);
}

static struct reply answer_once(const struct ask *ask)
{
    struct reply reply = reply_empty();
    int n = world_sample(ask->episode);
    bool right = (n + ask->episode->epoch) % 3 != 0;

    reply.text = arena_printf(ask->episode->arena, SUBMIT "%d", right ? n : -1);
    return reply;
}

static int count_turns(const struct chat *chat)
{
    int count = 0;

    for (const struct turn *turn = chat->first; turn != NULL; turn = turn->next)
        count += turn->role == ROLE_MODEL;
    return count;
}

static struct part *add_part(struct arena *arena, struct part *last, struct part part)
{
    last->next = part_copy(arena, &part);
    return last->next;
}

/* Thinks, keeps a block of its dialect, speaks, and calls one to three tools. */
static const struct part *call_tools(struct arena *arena, int turn, int calls)
{
    struct part before = { .next = NULL }, *last = &before;

    last = add_part(arena, last, (struct part){ .kind = PART_REASONING, .text = "let me think" });
    last = add_part(arena, last, (struct part){ .kind = PART_OPAQUE, .name = "dialect", .text = "{\"signature\":\"x\"}" });
    last = add_part(arena, last, (struct part){ .kind = PART_TEXT, .text = "I look." });
    for (int i = 0; i < calls; i++)
        last = add_part(arena, last, (struct part){ .kind = PART_TOOL_CALL, .name = "shell",
                                                    .id = arena_printf(arena, "c%d-%d", turn, i),
                                                    .text = arena_printf(arena, "{\"cmd\":\"look %d\"}", i) });
    return before.next;
}

/* What is submitted is a digest of all that was heard, so a wrong chat makes a wrong answer. */
static struct reply take_turn(const struct ask *ask)
{
    struct arena *arena = ask->episode->arena;
    struct reply reply = reply_empty();
    int n = world_sample(ask->episode), turn = count_turns(ask->chat);

    if (turn == 1 + n % 4) {
        reply.text = arena_printf(arena, SUBMIT "%.8s", ask->hash);
    } else if (n % 5 == 0) {
        reply.text = arena_printf(arena, "look %d", turn);
    } else {
        reply.text = "I look.";
        reply.reasoning = "let me think";
        reply.parts = call_tools(arena, turn, 1 + (n + turn) % 3);
        reply.stop = STOP_TOOL;
    }
    return reply;
}

struct reply world_model_says(struct script *script, struct ask *ask)
{
    struct reply reply = ask->episode->task->turns_max > 0 ? take_turn(ask) : answer_once(ask);

    (void)script;
    reply.model = "scripted";
    reply.tokens_in = 100 + ask->ordinal;
    reply.tokens_out = 10;
    reply.cost_nanousd = 1000;
    return reply;
}

static uint64_t *find_box(struct world *world, const struct episode *ep)
{
    return &world->boxes[(size_t)world_sample(ep) * (size_t)world->work.epochs + (size_t)ep->epoch - 1];
}

static struct reply hold_exam(const struct ask *ask)
{
    struct reply reply = reply_empty();
    const char *content = ask->exam->files[0].content;

    reply.exit_code = (unsigned char)content[strlen(content) - 1] % 3 == 0;
    reply.text = arena_printf(ask->episode->arena, "%s was tested", content);
    return reply;
}

/* The box changes with each action, and what is seen tells its whole history. */
static uint64_t do_action(uint64_t *box, const char *action)
{
    struct splitmix random = { .state = *box };

    for (; *action != '\0'; action++)
        random.state = splitmix_next(&random) ^ (unsigned char)*action;
    *box = splitmix_next(&random);
    return *box;
}

struct reply world_env_says(struct script *script, struct ask *ask)
{
    struct world *world = script->to;
    struct arena *arena = ask->episode->arena;
    struct reply reply = reply_empty();

    if (ask->exam != NULL)
        return hold_exam(ask);
    if (ask->action->text[0] == '\0')
        *find_box(world, ask->episode) = (uint64_t)world_sample(ask->episode) + 1;
    uint64_t seen = do_action(find_box(world, ask->episode), ask->action->text);
    reply.text = arena_printf(arena, "%s%016llx", world->lie != NULL ? world->lie : "", (unsigned long long)seen);
    if (seen % 4 == 0) {
        struct part text = { .kind = PART_TEXT, .text = reply.text };
        struct part *parts = part_copy(arena, &text);
        add_part(arena, parts, (struct part){ .kind = PART_IMAGE, .media_type = "image/png",
                                              .text = arena_printf(arena, "%llu", (unsigned long long)seen) });
        reply.parts = parts;
    }
    if (seen % 11 == 0 && ask->action->text[0] != '\0') {
        reply = reply_failed(ORIGIN_ENVIRONMENT, "1 s is over");
        reply.status = REPLY_TIMEOUT;
    }
    return reply;
}

static void must(struct world *world, bool holds)
{
    if (!holds)
        fail_msg("%s", world->err.text);
}

static void make_samples(struct world *world, const struct task *task, size_t count, int epochs)
{
    const struct sample **chosen = arena_calloc(world->arena, count, sizeof chosen[0]);

    world->samples = arena_calloc(world->arena, count, sizeof world->samples[0]);
    world->boxes = arena_calloc(world->arena, count * (size_t)epochs, sizeof world->boxes[0]);
    for (size_t i = 0; i < count; i++) {
        struct sample *sample = &world->samples[i];
        sample->id = arena_printf(world->arena, "s%zu", i);
        sample->input = arena_printf(world->arena, "What is %zu?", i);
        sample->target = arena_printf(world->arena, "%zu", i);
        sample_hash(sample);
        chosen[i] = sample;
    }
    world->work = (struct work){ .task = task, .profile = &PROFILE, .samples = chosen, .sample_count = count,
                                 .epochs = epochs };
}

static void make_run(struct world *world)
{
    struct run_row run = { .fingerprint = "f", .model = "scripted/one", .plan = "{}", .places = "{}", .version = "0",
                           .state = "running", .started_ms = 1 };
    struct store *store = store_open(world->path, "test", &world->err);

    must(world, store != NULL);
    must(world, store_add_run(store, world->arena, &run, &world->err) == 0);
    must(world, store_begin(store, &world->err) == 0);
    for (size_t i = 0; i < world->work.sample_count; i++) {
        struct sample *sample = &world->samples[i];
        struct sample_row row = { .task = world->work.task->name, .name = sample->id, .hash = sample->hash,
                                  .input = sample->input };
        sample->row_id = store_put_sample(store, &row, &world->err);
        must(world, sample->row_id > 0);
    }
    must(world, store_commit(store, &world->err) == 0);
    store_close(store);
    world->run = run.id;
}

void world_init(struct world *world, const struct task *task, size_t sample_count, int epochs)
{
    *world = (struct world){ .folder = "/tmp/vernier-test-XXXXXX", .arena = arena_new(), .err = ERR_INIT,
                             .signal_fd = -1, .model_role = "model" };
    assert_non_null(mkdtemp(world->folder));
    world->path = arena_printf(world->arena, "%s/vernier.db", world->folder);
    world->http = http_open(&world->err);
    must(world, world->http != NULL);
    world->model = (struct script){ .say = world_model_says, .to = world };
    world->rival = (struct script){ .say = world_model_says, .to = world };
    world->env = (struct script){ .say = world_env_says, .to = world };
    make_samples(world, task, sample_count, epochs);
    make_run(world);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(path);
}

void world_fini(struct world *world)
{
    http_close(world->http);
    nftw(world->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(world->arena);
}

/* One of each kind, and the rival. */
#define RUNNERS (ASK_KINDS + 1)

static enum engine_end run_engine(struct world *world, struct runner *const runners[RUNNERS])
{
    const struct binding bindings[] = {
        { ASK_MODEL, world->model_role, runners[ASK_MODEL] }, { ASK_ENV, "env", runners[ASK_ENV] },
        { ASK_ENV, "exam", runners[ASK_ENV] }, { ASK_GRADE, "grade", runners[ASK_GRADE] },
        { ASK_MODEL, "rival", runners[ASK_KINDS] },
    };
    struct engine_setup setup = {
        .http = world->http, .store = world->store, .journal = world->journal, .run = world->run, .seed = 7,
        .bindings = bindings, .binding_count = sizeof bindings / sizeof *bindings,
        .ledger = ledger_new(&world->work, 1), .signal_fd = world->signal_fd, .deadline_ms = world->deadline_ms,
        .commit_each_ms = world->commit_each_ms, .show = world->show, .shown_to = world,
    };

    memcpy(setup.in_flight_max, world->in_flight_max, sizeof setup.in_flight_max);
    enum engine_end end = engine_run(&setup, &world->status, &world->err);
    ledger_free(setup.ledger);
    return end;
}

enum engine_end world_start(struct world *world)
{
    size_t box_count = world->work.sample_count * (size_t)world->work.epochs;

    world->err = (struct err)ERR_INIT;
    memset(world->boxes, 0, box_count * sizeof world->boxes[0]);
    world->store = store_open(world->path, "test", &world->err);
    must(world, world->store != NULL);
    world->journal = journal_open(world->store, world->run);
    struct runner *const runners[] = { scripted_open(&world->model), scripted_open(&world->env),
                                       runner_grade.open(NULL, NULL, &world->err),
                                       scripted_open(&world->rival) };
    if (world->begun != NULL)
        world->begun(world);
    enum engine_end end = run_engine(world, runners);
    for (int i = 0; i < RUNNERS; i++)
        runner_type(runners[i])->close(runners[i]);
    journal_close(world->journal);
    store_close(world->store);
    world->store = NULL;
    return end;
}

void assert_end(const struct world *world, enum engine_end wanted, enum engine_end end)
{
    if (end != wanted)
        fail_msg("ended %d instead of %d: %s", end, wanted, world->err.text);
}

static sqlite3 *open_db(const struct world *world)
{
    sqlite3 *db = NULL;

    assert_null(world->store);
    assert_int_equal(sqlite3_open(world->path, &db), SQLITE_OK);
    return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(db));
    return stmt;
}

int64_t world_number(const struct world *world, const char *sql)
{
    sqlite3 *db = open_db(world);
    sqlite3_stmt *stmt = prepare(db, sql);
    int64_t number = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : -1;

    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return number;
}

#define EPISODES(spending) \
    "SELECT s.name, e.epoch, e.state, e.outcome, e.origin, e.reason, e.truncated, e.no_answer, e.refused, e.loop," \
    " e.tampered, e.unparsable, e.target, " spending "e.passes, g.score, g.answer," \
    " (SELECT count(*) FROM grade WHERE episode = e.id)" \
    " FROM episode e JOIN sample s ON s.id = e.sample LEFT JOIN grade g ON g.id = e.grade ORDER BY s.id, e.epoch"
#define SPENDING "e.tokens_in, e.tokens_out, e.tokens_reasoning, e.tokens_cache, e.cost_nanousd, e.unsure_nanousd, "
static const char ASKS[] =
    "SELECT s.name, e.epoch, a.ordinal, a.kind, a.role, a.request_hash, json_remove(a.reply, '$.elapsed_ms'),"
    " a.reply_blob, a.cost_nanousd"
    " FROM ask a JOIN episode e ON e.id = a.episode JOIN sample s ON s.id = e.sample ORDER BY s.id, e.epoch, a.ordinal";

static void dump(sqlite3 *db, const char *sql, struct buf *out)
{
    sqlite3_stmt *stmt = prepare(db, sql);

    while (sqlite3_step(stmt) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(stmt); i++)
            buf_addf(out, "%s|", sqlite3_column_type(stmt, i) == SQLITE_NULL ? "-"
                                 : (const char *)sqlite3_column_text(stmt, i));
        buf_add_char(out, '\n');
    }
    sqlite3_finalize(stmt);
}

static const char *dump_rows(struct world *world, const char *episodes)
{
    sqlite3 *db = open_db(world);
    struct buf out;
    const char *text;

    buf_init(&out, 0);
    dump(db, episodes, &out);
    dump(db, ASKS, &out);
    text = arena_strdup(world->arena, out.data);
    buf_fini(&out);
    sqlite3_close(db);
    return text;
}

const char *world_rows(struct world *world)
{
    return dump_rows(world, EPISODES(SPENDING));
}

const char *world_rows_unpaid(struct world *world)
{
    return dump_rows(world, EPISODES(""));
}
