/*
 * try: a grader on labelled cases, without any model. What a case file holds is told by the fields of its rows:
 *
 *     {output, choices, expected}         expected null: nothing to read
 *     {output|pred, gold, equal, ...}     whether the two are equal; pred is an answer already, which nobody reads
 *     {output, gold, official_correct}
 *     any, with --column FIELD            FIELD holds what that profile's reader is expected to read
 *
 * A grader is one of ours, or a task file: then the one that it brings. To a program or a judge a row's "input" is the
 * question; a judge is tried on rows with "gold".
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/base/jsonl.h"
#include "harness/base/mem.h"
#include "harness/cli/command.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/judging.h"
#include "harness/cli/print.h"
#include "harness/cli/resolve.h"
#include "harness/engine/grading.h"
#include "harness/engine/model.h"
#include "harness/engine/sample.h"
#include "reports/stats/kappa.h"
#include "runners/desk.h"
#include "tasks/graders/graders.h"
#include "tasks/readers/readers.h"
#include "tasks/tasks.h"

static const struct opt_spec OPTIONS[] = {
    { .name = "cases", .argument = "FILE", .help = "labelled cases, one JSON object a line" },
    { .name = "task", .argument = "NAME", .help = "only rows whose \"benchmark\" or \"task\" is this" },
    { .name = "profile", .argument = "NAME", .help = "the reader (default: canonical)" },
    { .name = "column", .argument = "FIELD", .help = "the field that holds what is expected" },
    { .name = "judge", .argument = "SPEC", .help = "the model that judges, where the grader is one" },
    { .name = "json", .help = "one JSON object a case, a summary last; none where it fails before" },
    { 0 },
};

/* How often grader and labels agree; of all cases, or of one kind. */
struct agreement {
    const char *kind;               /* owned; NULL for all */
    size_t cases, agree, disagree, false_accepts, false_rejects, undecided, contested;
    size_t pairs[2][2];             /* of labels (equal, or not) and what the grader said of them */
    UT_hash_handle hh;
};

struct tryout {
    struct arena *arena;            /* of a task file */
    struct desk *desk;              /* where a grader that is a program is asked */
    struct judging *judging;        /* where a model judges */
    int signal_fd;                  /* while somebody else is waited for; -1 */
    const struct grader *grader;
    const struct reader *reader;
    const char *task, *column;      /* NULL: any */
    bool json;
    struct agreement all, *kinds;
    double *times_us;
    size_t times_room;
};

/* What came of a row. */
struct tried {
    const struct reader *reader;
    const char *input;              /* the row's question; "" where it has none */
    const char *answer;             /* as read; NULL: nothing */
    const char *word, *reason;      /* the grader's own, where it gives them; NULL otherwise */
    const char *expected;           /* NULL: nothing is to be read */
    bool agrees;
    bool is_pair, label, equal;     /* the label says whether the two are equal, and so does the grader */
    double us;
};

static int read_given(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    (void)err;
    *out = (struct answer){ .text = arena_strdup(arena, grading->said->text) };
    return 0;
}

/* In place of the profile's reader, in its name: who compares goes by that. */
static const struct reader *reader_of_given(const struct reader *reader, struct arena *arena)
{
    struct reader *given = arena_alloc(arena, sizeof *given);

    *given = *reader;
    given->read = read_given;
    return given;
}

static int read_output(const struct tryout *tryout, const struct json *row, const char *output, struct arena *arena,
                       const struct reader *reader, struct answer *answer, struct err *err)
{
    struct sample sample = { .id = "case", .input = "", .target = "" };
    struct reply said = reply_empty();
    const char **texts;
    int64_t choices = 0;

    if (json_get_int64(row, "choices", &choices) && (choices < 1 || choices > SAMPLE_CHOICES_MAX))
        return err_set_code(err, EXIT_BAD_DATA, "expected \"choices\": a number from 1 to %d", SAMPLE_CHOICES_MAX);
    said.text = output;
    sample.choice_count = (size_t)choices;
    sample.choices = texts = arena_calloc(arena, (size_t)choices + 1, sizeof texts[0]);
    for (size_t i = 0; i < sample.choice_count; i++)     /* cases give no texts; some readers look for them */
        texts[i] = arena_printf(arena, "option text %c", (char)('A' + i));
    const struct grading grading = { .grader = tryout->grader, .reader = reader, .sample = &sample,
                                     .target = "", .said = &said };
    return reader->read(&grading, arena, answer, err);
}

/* What is expected: --column, or "expected"; *found tells a null from a field that is not there. */
static const char *expected_text(const struct tryout *tryout, const struct json *row, bool *found)
{
    const struct json *value = json_get(row, tryout->column != NULL ? tryout->column : "expected");

    *found = value != NULL && (json_kind(value) == JSON_NULL || json_kind(value) == JSON_STRING);
    return json_text(value);
}

static int judge_expected(const struct tryout *tryout, const struct json *row, struct tried *tried, struct err *err)
{
    bool found;

    tried->expected = expected_text(tryout, row, &found);
    if (!found)
        return err_set_code(err, EXIT_BAD_DATA, "expected \"%s\": a string or null",
                            tryout->column != NULL ? tryout->column : "expected");
    if (tried->expected == NULL || tried->answer == NULL)
        tried->agrees = tried->expected == NULL && tried->answer == NULL;
    else if (tryout->grader->equal != NULL)
        tried->agrees = tryout->grader->equal(tried->answer, tried->expected);
    else
        tried->agrees = strcmp(tried->answer, tried->expected) == 0;
    return 0;
}

/* A program's verdict, and its time, which that of our pipe would hide. */
static int ask_program(const struct tryout *tryout, const char *output, const char *gold, struct arena *arena,
                       struct tried *tried, bool *equal, struct err *err)
{
    const struct sample sample = { .id = "case", .input = tried->input, .target = gold };
    struct reply said = reply_empty();
    struct sheet sheet = { .arena = arena, .grading = { .grader = tryout->grader, .reader = tried->reader,
                                                        .sample = &sample, .target = gold, .said = &said } };

    said.text = output;
    if (!desk_perform(tryout->desk, &sheet, tryout->signal_fd))
        return err_set_code(err, EXIT_INTERRUPTED, "interrupted");
    if (sheet.problem != NULL && sheet.grade.verdict == NULL)
        return err_set(err, "%s", sheet.problem);
    tried->word = sheet.grade.verdict;
    tried->reason = sheet.problem != NULL ? sheet.problem : sheet.grade.reason;
    tried->us += sheet.us > 0 ? sheet.us : 0;
    tried->answer = sheet.problem == NULL ? sheet.grade.answer : tried->answer;
    *equal = sheet.problem == NULL && sheet.grade.score > 0.5;
    return 0;
}

static int ask_judge(const struct tryout *tryout, const char *output, const char *gold, struct arena *arena,
                     struct tried *tried, bool *equal, struct err *err)
{
    const struct sample sample = { .id = "case", .input = tried->input, .target = gold };
    struct grade grade;

    if (judging_perform(tryout->judging, &sample, output, tryout->signal_fd, arena, &grade, err) < 0)
        return -1;
    tried->word = grade.verdict;
    tried->reason = grade.reason;
    *equal = grade.score > 0.5;
    return 0;
}

static int equals(const struct tryout *tryout, const char *output, const char *gold, struct arena *arena,
                  struct tried *tried, bool *equal, struct err *err)
{
    if (tryout->judging != NULL)
        return ask_judge(tryout, output, gold, arena, tried, equal, err);
    if (tryout->grader->program != NULL)
        return ask_program(tryout, output, gold, arena, tried, equal, err);
    *equal = tryout->grader->equal(tried->answer, gold);
    return 0;
}

/* gold is one text, or a list of which one is enough. */
static int equals_gold(const struct tryout *tryout, const char *output, const struct json *gold, struct arena *arena,
                       struct tried *tried, bool *equal, struct err *err)
{
    int status = 0;

    *equal = false;
    if (tried->answer == NULL && !tryout->grader->wants_all)
        return 0;
    if (json_kind(gold) == JSON_STRING)
        return equals(tryout, output, json_text(gold), arena, tried, equal, err);
    for (const struct json *item = json_first(gold); item != NULL && status == 0 && !*equal; item = json_next(item))
        if (json_text(item) != NULL)
            status = equals(tryout, output, json_text(item), arena, tried, equal, err);
    return status;
}

/* Rows that say whether answer and gold are equal: what is tried is that verdict. */
static int judge_equal(const struct tryout *tryout, const struct json *row, const char *output, struct arena *arena,
                       struct tried *tried, struct err *err)
{
    const struct json *gold = json_get(row, "gold");

    if (!json_get_bool(row, "equal", &tried->label) && !json_get_bool(row, "official_correct", &tried->label))
        return err_set_code(err, EXIT_BAD_DATA, "expected \"equal\" or \"official_correct\": true or false");
    if (equals_gold(tryout, output, gold, arena, tried, &tried->equal, err) < 0)
        return -1;
    tried->is_pair = true;
    tried->agrees = tried->equal == tried->label;
    tried->expected = tried->label ? (json_text(gold) != NULL ? json_text(gold) : "one of gold") : NULL;
    return 0;
}

static int try_row(const struct tryout *tryout, const struct json *row, struct arena *arena, struct tried *tried,
                   struct err *err)
{
    const char *output = json_string(row, "output") != NULL ? json_string(row, "output") : json_string(row, "pred");
    struct answer answer = { 0 };
    double started_us = clock_monotonic_us();
    bool ignored;

    if (output == NULL)
        return err_set_code(err, EXIT_BAD_DATA, "expected \"output\" or \"pred\": a string");
    tried->reader = json_string(row, "output") != NULL ? tryout->reader : reader_of_given(tryout->reader, arena);
    if (read_output(tryout, row, output, arena, tried->reader, &answer, err) < 0)
        return -1;
    tried->us = clock_monotonic_us() - started_us;
    tried->answer = answer.text;
    tried->input = json_string(row, "input") != NULL ? json_string(row, "input") : "";
    if (tryout->column == NULL && json_get(row, "gold") != NULL)
        return judge_equal(tryout, row, output, arena, tried, err);
    if (tryout->judging != NULL)
        return err_set_code(err, EXIT_BAD_DATA, "expected \"gold\" and \"equal\": a judge says of an answer whether it is "
                            "right");
    if (tryout->grader->wants_all && ask_program(tryout, output, "", arena, tried, &ignored, err) < 0)
        return -1;
    return judge_expected(tryout, row, tried, err);
}

static void agreement_add(struct agreement *agreement, const struct tried *tried, bool contested)
{
    agreement->cases++;
    agreement->contested += contested;
    agreement->undecided += tried->word != NULL && strcmp(tried->word, "undecided") == 0;
    agreement->pairs[tried->label][tried->equal] += tried->is_pair;
    agreement->agree += tried->agrees;
    agreement->disagree += !tried->agrees;
    agreement->false_accepts += !tried->agrees && tried->expected == NULL;
    agreement->false_rejects += !tried->agrees && tried->expected != NULL;
}

static struct agreement *find_kind(struct tryout *tryout, const char *kind)
{
    struct agreement *agreement;

    HASH_FIND_STR(tryout->kinds, kind, agreement);
    if (agreement != NULL)
        return agreement;
    agreement = xcalloc(1, sizeof *agreement);
    agreement->kind = xstrdup(kind);
    HASH_ADD_KEYPTR(hh, tryout->kinds, agreement->kind, strlen(agreement->kind), agreement);
    return agreement;
}

static void count(struct tryout *tryout, const struct json *row, const struct tried *tried)
{
    bool contested = false;

    if (tryout->all.cases == tryout->times_room) {
        tryout->times_room = tryout->times_room * 2 + 256;
        tryout->times_us = xreallocarray(tryout->times_us, tryout->times_room, sizeof tryout->times_us[0]);
    }
    tryout->times_us[tryout->all.cases] = tried->us;
    json_get_bool(row, "contested", &contested);
    agreement_add(&tryout->all, tried, contested);
    if (json_string(row, "kind") != NULL)
        agreement_add(find_kind(tryout, json_string(row, "kind")), tried, contested);
}

static void print_json(size_t line, const struct tried *tried)
{
    struct buf out;

    buf_init(&out, 0);
    struct json_write w = json_write_to(&out);
    json_open(&w, NULL, '{');
    json_add_int(&w, "line", (int64_t)line);
    json_add_bool(&w, "agrees", tried->agrees);
    json_add_string(&w, "expected", tried->expected);
    json_add_string(&w, "answer", tried->answer);
    if (tried->word != NULL)
        json_add_string(&w, "verdict", tried->word);
    if (tried->reason != NULL)
        json_add_string(&w, "reason", tried->reason);
    json_add_number(&w, "us", tried->us);
    json_close(&w);
    buf_add_char(&out, '\n');
    print_redacted(&out);
    buf_fini(&out);
}

static void print_case(const struct tryout *tryout, size_t line, const struct tried *tried)
{
    if (tryout->json) {
        print_json(line, tried);
    } else if (!tried->agrees) {
        printf("line %zu: expected ", line);
        print_foreign(tried->expected != NULL ? tried->expected : "nothing");
        fputs(", read ", stdout);
        print_foreign(tried->answer != NULL ? tried->answer : "nothing");
        putchar('\n');
    }
}

static bool is_wanted(const struct tryout *tryout, const struct json *row)
{
    const char *task = json_string(row, "benchmark") != NULL ? json_string(row, "benchmark") : json_string(row, "task");

    return tryout->task == NULL || task == NULL || strcmp(task, tryout->task) == 0;
}

/* Who waits for others heeds signals meanwhile, and leaves none of them behind: those that came stay blocked then, and
 * the command ends. Elsewhere, as where the next row is waited for, they do what they always do. */
static int heed_and_try(struct tryout *tryout, const struct json *row, struct arena *arena, struct tried *tried,
                        struct err *err)
{
    bool waits = tryout->judging != NULL || tryout->grader->program != NULL;
    int status;

    tryout->signal_fd = waits ? interrupt_open() : -1;
    status = try_row(tryout, row, arena, tried, err);
    if (status == 0)
        interrupt_close(tryout->signal_fd);
    return status;
}

/* What a failure leaves of a file. */
static int fail_at_row(const struct tryout *tryout, const struct jsonl *jsonl, struct err *err)
{
    if (err->code == EXIT_INTERRUPTED)
        return err_set(err, "interrupted at %s line %zu; of %zu cases before %zu agree", jsonl_path(jsonl),
                       jsonl_line(jsonl), tryout->all.cases, tryout->all.agree);
    return err_prefix(err, "%s line %zu: ", jsonl_path(jsonl), jsonl_line(jsonl));
}

static int try_file(struct tryout *tryout, struct jsonl *jsonl, struct err *err)
{
    struct arena *arena = arena_new();
    struct json_doc *doc;
    int got;

    while ((got = jsonl_next(jsonl, &doc, err)) > 0) {
        struct tried tried = { 0 };
        int status = 0;
        if (is_wanted(tryout, json_root(doc))) {
            status = heed_and_try(tryout, json_root(doc), arena, &tried, err);
            if (status == 0) {
                count(tryout, json_root(doc), &tried);
                print_case(tryout, jsonl_line(jsonl), &tried);
            }
        }
        json_free(doc);
        arena_clear(arena);
        if (status < 0) {
            got = fail_at_row(tryout, jsonl, err);
            break;
        }
    }
    arena_free(arena);
    return got;
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static double time_at(const struct tryout *tryout, double share)
{
    if (tryout->all.cases == 0)
        return 0;
    return tryout->times_us[(size_t)(share * (double)(tryout->all.cases - 1))];
}

static void write_kappa(struct json_write *w, const size_t pairs[2][2])
{
    double lower, upper;

    kappa_interval(pairs, &lower, &upper);
    if (isfinite(kappa_of(pairs)))
        json_add_number(w, "kappa", kappa_of(pairs));
    if (!isfinite(lower))
        return;
    json_add_number(w, "kappa_lower", lower);
    json_add_number(w, "kappa_upper", upper);
}

static void write_agreement(struct json_write *w, const struct agreement *agreement)
{
    json_add_int(w, "cases", (int64_t)agreement->cases);
    json_add_int(w, "agree", (int64_t)agreement->agree);
    json_add_int(w, "disagree", (int64_t)agreement->disagree);
    json_add_int(w, "false_accepts", (int64_t)agreement->false_accepts);
    json_add_int(w, "false_rejects", (int64_t)agreement->false_rejects);
    json_add_int(w, "undecided", (int64_t)agreement->undecided);
    json_add_int(w, "contested", (int64_t)agreement->contested);
    write_kappa(w, agreement->pairs);
}

static void write_summary(const struct tryout *tryout, struct buf *out)
{
    struct json_write w = json_write_to(out);

    json_open(&w, NULL, '{');
    json_add_bool(&w, "summary", true);
    write_agreement(&w, &tryout->all);
    json_add_number(&w, "median_us", time_at(tryout, 0.5));
    json_add_number(&w, "p99_us", time_at(tryout, 0.99));
    json_open(&w, "by_kind", '{');
    for (const struct agreement *kind = tryout->kinds; kind != NULL; kind = kind->hh.next) {
        json_open(&w, kind->kind, '{');
        write_agreement(&w, kind);
        json_close(&w);
    }
    json_close(&w);
    json_close(&w);
    buf_add_char(out, '\n');
}

static void add_kappa(struct buf *out, const size_t pairs[2][2])
{
    double lower, upper;

    kappa_interval(pairs, &lower, &upper);
    if (isfinite(kappa_of(pairs)))
        buf_addf(out, ", Cohen's kappa %.3f", kappa_of(pairs));
    else
        buf_add_string(out, "; kappa needs labels and verdicts of both kinds");
    if (isfinite(lower))
        buf_addf(out, " [%.3f, %.3f], 95 %%", lower, upper);
}

static void add_summary(const struct tryout *tryout, struct buf *out)
{
    const struct agreement *all = &tryout->all;

    buf_addf(out, "%zu cases: %zu agree, %zu disagree (%zu false accepts, %zu false rejects), median %.1f us\n", all->cases,
             all->agree, all->disagree, all->false_accepts, all->false_rejects, time_at(tryout, 0.5));
    if (tryout->judging == NULL)
        return;
    buf_addf(out, "%zu undecided (counted as \"no\")", all->undecided);
    add_kappa(out, all->pairs);
    buf_add_char(out, '\n');
}

static void print_summary(struct tryout *tryout)
{
    struct buf out;

    if (tryout->all.cases > 0)
        qsort(tryout->times_us, tryout->all.cases, sizeof tryout->times_us[0], by_size);
    buf_init(&out, 0);
    if (tryout->json)
        write_summary(tryout, &out);
    else
        add_summary(tryout, &out);
    print_redacted(&out);
    buf_fini(&out);
}

static void free_kinds(struct tryout *tryout)
{
    struct agreement *kind, *next;

    HASH_ITER(hh, tryout->kinds, kind, next) {
        HASH_DEL(tryout->kinds, kind);
        free((char *)kind->kind);
        free(kind);
    }
}

static int open_judge(struct tryout *tryout, const struct task *task, const struct profile *profile, const char *spec,
                      struct err *err)
{
    struct model model;

    if (spec == NULL)
        return err_set_code(err, EXIT_USAGE, "the grader of %s is a model: give --judge provider/name", task->name);
    if (model_parse(tryout->arena, spec, "--judge", &model, err) < 0)
        return -1;
    tryout->judging = judging_open(resolve_judge(tryout->arena, &model), task, profile, err);
    return tryout->judging == NULL ? -1 : 0;
}

/* What a task file says: its grader, and the reader of a profile. */
static int find_in_file(struct tryout *tryout, const char *path, const char *profile, const char *judge, struct err *err)
{
    const struct task *task = tasks_find(tryout->arena, path, err);
    const struct profile *found = task != NULL ? task_find_profile(task, profile) : NULL;

    if (task == NULL)
        return -1;
    if (found == NULL)
        return err_set_code(err, EXIT_USAGE, "the task %s has no profile \"%s\"", task->name, profile);
    tryout->grader = task->grader;
    tryout->reader = found->reader;
    return task->grader->rubric != NULL ? open_judge(tryout, task, found, judge, err) : 0;
}

static int find_by_name(struct tryout *tryout, const char *name, const char *profile, struct err *err)
{
    tryout->grader = graders_find(name);
    if (tryout->grader == NULL)
        return err_set_code(err, EXIT_USAGE, "no grader \"%s\"; `vernier list graders` shows all", name);
    tryout->reader = readers_find(name, profile);
    if (tryout->reader == NULL)
        return err_set_code(err, EXIT_USAGE, "the grader %s has no reader \"%s\"; `vernier list graders` shows all",
                            name, profile);
    return 0;
}

static int find_tools(struct tryout *tryout, const struct opt *opt, struct err *err)
{
    const char *name = opt_operand(opt, 0);
    const char *profile = opt_has(opt, "profile") ? opt_value(opt, "profile")
        : opt_has(opt, "column") ? opt_value(opt, "column") : "canonical";

    if (name == NULL || opt_operand_count(opt) > 1 || !opt_has(opt, "cases"))
        return err_set_code(err, EXIT_USAGE, "expected a grader and --cases FILE");
    if (tasks_is_file(name) ? find_in_file(tryout, name, opt_value(opt, "profile"), opt_value(opt, "judge"), err) < 0
                            : find_by_name(tryout, name, profile, err) < 0)
        return -1;
    if (opt_has(opt, "judge") && tryout->judging == NULL)
        return err_set_code(err, EXIT_USAGE, "--judge: the grader %s is no model; expected a task file whose grader is one",
                            name);
    tryout->task = opt_value(opt, "task");
    tryout->column = opt_value(opt, "column");
    tryout->json = opt_has(opt, "json");
    return 0;
}

static int run(const struct opt *opt, struct err *err)
{
    struct tryout tryout = { .arena = arena_new(), .signal_fd = -1 };
    struct jsonl *jsonl;
    int code;

    if (find_tools(&tryout, opt, err) < 0) {
        judging_close(tryout.judging);
        arena_free(tryout.arena);
        return -1;
    }
    jsonl = jsonl_open(opt_value(opt, "cases"), err);
    tryout.desk = desk_open(err);
    code = jsonl == NULL || tryout.desk == NULL ? -1 : try_file(&tryout, jsonl, err);
    if (code == 0 && tryout.all.cases == 0)
        code = err_set_code(err, EXIT_BAD_DATA, "%s: no case there%s%s", opt_value(opt, "cases"),
                            opt_has(opt, "task") ? " of the task " : "", opt_has(opt, "task") ? opt_value(opt, "task") : "");
    if (code == 0)
        print_summary(&tryout);
    jsonl_close(jsonl);
    desk_close(tryout.desk);
    judging_close(tryout.judging);
    free_kinds(&tryout);
    free(tryout.times_us);
    arena_free(tryout.arena);
    return code;
}

const struct command command_try = {
    .name = "try",
    .summary = "try a grader on labelled cases",
    .usage = "GRADER|TASK.json --cases FILE [options]",
    .examples = "  vernier try choice --cases gpqa.jsonl\n"
                "  vernier try choice --cases profiles.jsonl --task gpqa --column inspect\n",
    .options = OPTIONS,
    .run = run,
    .talks = true,
};
