/*
 * grade: reader and grader, run in this process when the ask is collected, so that submit stays short.
 */
#include <stdlib.h>

#include "harness/base/arena.h"
#include "harness/base/mem.h"
#include "harness/engine/episode.h"
#include "harness/engine/runner.h"
#include "runners/ready.h"
#include "runners/runners.h"

struct runner {
    const struct runner_type *type;
    struct ready ready;
};

static struct runner *grade_open(const struct model *model, const struct runner_means *means, struct err *err)
{
    struct runner *grade = xcalloc(1, sizeof *grade);

    (void)model;
    (void)means;
    grade->type = &runner_grade;
    if (ready_open(&grade->ready, err) < 0) {
        free(grade);
        return NULL;
    }
    return grade;
}

static void grade_submit(struct runner *grade, struct ask *ask)
{
    ready_add(&grade->ready, ask);
}

static struct reply answer(const struct grading *grading, struct arena *arena)
{
    struct reply reply = reply_empty();
    struct err err = ERR_INIT;

    if (grading_run(grading, arena, &reply.grade, &err) < 0)
        return reply_failed(ORIGIN_HARNESS, arena_printf(arena, "grading: %s", err.text));
    return reply;
}

static struct ask *grade_collect(struct runner *grade)
{
    struct ask *ask = ready_take(&grade->ready);

    if (ask != NULL)
        ask->reply = answer(&ask->grading, ask->episode->arena);
    return ask;
}

static int grade_fd(const struct runner *grade)
{
    return grade->ready.fd;
}

static void grade_drop(struct runner *grade)
{
    ready_drop(&grade->ready);
}

static void grade_close(struct runner *grade)
{
    ready_close(&grade->ready);
    free(grade);
}

const struct runner_type runner_grade = {
    .name = "grade", .summary = "reads answers and grades them, in this process", .serves = ASK_GRADE,
    .open = grade_open, .submit = grade_submit, .collect = grade_collect, .fd = grade_fd, .drop = grade_drop, .close = grade_close,
};
