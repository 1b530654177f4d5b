/*
 * grade: a run's stored replies are read and graded again, calling no model. A verdict that changes, or that another
 * version of the grader gives, gets a new row, which counts from then on; the old one stays. What is void since it could
 * not be graded is scored when now it can be (mend.h). Under another profile
 * (--profile) it only tells what would be read: the run was asked under its own, and its score is that one's.
 */
#include <poll.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/file.h"
#include "harness/base/log.h"
#include "harness/cli/blemish.h"
#include "harness/cli/command.h"
#include "harness/cli/findings.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/mend.h"
#include "harness/cli/print.h"
#include "harness/cli/replies.h"
#include "harness/cli/rescore.h"
#include "harness/cli/resolve.h"
#include "harness/cli/verdict.h"
#include "results/rows.h"
#include "results/store.h"
#include "runners/desk.h"

static const struct opt_spec OPTIONS[] = {
    { .name = "store", .argument = "FILE", .help = "the results database (default: vernier.db)" },
    { .name = "data", .argument = "DIR", .help = "where data sets lie now, if not where they were", .repeats = true },
    { .name = "dry-run", .help = "say what would change, and keep nothing" },
    { .name = "profile", .argument = "NAME|all",
      .help = "read as this profile of the tasks does, or as each; tells what it reads otherwise, then scores, and keeps "
              "nothing" },
    { 0 },
};

/* Verdicts are given and kept in batches: programs that grade have enough to do, and each commit waits for the disk. */
#define BATCH 500

/* So many changes of the same score wait until the others are told: some ten thousands. */
#define MINOR_BYTES ((size_t)4 << 20)

/* A reply that is being graded again. */
struct regraded {
    struct sheet sheet;
    const char *task, *sample;
    int64_t episode, question;      /* row ids */
    int epoch;
    const struct profile *profile;
    struct grade_row old;
    struct episode_row *mended;     /* of one that was void, and so has no old one: its row once it is scored; else NULL */
    const struct work *work;
    bool is_in;                     /* it has its verdict, or words why there is none */
};

struct regrade {
    const char *profile;            /* --profile; NULL: the run's own */
    struct buf minor;               /* changes that are told after the others: the score is the same */
    bool has_heading;               /* its changes have one already */
    struct findings *findings;
    struct store *store;
    struct journal *journal;
    const struct resolved *resolved;
    struct desk *desk;
    int signal_fd;                  /* -1: none */
    struct regraded *batch[BATCH];
    size_t batched;
    struct arena *arena;            /* of the batch at hand: all of it lives here until its commit */
    bool dry_run;
    const struct resolved_task *task;     /* of the row before; rows come task by task, in the order of the data */
    size_t cursor;
    int64_t checked;                      /* row id of the sample last found to be as it was asked */
};

static const struct sample *find_sample(struct regrade *regrade, const struct result_row *row)
{
    const struct dataset *dataset;

    if (regrade->task == NULL || strcmp(regrade->task->work.task->name, row->episode.task) != 0) {
        regrade->task = resolved_find(regrade->resolved, row->episode.task);
        regrade->cursor = 0;
    }
    if (regrade->task == NULL)
        return NULL;
    dataset = &regrade->task->dataset;
    for (size_t i = 0; i < dataset->count; i++) {
        size_t at = (regrade->cursor + i) % dataset->count;
        if (strcmp(dataset->samples[at].id, row->sample) == 0) {
            regrade->cursor = at;
            return &dataset->samples[at];
        }
    }
    return NULL;
}

static const unsigned char *read_order(struct arena *arena, const char *permutation, size_t count)
{
    unsigned char *order;

    if (permutation == NULL || strlen(permutation) != count)
        return NULL;
    order = arena_alloc(arena, count + 1);
    for (size_t i = 0; i < count; i++)
        order[i] = (unsigned char)(permutation[i] - '0');
    return order;
}

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void add_change(struct buf *out, const struct regraded *regraded, const struct grade_row *new)
{
    const struct grade_row *old = &regraded->old;

    print_add_foreign(out, regraded->task);
    buf_add_char(out, '/');
    print_add_foreign(out, regraded->sample);
    if (regraded->mended != NULL)
        buf_addf(out, "/%d: void -> %g, answer ", regraded->epoch, new->score);
    else
        buf_addf(out, "/%d: %g -> %g, answer ", regraded->epoch, old->score, new->score);
    print_add_foreign(out, old->answer != NULL ? old->answer : "none");
    buf_add_string(out, " -> ");
    print_add_foreign(out, new->answer != NULL ? new->answer : "none");
    if (regraded->mended == NULL)
        verdict_add_why(out, old, new);
    buf_add_char(out, '\n');
}

static void tell_minor(struct regrade *regrade)
{
    print_out(&regrade->minor);
    buf_clear(&regrade->minor);
}

static bool is_minor_change(const struct regraded *regraded, const struct grade_row *new)
{
    return regraded->mended == NULL && regraded->old.score == new->score;
}

/* At once where the score is another; the others wait, but not as many as memory is dear: of some millions of replies
 * each may be read otherwise. */
static void tell_change(struct regrade *regrade, const struct regraded *regraded, const struct grade_row *new)
{
    bool is_minor = is_minor_change(regraded, new);
    struct buf line;

    buf_init(&line, 0);
    if (regrade->profile != NULL && !regrade->has_heading)
        buf_addf(&line, "%sProfile %s:\n", regrade->findings->changed > 1 ? "\n" : "", regrade->profile);
    regrade->has_heading = true;
    add_change(is_minor ? &regrade->minor : &line, regraded, new);
    print_out(&line);
    buf_fini(&line);
    if (regrade->minor.length > MINOR_BYTES)
        tell_minor(regrade);
}

static void rescore(struct regrade *regrade, const struct regraded *regraded, double score, bool differs)
{
    const struct reread reread = { .task = regraded->work->task->name, .profile = regrade->profile,
                                   .question = regraded->question, .old_score = regraded->old.score,
                                   .new_score = score, .differs = differs };

    if (regrade->findings->rescore != NULL)
        rescore_add(regrade->findings->rescore, &reread);
}

/* Under another profile the grounds alone are no change: a reader notes what it saw in its own words. */
static bool is_told(const struct regrade *regrade, const struct regraded *regraded, const struct grade_row *new)
{
    const struct grade_row *old = &regraded->old;

    if (regraded->mended != NULL)
        return true;
    return regrade->profile != NULL ? !verdict_has_same_answer(old, new) : !verdict_is_same(old, new);
}

/* A verdict that stays gets a row too where another judge gave it: the row that counts names who stands by it now. */
static void write_verdict(struct regrade *regrade, const struct regraded *regraded, const struct grade_row *new)
{
    if (regraded->mended != NULL) {
        regraded->mended->no_answer = new->answer == NULL;
        regraded->mended->tampered = regraded->sheet.grade.tampered;
        journal_add_outcome(regrade->journal, regraded->mended, new);
    } else if (!verdict_is_same(&regraded->old, new) || !verdict_has_same_judge(&regraded->old, new)) {
        journal_add_grade(regrade->journal, regraded->episode, new->answer == NULL, new);
    }
}

static void keep(struct regrade *regrade, const struct regraded *regraded)
{
    const struct work *work = regraded->work;
    const struct grade *grade = &regraded->sheet.grade;
    struct grade_row *new = arena_alloc(regrade->arena, sizeof *new);

    *new = (struct grade_row){ .grader = work->task->grader->name, .version = work->task->grader->version,
                               .profile = regraded->profile->name, .score = grade->score, .answer = grade->answer,
                               .answer_class = grade->answer_class, .reason = grade->reason,
                               .verdict = grade->verdict, .asked_language = grade->asked_language,
                               .language = grade->language, .graded_ms = clock_utc_ms() };
    bool differs = is_told(regrade, regraded, new);
    regrade->findings->graded++;
    regrade->findings->same += !differs;
    regrade->findings->changed += differs;
    regrade->findings->same_score += differs && is_minor_change(regraded, new);
    regrade->findings->mended += regraded->mended != NULL;
    rescore(regrade, regraded, new->score, differs);
    if (differs)
        tell_change(regrade, regraded, new);
    if (!regrade->dry_run)
        write_verdict(regrade, regraded, new);
}

/* A reply answers the question that was put: to another text, other choices or another key it says nothing. */
static int check_sample(struct regrade *regrade, const struct result_row *row, const struct sample *sample,
                        struct err *err)
{
    struct sample_row asked;

    if (sample == NULL)
        return err_set_code(err, EXIT_BAD_DATA, "the data has no such sample any more");
    if (row->episode.sample == regrade->checked)      /* its epochs come one after the other */
        return 0;
    if (store_get_sample(regrade->store, regrade->arena, row->episode.sample, &asked, err) < 0)
        return -1;
    if (strcmp(asked.hash, sample->hash) != 0)
        return err_set_code(err, EXIT_BAD_DATA, "the data has another question, choices or answer there than was asked; "
                            "give the old data by --data, or begin a new run");
    regrade->checked = row->episode.sample;
    return 0;
}

static struct grade_row copy_grade(struct arena *arena, const struct grade_row *grade)
{
    struct grade_row copy = *grade;

    copy.grader = arena_strdup(arena, grade->grader);
    copy.profile = arena_strdup(arena, grade->profile);
    copy.answer = arena_strdup(arena, grade->answer);
    copy.answer_class = arena_strdup(arena, grade->answer_class);
    copy.reason = arena_strdup(arena, grade->reason);
    copy.verdict = arena_strdup(arena, grade->verdict);
    copy.language = arena_strdup(arena, grade->language);
    return copy;
}

/* Whether it reads what was asked for: words, or how likely the same continuations are. Numbers do not tell of what. */
static bool reads_asked(const struct profile *profile, const struct work *work)
{
    return profile->reader->weighs == work->profile->reader->weighs &&
           same_text(profile->continuation, work->profile->continuation);
}

/* Of the task at hand; NULL where it has none of that name that could read what was asked for. */
static const struct profile *profile_of(const struct regrade *regrade)
{
    const struct work *work = &regrade->task->work;
    const struct profile *profile = work->profile;

    if (regrade->profile != NULL)
        profile = task_find_profile(work->task, regrade->profile);
    return profile != NULL && reads_asked(profile, work) ? profile : NULL;
}

/* The row goes with the next one; what is graded stays until the batch is done. */
static void submit(struct regrade *regrade, const struct result_row *row, const struct grading *grading)
{
    struct regraded *regraded = arena_alloc(regrade->arena, sizeof *regraded);

    *regraded = (struct regraded){
        .sheet = { .grading = *grading, .arena = regrade->arena, .owner = regraded },
        .task = arena_strdup(regrade->arena, row->episode.task), .sample = arena_strdup(regrade->arena, row->sample),
        .episode = row->episode.id, .epoch = row->episode.epoch, .old = copy_grade(regrade->arena, &row->grade),
        .work = &regrade->task->work, .question = row->episode.sample, .profile = profile_of(regrade),
        .mended = row->has_grade ? NULL : mend_row(regrade->arena, &row->episode, grading->said),
    };
    regrade->batch[regrade->batched++] = regraded;
    desk_submit(regrade->desk, &regraded->sheet);
}

static int regrade_row(struct regrade *regrade, const struct result_row *row, struct err *err)
{
    const struct sample *sample = find_sample(regrade, row);
    const struct grader *grader;
    struct replies replies;
    bool is_judged;

    if (check_sample(regrade, row, sample, err) < 0 ||
        replies_read(regrade->store, regrade->arena, row->episode.id, &replies, err) < 0)
        return -1;
    grader = regrade->task->work.task->grader;
    is_judged = grader->rubric != NULL;
    if (is_judged && grader->version != row->grade.version)
        return err_set_code(err, EXIT_BAD_DATA, "its judge was asked by another rubric; a new run asks it by this one");
    if (profile_of(regrade) == NULL)
        return 0;
    const struct grading grading = {
        .grader = grader,
        .reader = profile_of(regrade)->reader,
        .sample = sample,
        .order = read_order(regrade->arena, row->episode.permutation, sample->choice_count),
        .target = arena_strdup(regrade->arena, row->episode.target),
        .said = replies_last(&replies, "model", "model"),
        .stop = profile_of(regrade)->stop,
        .exam = is_judged ? replies_last(&replies, "model", "judge") : replies_last(&replies, "env", "exam"),
    };
    if (grading.said == NULL)
        regrade->findings->skipped++;
    else
        submit(regrade, row, &grading);
    return 0;
}

/* One that cannot be graded keeps its old verdict, and stops none of the others. */
static void fail(struct regrade *regrade, const char *task, const char *sample, int epoch, enum exit_code code,
                 const char *why)
{
    struct findings *findings = regrade->findings;

    findings->failed++;
    findings->worst = code > findings->worst ? code : findings->worst;
    log_error("%s/%s/%d: %s", task, sample, epoch, why);
}

static void regrade_or_count(struct regrade *regrade, const struct result_row *row)
{
    struct err err = ERR_INIT;

    if (regrade_row(regrade, row, &err) < 0)
        fail(regrade, row->episode.task, row->sample, row->episode.epoch, err.code, err.text);
}

/* Until all are in; or a signal comes, and what is there by then is: the others are forgotten. */
static void wait_for_verdicts(struct regrade *regrade)
{
    struct pollfd heard[] = { { .fd = desk_fd(regrade->desk), .events = POLLIN },
                              { .fd = regrade->signal_fd, .events = POLLIN } };

    for (size_t left = regrade->batched; left > 0;) {
        bool came = interrupt_came(regrade->signal_fd);      /* what was said before it is taken first */
        struct sheet *sheet = desk_collect(regrade->desk);

        if (sheet != NULL) {
            ((struct regraded *)sheet->owner)->is_in = true;
            left--;
        } else if (came) {
            desk_drop(regrade->desk);
            return;
        } else {
            poll(heard, 2, 1000);
        }
    }
}

static int heed_signals(const struct regrade *regrade, struct err *err)
{
    if (!interrupt_came(regrade->signal_fd))
        return 0;
    return err_set_code(err, EXIT_INTERRUPTED, regrade->dry_run
                        ? "interrupted: that is of the replies read so far"
                        : "interrupted: what was graded so far is kept, the other replies keep what they had");
}

/* Programs answer in any order; what is told and kept is in the order of the rows. */
static int end_batch(struct regrade *regrade, struct err *err)
{
    wait_for_verdicts(regrade);
    for (size_t i = 0; i < regrade->batched; i++) {
        const struct regraded *regraded = regrade->batch[i];

        if (!regraded->is_in)
            continue;
        if (regraded->sheet.problem == NULL)
            keep(regrade, regraded);
        else
            fail(regrade, regraded->task, regraded->sample, regraded->epoch, EXIT_INTERNAL, regraded->sheet.problem);
    }
    regrade->batched = 0;
    if (journal_commit(regrade->journal, err) < 0)
        return -1;
    arena_clear(regrade->arena);
    return heed_signals(regrade, err);
}

static int regrade_rows(struct regrade *regrade, struct rows *rows, struct err *err)
{
    struct result_row row;
    int got;

    while ((got = rows_next(rows, &row, err)) > 0) {
        if (row.has_grade || (regrade->profile == NULL && mend_is_wanted(&row, regrade->resolved)))
            regrade_or_count(regrade, &row);
        if (regrade->batched == BATCH && end_batch(regrade, err) < 0)
            return -1;
    }
    return got < 0 ? -1 : end_batch(regrade, err);
}

/* After a failure signals stay blocked: the command ends then, and closes the store first. */
static int regrade_run(const struct opt *opt, struct store *store, const struct run_row *run,
                       const struct resolved *resolved, const char *profile, struct findings *findings, struct err *err)
{
    struct regrade regrade = { .store = store, .resolved = resolved, .arena = arena_new(),
                               .journal = journal_open(store, run->id), .profile = profile, .findings = findings,
                               .dry_run = opt_has(opt, "dry-run") || profile != NULL };
    struct rows *rows = rows_open(store, run->id, NULL, NULL, err);
    int status;

    buf_init(&regrade.minor, 0);
    regrade.signal_fd = interrupt_open();
    regrade.desk = desk_open(err);
    status = rows == NULL || regrade.desk == NULL ? -1 : regrade_rows(&regrade, rows, err);
    tell_minor(&regrade);
    buf_fini(&regrade.minor);
    rows_close(rows);
    desk_close(regrade.desk);
    journal_close(regrade.journal);
    arena_free(regrade.arena);
    if (status == 0)
        interrupt_close(regrade.signal_fd);
    return status;
}

static bool has_profile(const struct resolved *resolved, size_t task_count, const char *name)
{
    for (size_t i = 0; i < task_count; i++)
        if (task_find_profile(resolved->tasks[i].work.task, name) != NULL)
            return true;
    return false;
}

/* Whether some task of that profile's name was asked for what it reads. */
static bool can_read(const struct resolved *resolved, const char *name)
{
    for (size_t i = 0; i < resolved->count; i++) {
        const struct work *work = &resolved->tasks[i].work;
        const struct profile *profile = task_find_profile(work->task, name);
        if (profile != NULL && reads_asked(profile, work))
            return true;
    }
    return false;
}

/* Each profile that a task of the run has, once. */
static int regrade_all(const struct opt *opt, struct store *store, const struct run_row *run,
                       const struct resolved *resolved, struct findings *findings, struct err *err)
{
    for (size_t i = 0; i < resolved->count; i++) {
        const struct task *task = resolved->tasks[i].work.task;
        for (size_t at = 0; at < task->profile_count; at++) {
            if (has_profile(resolved, i, task->profiles[at].name) || !can_read(resolved, task->profiles[at].name))
                continue;
            if (regrade_run(opt, store, run, resolved, task->profiles[at].name, findings, err) < 0)
                return -1;
        }
    }
    return 0;
}

static int check_profile(const struct resolved *resolved, const char *profile, struct err *err)
{
    if (profile == NULL || strcmp(profile, "all") == 0)
        return 0;
    if (!has_profile(resolved, resolved->count, profile))
        return err_set_code(err, EXIT_USAGE, "no profile \"%s\" in the tasks of this run (`vernier list tasks` names "
                            "them; \"all\" takes each)", profile);
    if (!can_read(resolved, profile))
        return err_set_code(err, EXIT_USAGE, "profile \"%s\" reads what this run did not ask for: words, how likely the "
                            "choices' letters are, and how likely their texts are say nothing of one another", profile);
    return 0;
}

/* Of one task, those of that name; NULL: any. */
static void add_left_out(struct buf *out, const struct work *work, const char *name)
{
    const struct task *task = work->task;
    const char *between = "";

    for (size_t i = 0; i < task->profile_count; i++) {
        const struct profile *profile = &task->profiles[i];
        if (reads_asked(profile, work) || (name != NULL && strcmp(profile->name, name) != 0))
            continue;
        if (between[0] == '\0')
            buf_addf(out, "%s was asked as %s; left out, as they read what that did not ask for: ", task->name,
                     work->profile->name);
        buf_addf(out, "%s%s", between, profile->name);
        between = ", ";
    }
    if (between[0] != '\0')
        buf_add_char(out, '\n');
}

/* A line for each task of which some profile cannot be told. */
static void tell_left_out(const struct resolved *resolved, const char *profile)
{
    struct buf lines;

    buf_init(&lines, 0);
    for (size_t i = 0; i < resolved->count; i++)
        add_left_out(&lines, &resolved->tasks[i].work, strcmp(profile, "all") == 0 ? NULL : profile);
    print_out(&lines);
    buf_fini(&lines);
}

/* The exit code, or -1 with err set. */
static int regrade_profiles(const struct opt *opt, struct store *store, const struct run_row *run,
                            const struct resolved *resolved, double void_max, struct err *err)
{
    const char *profile = opt_value(opt, "profile");
    struct findings findings = { .rescore = profile != NULL ? rescore_new() : NULL };
    int status = check_profile(resolved, profile, err);

    if (status == 0)
        status = profile != NULL && strcmp(profile, "all") == 0
               ? regrade_all(opt, store, run, resolved, &findings, err)
               : regrade_run(opt, store, run, resolved, profile, &findings, err);
    if (status == 0 || err->code == EXIT_INTERRUPTED)
        findings_print(&findings, profile == NULL && !opt_has(opt, "dry-run"));
    if (status == 0 && profile != NULL)
        tell_left_out(resolved, profile);
    if (status == 0 && findings.mended > 0 && !opt_has(opt, "dry-run"))
        status = mend_run(store, run, resolved, void_max, err);
    rescore_free(findings.rescore);
    return status < 0 ? -1 : (int)findings.worst;
}

static int with_run(const struct opt *opt, struct store *store, struct arena *arena, struct err *err)
{
    struct run_row run;
    struct plan *plan;
    struct places places, given;
    struct resolved resolved;
    int code;

    if (store_find_run(store, arena, opt_operand(opt, 0), &run, err) < 0 ||
        resolve_recorded(&run, arena, &plan, &places, err) < 0 || places_read(opt, arena, &given, err) < 0)
        return -1;
    if (given.folder != NULL || given.file_count > 0)
        places = given;
    if (resolve_plan(plan, &places, &resolved, err) < 0)
        return -1;
    blemish_warn(&resolved);
    code = regrade_profiles(opt, store, &run, &resolved, plan->void_max, err);
    resolved_free(&resolved);
    return code;
}

/* To grade makes no store where there is none, and to look keeps no writer out. */
static struct store *open_store(const struct opt *opt, struct err *err)
{
    const char *name = store_name(opt);

    if (opt_has(opt, "dry-run") || opt_has(opt, "profile") || !file_exists(name))
        return store_open_read(name, err);
    return store_open(name, "vernier grade", err);
}

static int run(const struct opt *opt, struct err *err)
{
    struct arena *arena;
    struct store *store;
    int code;

    if (opt_operand_count(opt) != 1)
        return err_set_code(err, EXIT_USAGE, "expected one run: its name, a prefix of it, or \"last\"");
    store = open_store(opt, err);
    if (store == NULL)
        return -1;
    arena = arena_new();
    code = with_run(opt, store, arena, err);
    arena_free(arena);
    if (store_close(store) < 0 && code >= 0 && code < EXIT_STORE)
        code = EXIT_STORE;           /* damage was found, and said */
    return code;
}

const struct command command_grade = {
    .name = "grade",
    .summary = "grade a run's stored replies again, calling no model",
    .usage = "RUN [options]",
    .examples = "  vernier grade last\n  vernier grade last --dry-run\n"
                "  vernier grade last --profile all\n",
    .options = OPTIONS,
    .run = run,
    .talks = true,
};
