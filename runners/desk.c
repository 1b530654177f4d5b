#include "runners/desk.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utlist.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/file.h"
#include "harness/base/mem.h"
#include "harness/engine/grading_line.h"
#include "harness/engine/runner.h"
#include "runners/workers.h"

/* No verdict takes a second by itself; a machine that is busy, or a user's grader that calls out, may. */
#define LIMIT_MS 60000

#define ANSWER_MAX ((size_t)1 << 20)

/* Programs of one grader at once. */
#define PROGRAMS_MAX 8

/* The workers of one program. */
struct shift {
    struct shift *next;
    const char *const *program;
    const char **argv;                  /* the same, its name looked up */
    char *path;
    struct workers *workers;            /* NULL: they could not be opened */
};

struct desk {
    int epoll, bell;                    /* the bell rings while a sheet waits for this process */
    struct sheet *here, *out;           /* to be graded in this process; with a worker */
    struct arena *scratch;              /* of the sheet at hand: reading needs more room than its verdict */
    struct shift *shifts;
    int64_t hurry_ms;                   /* what a program has then; 0: there is none */
};

struct desk *desk_open(struct err *err)
{
    struct desk *desk = xcalloc(1, sizeof *desk);
    struct epoll_event event = { .events = EPOLLIN };

    desk->scratch = arena_new();
    desk->epoll = epoll_create1(EPOLL_CLOEXEC);
    desk->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (desk->epoll >= 0 && desk->bell >= 0 && epoll_ctl(desk->epoll, EPOLL_CTL_ADD, desk->bell, &event) == 0)
        return desk;
    err_set_code(err, EXIT_INTERNAL, "no descriptor for grading: %s", strerror(errno));
    desk_close(desk);
    return NULL;
}

static void ring(struct desk *desk, bool on)
{
    eventfd_t ignored;

    if (on)
        eventfd_write(desk->bell, 1);
    else
        eventfd_read(desk->bell, &ignored);
}

static size_t count_programs(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);

    return count < 1 ? 1 : count > PROGRAMS_MAX ? PROGRAMS_MAX : (size_t)count;
}

/* Our own programs lie beside this one; others are found in PATH. */
static void look_up(struct shift *shift)
{
    size_t count = 0;

    while (shift->program[count] != NULL)
        count++;
    shift->argv = xcalloc(count + 1, sizeof shift->argv[0]);
    memcpy(shift->argv, shift->program, count * sizeof shift->argv[0]);
    shift->path = file_beside_program(shift->program[0]);
    if (shift->path != NULL)
        shift->argv[0] = shift->path;
}

/* Without a descriptor there are no workers, and the next sheet tries again: there may be one by then. */
static void hire(struct desk *desk, struct shift *shift, const struct grader *grader)
{
    const struct workers_spec spec = { .argv = shift->argv, .count = count_programs(), .line_max = ANSWER_MAX,
                                       .is_ours = grader->sha256 == NULL,
                                       .limit_ms = grader->limit_ms > 0 ? grader->limit_ms : LIMIT_MS };
    struct epoll_event event = { .events = EPOLLIN };
    struct err err = ERR_INIT;

    shift->workers = workers_open(&spec, &err);
    if (shift->workers != NULL && epoll_ctl(desk->epoll, EPOLL_CTL_ADD, workers_fd(shift->workers), &event) != 0) {
        workers_close(shift->workers);      /* nobody would ever hear them */
        shift->workers = NULL;
    }
    if (shift->workers != NULL && desk->hurry_ms > 0)
        workers_hurry(shift->workers, desk->hurry_ms);
}

static struct shift *find_shift(struct desk *desk, const struct grader *grader)
{
    struct shift *shift;

    LL_SEARCH_SCALAR(desk->shifts, shift, program, grader->program);
    if (shift == NULL) {
        shift = xcalloc(1, sizeof *shift);
        shift->program = grader->program;
        look_up(shift);
        LL_PREPEND(desk->shifts, shift);
    }
    if (shift->workers == NULL)
        hire(desk, shift, grader);
    return shift;
}

static void finish_here(struct desk *desk, struct sheet *sheet)
{
    if (desk->here == NULL)
        ring(desk, true);
    DL_APPEND(desk->here, sheet);
}

static void fail(struct sheet *sheet, const char *words)
{
    sheet->problem = arena_strdup(sheet->arena, words);
}

/* The verdict's strings move from scratch, which is empty afterwards, to where they may stay. */
static void keep_verdict(struct desk *desk, struct sheet *sheet)
{
    struct grade *grade = &sheet->grade;

    grade->answer = arena_strdup(sheet->arena, grade->answer);
    grade->answer_class = arena_strdup(sheet->arena, grade->answer_class);
    grade->reason = arena_strdup(sheet->arena, grade->reason);
    grade->verdict = arena_strdup(sheet->arena, grade->verdict);
    if (grade->asked_language == NULL)
        grading_note_language(&sheet->grading, grade);      /* a program's line says nothing of it */
    arena_clear(desk->scratch);
}

static void grade_here(struct desk *desk, struct sheet *sheet)
{
    struct err err = ERR_INIT;

    if (grading_run(&sheet->grading, desk->scratch, &sheet->grade, &err) < 0)
        fail(sheet, err.text);
    keep_verdict(desk, sheet);
}

/* False: the sheet has its verdict already, or words why there is none. */
static bool write_line(struct desk *desk, struct sheet *sheet, struct buf *line)
{
    struct err err = ERR_INIT;
    struct answer answer;

    if (grading_read(&sheet->grading, desk->scratch, &answer, &sheet->grade, &err) < 0) {
        fail(sheet, err.text);
        return false;
    }
    sheet->grade.answer = answer.text;
    if (answer.text == NULL && !sheet->grading.grader->wants_all)
        return false;
    grading_line_write(&sheet->grading, &answer, line);
    if (line->cut)
        fail(sheet, "the reply is too large to be graded");
    return !line->cut;
}

static void send_out(struct desk *desk, struct sheet *sheet)
{
    struct shift *shift = find_shift(desk, sheet->grading.grader);
    struct buf line;
    size_t length;
    bool is_asked;

    if (shift->workers == NULL) {
        fail(sheet, "no descriptor is left for another program");
        finish_here(desk, sheet);
        return;
    }
    buf_init(&line, 0);
    is_asked = write_line(desk, sheet, &line);
    keep_verdict(desk, sheet);
    if (is_asked) {
        length = line.length;
        DL_APPEND(desk->out, sheet);
        workers_submit(shift->workers, buf_take(&line), length, sheet);
    } else {
        finish_here(desk, sheet);
    }
    buf_fini(&line);
}

void desk_submit(struct desk *desk, struct sheet *sheet)
{
    sheet->problem = NULL;
    sheet->is_left = false;
    sheet->us = -1;
    if (sheet->grading.grader->program != NULL)
        send_out(desk, sheet);
    else
        finish_here(desk, sheet);
}

/* One that was to be sent out stands here because it needs no more grading. */
static struct sheet *collect_here(struct desk *desk)
{
    struct sheet *sheet = desk->here;

    if (sheet == NULL)
        return NULL;
    DL_DELETE(desk->here, sheet);
    if (desk->here == NULL)
        ring(desk, false);
    if (sheet->grading.grader->program == NULL)
        grade_here(desk, sheet);
    return sheet;
}

static struct sheet *collect_from(struct desk *desk, struct shift *shift)
{
    struct worker_line *line = shift->workers != NULL ? workers_collect(shift->workers) : NULL;
    struct err err = ERR_INIT;
    struct sheet *sheet;

    if (line == NULL)
        return NULL;
    sheet = line->owner;
    DL_DELETE(desk->out, sheet);
    sheet->is_left = line->is_left;
    if (line->problem != NULL)
        fail(sheet, line->problem);
    else if (!line->is_left &&
             grading_line_read(line->answer, line->answer_length, sheet->arena, &sheet->grade, &sheet->us, &err) < 0)
        fail(sheet, err.text);
    worker_line_free(line);
    return sheet;
}

struct sheet *desk_collect(struct desk *desk)
{
    struct sheet *sheet = collect_here(desk);
    struct shift *shift;

    for (shift = desk->shifts; sheet == NULL && shift != NULL; shift = shift->next)
        sheet = collect_from(desk, shift);
    return sheet;
}

bool desk_perform(struct desk *desk, struct sheet *sheet, int signal_fd)
{
    struct pollfd heard[] = { { .fd = desk->epoll, .events = POLLIN }, { .fd = signal_fd, .events = POLLIN } };

    desk_submit(desk, sheet);
    while (desk_collect(desk) == NULL)
        if (poll(heard, 2, 1000) > 0 && heard[1].revents != 0) {
            desk_drop(desk);
            return false;
        }
    return true;
}

void desk_hurry(struct desk *desk, int64_t within_ms)
{
    struct shift *shift;

    desk->hurry_ms = within_ms;
    LL_FOREACH(desk->shifts, shift)
        if (shift->workers != NULL)
            workers_hurry(shift->workers, within_ms);
}

void desk_drop(struct desk *desk)
{
    struct shift *shift;

    LL_FOREACH(desk->shifts, shift)
        if (shift->workers != NULL)
            workers_drop(shift->workers);
    if (desk->here != NULL)
        ring(desk, false);
    desk->here = desk->out = NULL;
}

void desk_close(struct desk *desk)
{
    struct shift *shift, *next;

    if (desk == NULL)
        return;
    LL_FOREACH_SAFE(desk->shifts, shift, next) {
        workers_close(shift->workers);
        free(shift->path);
        free(shift->argv);
        free(shift);
    }
    if (desk->bell >= 0)
        close(desk->bell);
    if (desk->epoll >= 0)
        close(desk->epoll);
    arena_free(desk->scratch);
    free(desk);
}

void desk_explain(const struct desk *desk, const void *owner, struct runner_wait *out)
{
    const struct sheet *sheet;
    const struct shift *shift;
    bool found = false;

    *out = (struct runner_wait){ .since_ms = 0 };
    DL_SEARCH_SCALAR(desk->out, sheet, owner, owner);
    for (shift = desk->shifts; sheet != NULL && !found && shift != NULL; shift = shift->next)
        found = shift->workers != NULL && workers_explain(shift->workers, sheet, out);
}

int desk_fd(const struct desk *desk)
{
    return desk->epoll;
}
