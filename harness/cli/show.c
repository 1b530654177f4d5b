/*
 * show: what is kept of a run, from the whole down to one reply: RUN, RUN/TASK, RUN/TASK/SAMPLE, RUN/TASK/SAMPLE/EPOCH.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/json.h"
#include "harness/base/price.h"
#include "harness/cli/command.h"
#include "harness/cli/print.h"
#include "harness/cli/replies.h"
#include "results/rows.h"
#include "results/store.h"

static const struct opt_spec OPTIONS[] = {
    { .name = "store", .argument = "FILE", .help = "the results database (default: vernier.db)" },
    { .name = "private", .help = "print questions and replies also where the data's authors ask that texts stay private" },
    { 0 },
};

/* What the operand names; a NULL part was not given. */
struct target { const char *run, *task, *sample; int epoch; };

struct show {
    struct store *store;
    struct arena *arena;
    struct run_row run;
    struct target target;
    bool with_private;
    size_t shown;
};

static struct target parse_target(struct arena *arena, const char *operand)
{
    struct target target = { 0 };
    const char *first = strchr(operand, '/'), *second = first != NULL ? strchr(first + 1, '/') : NULL;

    target.run = arena_strndup(arena, operand, first != NULL ? (size_t)(first - operand) : strlen(operand));
    if (first != NULL && first[1] != '\0')
        target.task = arena_strndup(arena, first + 1, second != NULL ? (size_t)(second - first) - 1 : strlen(first + 1));
    if (second != NULL && second[1] != '\0')
        target.sample = arena_strdup(arena, second + 1);
    return target;
}

/* A sample's id may hold slashes: what stands after the last one is an epoch only when it is a number. */
static bool split_epoch(struct arena *arena, struct target *target)
{
    const char *slash = target->sample != NULL ? strrchr(target->sample, '/') : NULL;
    char *end;
    long epoch = slash != NULL ? strtol(slash + 1, &end, 10) : 0;

    if (slash == NULL || *end != '\0' || epoch < 1 || epoch > 1000000)
        return false;
    target->sample = arena_strndup(arena, target->sample, (size_t)(slash - target->sample));
    target->epoch = (int)epoch;
    return true;
}

/* Whether that task's texts are kept private and --private was not given. */
static bool hides_text(const struct show *show, const char *task)
{
    struct err err = ERR_INIT;
    struct json_doc *doc = json_parse(show->run.plan, strlen(show->run.plan), &err);
    bool private = false;

    for (const struct json *item = json_first(json_get(json_root(doc), "tasks")); item != NULL; item = json_next(item))
        if (json_string(item, "name") != NULL && strcmp(json_string(item, "name"), task) == 0)
            json_get_bool(item, "private", &private);
    json_free(doc);
    return private && !show->with_private;
}

static void print_field(const char *name, const char *text)
{
    if (text == NULL)
        return;
    printf("%s: ", name);
    print_foreign(text);
    putchar('\n');
}

/* ", $0.0123", "at least" where not all of it is known; nothing where nothing is. */
static void print_cost(const char *before, int64_t cost_nanousd, int64_t unsure_nanousd)
{
    struct buf text;

    if (cost_nanousd < 0 && unsure_nanousd == 0)
        return;
    buf_init(&text, 0);
    buf_add_string(&text, before);
    if (cost_nanousd < 0)
        buf_add_string(&text, "cost unknown");
    else if (unsure_nanousd != 0)
        buf_add_string(&text, "at least ");
    if (cost_nanousd >= 0)
        price_add_usd(&text, cost_nanousd);
    if (unsure_nanousd > 0) {
        buf_add_string(&text, ", at most ");
        price_add_usd(&text, (cost_nanousd > 0 ? cost_nanousd : 0) + unsure_nanousd);
    }
    fputs(text.data, stdout);
    buf_fini(&text);
}

static bool is_undecided(const struct result_row *row)
{
    return row->has_grade && row->grade.verdict != NULL && strcmp(row->grade.verdict, "undecided") == 0;
}

static void print_line(const struct result_row *row)
{
    const struct episode_row *episode = &row->episode;

    print_cell(episode->task, 12);
    putchar(' ');
    print_cell(row->sample, 24);
    printf(" %3d  ", episode->epoch);
    if (!episode->finished)
        fputs("unfinished", stdout);
    else if (row->has_grade)
        printf("%4g  answer ", row->grade.score);
    else
        printf("void (%s)  ", episode->origin);     /* one of three words: the schema checks it */
    print_foreign(!episode->finished ? "" : !row->has_grade ? episode->reason
                  : row->grade.answer != NULL ? row->grade.answer : "none");
    if (episode->target != NULL) {
        fputs(", target ", stdout);
        print_foreign(episode->target);
    }
    fputs(episode->truncated ? "  truncated" : "", stdout);
    fputs(episode->refused ? "  refused" : "", stdout);
    fputs(episode->loop ? "  loop" : "", stdout);
    fputs(episode->tampered ? "  tampered" : "", stdout);
    fputs(episode->unparsable ? "  unparsable" : "", stdout);
    fputs(is_undecided(row) ? "  undecided" : "", stdout);
    print_cost("  ", episode->cost_nanousd, episode->unsure_nanousd);
    putchar('\n');
}

static void print_reply_head(const struct ask_row *ask, const struct reply *reply)
{
    printf("\n--- %d: ", ask->ordinal);
    print_foreign(ask->role);
    if (reply->status != REPLY_OK)
        printf(", %s (%s)", reply->status == REPLY_TIMEOUT ? "timed out" : "failed", origin_name(reply->origin));
    printf(", %lld ms", (long long)ask->elapsed_ms);
    if (reply->tokens_in >= 0)
        printf(", %lld tokens in", (long long)reply->tokens_in);
    if (reply->tokens_out >= 0)
        printf(", %lld tokens out", (long long)reply->tokens_out);
    if (strcmp(ask->kind, "model") == 0 && (reply->tokens_in < 0 || reply->tokens_out < 0) && reply->status == REPLY_OK)
        printf(", %s", reply->tokens_in < 0 && reply->tokens_out < 0 ? "tokens not told" : "the other tokens not told");
    print_cost(", ", ask->cost_nanousd, 0);
    if (strcmp(ask->kind, "model") == 0)
        printf(", stop: %s", stop_name(reply->stop));
    putchar('\n');
    print_field("verdict of", reply->precedent);
    if (reply->first_cost_nanousd >= 0)
        print_cost("which cost ", reply->first_cost_nanousd, 0);
    fputs(reply->first_cost_nanousd >= 0 ? "\n" : "", stdout);
    print_field("reason", reply->reason);
}

static void print_reply_text(const struct reply *reply)
{
    if (reply->reasoning != NULL) {
        fputs("(thinking)\n", stdout);
        print_foreign(reply->reasoning);
        fputs("\n(answer)\n", stdout);
    }
    print_foreign(reply->text);
    putchar('\n');
    for (const struct part *part = reply->parts; part != NULL; part = part->next)
        if (part->kind == PART_TOOL_CALL) {
            print_field("calls", part->name);
            print_field("with", part->text);
        }
}

static void print_call(const struct call *call)
{
    printf("    try %d: ", call->try_number);
    if (call->status > 0)
        printf("status %d, ", call->status);
    else
        fputs("no answer, ", stdout);
    printf("%lld ms", (long long)call->elapsed_ms);
    if (call->wait_ms > 0)
        printf(" after waiting %lld ms", (long long)call->wait_ms);
    print_cost(", ", call->cost_nanousd, call->cost_nanousd < 0 ? call->worst_nanousd : 0);
    if (call->worst_nanousd > 0 && call->cost_nanousd > call->worst_nanousd)
        print_cost(", more than was put aside for it: ", call->worst_nanousd, 0);
    if (call->request_id != NULL && call->request_id[0] != '\0') {
        fputs(", request ", stdout);
        print_foreign(call->request_id);
    }
    if (call->error != NULL && call->error[0] != '\0') {
        fputs(": ", stdout);
        print_foreign(call->error);
    }
    putchar('\n');
}

static int print_calls(struct show *show, const struct result_row *row, const struct ask_row *ask, struct err *err)
{
    struct call *call;

    if (journal_read_calls(show->store, show->arena, row->episode.id, ask->ordinal, &call, err) < 0)
        return -1;
    for (; call != NULL; call = call->next)
        print_call(call);
    return 0;
}

/* Of asks that were thrown away or given up: they were paid for. */
static int print_lone_calls(struct show *show, const struct result_row *row, struct err *err)
{
    struct call *call;

    if (journal_read_calls(show->store, show->arena, row->episode.id, -1, &call, err) < 0)
        return -1;
    if (call != NULL)
        puts("\n--- calls of asks that are no more");
    for (; call != NULL; call = call->next)
        print_call(call);
    return 0;
}

static int print_replies(struct show *show, const struct result_row *row, struct err *err)
{
    bool hidden = hides_text(show, row->episode.task);
    struct replies replies;

    if (replies_read(show->store, show->arena, row->episode.id, &replies, err) < 0)
        return -1;
    for (size_t i = 0; i < replies.count; i++) {
        if (strcmp(replies.asks[i].kind, "grade") == 0)
            continue;
        print_reply_head(&replies.asks[i], &replies.said[i]);
        if (hidden)
            puts("(kept private like the question, which it may repeat; --private shows it)");
        else
            print_reply_text(&replies.said[i]);
        if (print_calls(show, row, &replies.asks[i], err) < 0)
            return -1;
    }
    if (print_lone_calls(show, row, err) < 0)
        return -1;
    if (row->has_grade) {
        fputs("\n--- graded by ", stdout);
        print_foreign(row->grade.grader);
        printf(" (version %d), profile ", row->grade.version);
        print_foreign(row->grade.profile);
        putchar('\n');
        print_field("verdict", row->grade.verdict);
        print_field("asked in", row->grade.asked_language);
        print_field("answered in", row->grade.language);
        print_field("reason", row->grade.reason);
    }
    return 0;
}

static const char *choice_at(const struct json *list, size_t at)
{
    const struct json *choice = json_first(list);

    while (choice != NULL && at-- > 0)
        choice = json_next(choice);
    return json_text(choice) != NULL ? json_text(choice) : "";
}

/*
 * With the letters an epoch showed them by: its order is '2013' where label A showed choice 2 of the data, NULL where it
 * was the data's. Of several epochs, each with its own order, they are told without letters.
 */
static int print_choices(const struct sample_row *sample, const char *order, bool one_epoch, struct err *err)
{
    struct json_doc *doc;

    if (sample->choices == NULL)
        return 0;
    doc = json_parse(sample->choices, strlen(sample->choices), err);
    if (doc == NULL)
        return err_prefix(err, "choices of sample %s: ", sample->name);
    for (size_t label = 0; label < json_count(json_root(doc)); label++) {
        bool moved = one_epoch && order != NULL && label < strlen(order);
        if (order == NULL || one_epoch)
            printf("%c) ", (int)('A' + label));
        else
            fputs("- ", stdout);
        print_foreign(choice_at(json_root(doc), moved ? (size_t)(order[label] - '0') : label));
        putchar('\n');
    }
    json_free(doc);
    return 0;
}

/* The question, once, before its first epoch. */
static int print_question(struct show *show, const struct result_row *row, struct err *err)
{
    struct sample_row sample;

    if (show->shown > 0)
        return 0;
    if (store_get_sample(show->store, show->arena, row->episode.sample, &sample, err) < 0)
        return -1;
    print_field("sample", sample.name);
    print_field("category", sample.category);
    if (hides_text(show, row->episode.task)) {
        puts("question: kept private at its authors' wish (--private shows it)\n");
        return 0;
    }
    print_field("question", sample.input);
    return print_choices(&sample, row->episode.permutation, show->target.epoch != 0, err);
}

static int show_row(struct show *show, const struct result_row *row, struct err *err)
{
    const struct target *target = &show->target;

    if (target->epoch != 0 && row->episode.epoch != target->epoch)
        return 0;
    if (target->sample != NULL && print_question(show, row, err) < 0)
        return -1;
    print_line(row);
    show->shown++;
    return target->epoch != 0 ? print_replies(show, row, err) : 0;
}

static int show_rows(struct show *show, struct err *err)
{
    struct rows *rows = rows_open(show->store, show->run.id, show->target.task, show->target.sample, err);
    struct result_row row;
    int got = rows == NULL ? -1 : 0;

    while (rows != NULL && (got = rows_next(rows, &row, err)) > 0)
        if (show_row(show, &row, err) < 0) {
            got = -1;
            break;
        }
    rows_close(rows);
    return got;
}

static void print_raw(struct show *show, const struct json_doc *doc, const struct json *value)
{
    size_t length;
    const char *raw = json_raw(doc, value, &length);

    print_foreign(arena_strndup(show->arena, raw, length));
    putchar('\n');
}

/* A member a line, a list's items each on theirs: a plan on one line of JSON is for nobody's eyes. */
static void print_object(struct show *show, const char *name, const char *json)
{
    struct err err = ERR_INIT;
    struct json_doc *doc = json_parse(json, strlen(json), &err);

    printf("%s:\n", name);
    for (const struct json *member = json_first(json_root(doc)); member != NULL; member = json_next(member)) {
        printf("  %s: ", json_key(member));
        if (json_kind(member) != JSON_ARRAY) {
            print_raw(show, doc, member);
            continue;
        }
        putchar('\n');
        for (const struct json *item = json_first(member); item != NULL; item = json_next(item)) {
            fputs("    ", stdout);
            print_raw(show, doc, item);
        }
    }
    json_free(doc);
}

static int print_run(struct show *show, struct err *err)
{
    char started[20];

    clock_format(show->run.started_ms, started);
    printf("run %s, %s, started %s UTC, by vernier %s\n", show->run.name,
           print_state(store_path(show->store), &show->run), started, show->run.version);
    print_object(show, "plan", show->run.plan);
    print_object(show, "places", show->run.places);
    putchar('\n');
    return print_runs(show->store, &show->run, 1, NULL, NULL, err);
}

static int show_target(struct show *show, struct err *err)
{
    if (store_find_run(show->store, show->arena, show->target.run, &show->run, err) < 0)
        return -1;
    if (show->target.task == NULL)
        return print_run(show, err);
    if (show_rows(show, err) < 0)
        return -1;
    if (show->shown == 0 && split_epoch(show->arena, &show->target) && show_rows(show, err) < 0)
        return -1;
    if (show->shown == 0)
        return err_set_code(err, EXIT_USAGE, "run %s has no such task, sample or epoch, or did not ask it yet",
                            show->run.name);
    return 0;
}

static int run(const struct opt *opt, struct err *err)
{
    struct show show = { .with_private = opt_has(opt, "private") };
    int status = -1;

    if (opt_operand_count(opt) != 1)
        return err_set_code(err, EXIT_USAGE, "expected RUN[/TASK[/SAMPLE[/EPOCH]]]");
    show.store = store_open_read(store_name(opt), err);
    if (show.store == NULL)
        return -1;
    show.arena = arena_new();
    show.target = parse_target(show.arena, opt_operand(opt, 0));
    status = show_target(&show, err);
    arena_free(show.arena);
    store_close(show.store);
    return status < 0 ? -1 : EXIT_OK;
}

const struct command command_show = {
    .name = "show",
    .summary = "show a run, a task, a sample or one reply with all its tries",
    .usage = "RUN[/TASK[/SAMPLE[/EPOCH]]] [options]",
    .examples = "  vernier show last\n  vernier show last/aime2025\n  vernier show last/aime2025/aime25-0/3\n",
    .options = OPTIONS,
    .run = run,
};
