/*
 * grade: reader and grader, at a desk: in this process when the ask is collected, or in a program where the grader is
 * one.
 */
#include <stdlib.h>

#include "harness/base/arena.h"
#include "harness/base/mem.h"
#include "harness/engine/episode.h"
#include "harness/engine/runner.h"
#include "runners/desk.h"
#include "runners/runners.h"

/* Of a person's time: a verdict takes less, and what takes longer is graded by the next start. */
#define HURRY_MS 5000

struct runner {
    const struct runner_type *type;
    struct desk *desk;
};

static struct runner *grade_open(const struct model *model, const struct runner_means *means, struct err *err)
{
    struct runner *grade = xcalloc(1, sizeof *grade);

    (void)model;
    (void)means;
    grade->type = &runner_grade;
    grade->desk = desk_open(err);
    if (grade->desk == NULL) {
        free(grade);
        return NULL;
    }
    return grade;
}

static void grade_submit(struct runner *grade, struct ask *ask)
{
    struct sheet *sheet = arena_alloc(ask->episode->arena, sizeof *sheet);

    *sheet = (struct sheet){ .grading = ask->grading, .arena = ask->episode->arena, .owner = ask };
    desk_submit(grade->desk, sheet);
}

static struct ask *grade_collect(struct runner *grade)
{
    struct sheet *sheet = desk_collect(grade->desk);
    struct ask *ask;

    if (sheet == NULL)
        return NULL;
    ask = sheet->owner;
    ask->reply = reply_empty();
    ask->reply.grade = sheet->grade;
    if (sheet->is_left)
        ask->reply.status = REPLY_NONE;
    else if (sheet->problem != NULL)
        ask->reply = reply_failed(ORIGIN_HARNESS, arena_printf(sheet->arena, GRADING_FAILED "%s", sheet->problem));
    return ask;
}

static int grade_fd(const struct runner *grade)
{
    return desk_fd(grade->desk);
}

static void grade_explain(const struct runner *grade, const struct ask *ask, struct runner_wait *out)
{
    desk_explain(grade->desk, ask, out);
}

static void grade_hurry(struct runner *grade)
{
    desk_hurry(grade->desk, HURRY_MS);
}

static void grade_drop(struct runner *grade)
{
    desk_drop(grade->desk);
}

static void grade_close(struct runner *grade)
{
    desk_close(grade->desk);
    free(grade);
}

const struct runner_type runner_grade = {
    .name = "grade", .summary = "reads answers and grades them", .serves = ASK_GRADE, .is_free = true,
    .open = grade_open, .submit = grade_submit, .collect = grade_collect, .fd = grade_fd, .hurry = grade_hurry,
    .explain = grade_explain, .drop = grade_drop, .close = grade_close,
};
