/*
 * A line stands in the queue, among the lines said to one worker (which answers in the order it was asked), or in done:
 *
 *     submit ─► queue ─► said to a worker ─► done ─► collected
 *                 ▲            │ it died, hung, or talked rubbish: the head is to blame and goes to the front,
 *                 └────────────┘ to be said alone next time; those behind it are innocent
 *
 * To a program of ours several lines are said ahead, so that it need not wait for us between two of them. To others one:
 * what they say too much is then told from the answer to the next line, and no verdict goes to another's reply.
 *
 * In a hurry a line goes from the queue to done as it is once its time is over; one that was said goes back there first, and
 * its worker is killed.
 */
#include "runners/workers.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <utlist.h>

#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/log.h"
#include "harness/base/mem.h"
#include "harness/base/talk.h"
#include "harness/engine/runner.h"

#define SAID_AHEAD 32
#define FAULTS_MAX 2

/* So many deaths in a row, and not one answer between them: it is not the lines. */
#define DEATHS_MAX 6

struct worker {
    struct talk *talk;                  /* NULL: not running */
    struct worker_line *said;           /* not yet answered, oldest first */
    size_t said_count;
};

struct workers {
    struct workers_spec spec;
    int epoll;
    struct worker *all;                 /* spec.count of them */
    struct worker_line *queue, *done;
    int64_t hurried_ms, within_ms;      /* since when it is hurried, monotonic, and how long a line has; 0: it is not */
    int deaths;                         /* in a row */
    bool told, told_left;               /* that one of them talks too much; that some is left */
    char *broken;                       /* why no line is said any more; NULL: they are */
};

struct workers *workers_open(const struct workers_spec *spec, struct err *err)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct workers *workers;

    assert(spec->count >= 1);
    if (epoll < 0) {
        err_set_code(err, EXIT_INTERNAL, "epoll: %s", strerror(errno));
        return NULL;
    }
    workers = xcalloc(1, sizeof *workers);
    workers->spec = *spec;
    workers->epoll = epoll;
    workers->all = xcalloc(spec->count, sizeof workers->all[0]);
    return workers;
}

void worker_line_free(struct worker_line *line)
{
    free(line->problem);
    free(line->answer);
    free(line->text);
    free(line);
}

static void free_lines(struct worker_line **lines)
{
    struct worker_line *line, *next;

    DL_FOREACH_SAFE(*lines, line, next)
        worker_line_free(line);
    *lines = NULL;
}

static void stop(struct worker *worker)
{
    talk_close(worker->talk);
    worker->talk = NULL;
    worker->said_count = 0;
}

void workers_drop(struct workers *workers)
{
    for (size_t i = 0; i < workers->spec.count; i++) {
        stop(&workers->all[i]);
        free_lines(&workers->all[i].said);
    }
    free_lines(&workers->queue);
    free_lines(&workers->done);
}

void workers_close(struct workers *workers)
{
    if (workers == NULL)
        return;
    workers_drop(workers);
    close(workers->epoll);
    free(workers->broken);
    free(workers->all);
    free(workers);
}

int workers_fd(const struct workers *workers)
{
    return workers->epoll;
}

static void fail(struct workers *workers, struct worker_line *line, const char *words)
{
    line->problem = xstrdup(words);
    DL_APPEND(workers->done, line);
}

/* No line will be answered any more. */
static void give_up(struct workers *workers, const char *words)
{
    struct worker_line *line, *next;

    free(workers->broken);
    workers->broken = xstrdup(words);
    DL_FOREACH_SAFE(workers->queue, line, next) {
        DL_DELETE(workers->queue, line);
        fail(workers, line, words);
    }
}

/* One that is said alone is said to a worker that has nothing else, and nothing is said after it. */
static bool has_room(const struct worker *worker, const struct worker_line *line, size_t ahead)
{
    if (worker->said_count == 0)
        return true;
    return line->faults == 0 && worker->said->faults == 0 && worker->said_count < ahead;
}

/* The least busy; one that runs already before one that would have to be started. */
static bool is_better(const struct worker *worker, const struct worker *best)
{
    return best == NULL || worker->said_count < best->said_count ||
           (best->talk == NULL && worker->talk != NULL && worker->said_count == 0);
}

static struct worker *find_worker(struct workers *workers, const struct worker_line *line)
{
    struct worker *best = NULL;

    for (size_t i = 0; i < workers->spec.count; i++) {
        struct worker *worker = &workers->all[i];

        if (has_room(worker, line, workers->spec.is_ours ? SAID_AHEAD : 1) && is_better(worker, best))
            best = worker;
    }
    return best;
}

static bool start(struct workers *workers, struct worker *worker)
{
    struct err err = ERR_INIT;

    if (worker->talk != NULL)
        return true;
    worker->talk = talk_open(workers->spec.argv, workers->spec.line_max, workers->epoll, &err);
    if (worker->talk != NULL)
        return true;
    give_up(workers, err.text);
    return false;
}

static void say(struct worker *worker, struct worker_line *line)
{
    DL_APPEND(worker->said, line);
    if (worker->said_count++ == 0)
        line->begun_ms = clock_monotonic_ms();
    talk_say(worker->talk, line->text, line->length);
}

static void say_queue(struct workers *workers)
{
    while (workers->queue != NULL) {
        struct worker_line *line = workers->queue;
        struct worker *worker = find_worker(workers, line);

        if (worker == NULL || !start(workers, worker))
            return;
        DL_DELETE(workers->queue, line);
        say(worker, line);
    }
}

void workers_submit(struct workers *workers, char *text, size_t length, void *owner)
{
    struct worker_line *line = xcalloc(1, sizeof *line);

    line->text = text;
    line->length = length;
    line->owner = owner;
    line->submitted_ms = clock_monotonic_ms();
    if (workers->broken != NULL) {
        fail(workers, line, workers->broken);
        return;
    }
    DL_APPEND(workers->queue, line);
    say_queue(workers);
}

/* Back to the front of the queue, in the order they had. */
static void requeue(struct workers *workers, struct worker *worker)
{
    struct worker_line *line;

    while ((line = worker->said) != NULL) {
        line = line->prev;              /* of the head: the last */
        line->begun_ms = 0;
        DL_DELETE(worker->said, line);
        DL_PREPEND(workers->queue, line);
    }
}

static void blame(struct workers *workers, struct worker_line *line, const char *words)
{
    line->begun_ms = 0;
    if (++line->faults < FAULTS_MAX)
        DL_PREPEND(workers->queue, line);
    else
        fail(workers, line, words);
}

/* It is of no use any more: the line at its head is to blame, if it was asked anything. */
static void bury(struct workers *workers, struct worker *worker, const char *how)
{
    struct worker_line *head = worker->said;
    struct buf words;

    buf_init(&words, 0);
    buf_addf(&words, "%s %s", workers->spec.argv[0], how);
    if (head != NULL)
        DL_DELETE(worker->said, head);
    requeue(workers, worker);
    if (head != NULL)
        blame(workers, head, words.data);
    else if (!workers->told)
        log_warn("%s: a grader that said something though it was asked nothing: it is started again", workers->spec.argv[0]);
    workers->told = workers->told || head == NULL;
    if (++workers->deaths >= DEATHS_MAX)
        give_up(workers, words.data);
    stop(worker);
    buf_fini(&words);
}

static void take(struct workers *workers, struct worker *worker, const char *text, size_t length)
{
    struct worker_line *line = worker->said;

    workers->deaths = 0;
    DL_DELETE(worker->said, line);
    worker->said_count--;
    if (worker->said != NULL)
        worker->said->begun_ms = clock_monotonic_ms();
    line->answer = xmalloc(length + 1);
    memcpy(line->answer, text, length + 1);
    line->answer_length = length;
    DL_APPEND(workers->done, line);
}

/* False: it said what is no object, or something although it was asked nothing. */
static bool hear(struct workers *workers, struct worker *worker)
{
    size_t length;
    const char *text;

    while ((text = talk_hear(worker->talk, &length)) != NULL) {
        if (worker->said == NULL || text[0] != '{')
            return false;
        take(workers, worker, text, length);
    }
    return true;
}

static bool is_late(const struct workers *workers, const struct worker *worker)
{
    return worker->said != NULL && clock_monotonic_ms() - worker->said->begun_ms > workers->spec.limit_ms;
}

static void tend(struct workers *workers, struct worker *worker)
{
    bool lives = talk_move(worker->talk);
    struct buf words;

    buf_init(&words, 0);
    if (!hear(workers, worker)) {
        bury(workers, worker, "said what is no answer: expected one JSON object a line");
    } else if (!lives) {
        talk_add_end(worker->talk, &words);
        bury(workers, worker, words.data);
    } else if (is_late(workers, worker)) {
        buf_addf(&words, "did not answer within %g s", (double)workers->spec.limit_ms / 1000);
        bury(workers, worker, words.data);
    }
    buf_fini(&words);
}

void workers_hurry(struct workers *workers, int64_t within_ms)
{
    workers->hurried_ms = clock_monotonic_ms();
    workers->within_ms = within_ms;
}

/* In a hurry: when a line is left. */
static int64_t find_due_ms(const struct workers *workers, const struct worker_line *line)
{
    int64_t since_ms = line->submitted_ms > workers->hurried_ms ? line->submitted_ms : workers->hurried_ms;

    return since_ms + workers->within_ms;
}

static bool is_overdue(const struct workers *workers, const struct worker_line *line)
{
    return clock_monotonic_ms() > find_due_ms(workers, line);
}

/* What it is called where it was started, but for its folder. */
static void add_program(struct buf *out, const struct workers *workers)
{
    const char *const *argv = workers->spec.argv, *slash = strrchr(argv[0], '/');

    buf_add_string(out, slash != NULL ? slash + 1 : argv[0]);
    for (size_t i = 1; argv[i] != NULL; i++)
        buf_addf(out, " %s", argv[i]);
}

static void explain_end(const struct workers *workers, const struct worker_line *line, struct runner_wait *out)
{
    int64_t late_ms = line->begun_ms > 0 ? line->begun_ms + workers->spec.limit_ms : INT64_MAX;
    int64_t due_ms = workers->hurried_ms > 0 ? find_due_ms(workers, line) : INT64_MAX;

    if (late_ms == INT64_MAX && due_ms == INT64_MAX)
        return;
    out->until_ms = due_ms < late_ms ? due_ms : late_ms;
    out->then = due_ms < late_ms ? "left" : line->faults + 1 < FAULTS_MAX ? "asked again" : "given up";
}

static void explain(const struct workers *workers, const struct worker_line *line, const char *doing,
                    struct runner_wait *out)
{
    struct buf words;

    buf_init(&words, 0);
    buf_add_string(&words, doing);
    add_program(&words, workers);
    snprintf(out->words, sizeof out->words, "%s", words.data);
    buf_fini(&words);
    out->since_ms = line->begun_ms;
    explain_end(workers, line, out);
}

bool workers_explain(const struct workers *workers, const void *owner, struct runner_wait *out)
{
    const struct worker_line *line;

    *out = (struct runner_wait){ .since_ms = 0 };
    for (size_t i = 0; i < workers->spec.count; i++)
        DL_FOREACH(workers->all[i].said, line)
            if (line->owner == owner) {
                explain(workers, line, line == workers->all[i].said ? "graded by " : "waits for ", out);
                return true;
            }
    DL_SEARCH_SCALAR(workers->queue, line, owner, owner);
    if (line != NULL)
        explain(workers, line, "waits for ", out);
    return line != NULL;
}

static void leave(struct workers *workers, struct worker_line *line)
{
    if (!workers->told_left)
        log_warn("%s did not answer within %g s: what it has not graded is left", workers->spec.argv[0],
                 (double)workers->within_ms / 1000);
    workers->told_left = true;
    line->is_left = true;
    DL_DELETE(workers->queue, line);
    DL_APPEND(workers->done, line);
}

/* A program dies with the line at its head; those behind it go to others, as far as they are not overdue too. */
static void leave_overdue(struct workers *workers)
{
    struct worker_line *line, *next;

    for (size_t i = 0; i < workers->spec.count; i++) {
        struct worker *worker = &workers->all[i];
        if (worker->said != NULL && is_overdue(workers, worker->said)) {
            requeue(workers, worker);
            stop(worker);
        }
    }
    DL_FOREACH_SAFE(workers->queue, line, next)
        if (is_overdue(workers, line))
            leave(workers, line);
}

struct worker_line *workers_collect(struct workers *workers)
{
    struct worker_line *line;

    for (size_t i = 0; workers->done == NULL && i < workers->spec.count; i++)
        if (workers->all[i].talk != NULL)
            tend(workers, &workers->all[i]);
    if (workers->hurried_ms > 0)
        leave_overdue(workers);
    say_queue(workers);
    line = workers->done;
    if (line != NULL)
        DL_DELETE(workers->done, line);
    return line;
}
