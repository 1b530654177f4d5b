#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/cli/resolve.h"
#include "runners/runners.h"
#include "tasks/question.h"

/* demo_choice as the plan of one model, resolved; what a test changes of it is changed before it is written. */
struct stage {
    struct arena *arena;
    struct plan *plan;
    struct resolved resolved;
    struct model model;
    struct runner *runner;
    struct question question;       /* a copy of the task's */
    struct profile profile;         /* and of its first profile, */
    struct form form;               /* and of its form */
};

static int stage_open(void **state)
{
    struct stage *stage = test_calloc(1, sizeof *stage);
    struct places places = { 0 };
    struct err err = ERR_INIT;

    stage->arena = arena_new();
    stage->plan = plan_new(stage->arena);
    plan_add_task(stage->plan, "demo_choice", "--task");
    assert_int_equal(model_parse(stage->arena, "oracle/gold", "--model", &stage->model, &err), 0);
    assert_int_equal(resolve_plan(stage->plan, &places, &stage->resolved, &err), 0);
    stage->runner = runners_open(&stage->model, NULL, &err);
    assert_non_null(stage->runner);
    struct work *work = &stage->resolved.tasks[0].work;
    stage->question = *(const struct question *)work->task;
    stage->profile = *work->profile;
    stage->form = stage->question.forms[0];
    stage->question.forms = &stage->form;
    stage->question.task.profiles = &stage->profile;
    stage->question.task.profile_count = 1;
    work->task = &stage->question.task;
    work->profile = &stage->profile;
    *state = stage;
    return 0;
}

static int stage_close(void **state)
{
    struct stage *stage = *state;

    runner_type(stage->runner)->close(stage->runner);
    resolved_free(&stage->resolved);
    arena_free(stage->arena);
    test_free(stage);
    return 0;
}

static const char *plan_of(struct stage *stage)
{
    struct buf out;
    const char *text;

    buf_init(&out, 0);
    stage->resolved.tasks[0].rehearsal = (struct rehearsal){ 0 };      /* its prompts are others now */
    resolved_rehearse(&stage->resolved);
    resolved_write_plan(&stage->resolved, &stage->model, stage->runner, NULL, &out);
    text = arena_strndup(stage->arena, out.data, out.length);
    buf_fini(&out);
    return text;
}

static void test_resolved_write_plan_is_the_same_twice(void **state)
{
    assert_string_equal(plan_of(*state), plan_of(*state));
}

static void test_resolved_write_plan_tells_system_messages_apart(void **state)
{
    struct stage *stage = *state;
    const char *before = plan_of(stage);

    stage->profile.system = "Be brief.";
    assert_string_not_equal(plan_of(stage), before);
}

static void test_resolved_write_plan_tells_prompts_apart(void **state)
{
    struct stage *stage = *state;
    const char *before = plan_of(stage);

    stage->profile.prompt = "{question}\n{choices}\nAnswer: X";
    assert_string_not_equal(plan_of(stage), before);
}

static void test_resolved_write_plan_tells_choice_formats_apart(void **state)
{
    struct stage *stage = *state;
    const char *before = plan_of(stage);

    stage->form.choice = "[{letter}] {text}";
    assert_string_not_equal(plan_of(stage), before);
}

static void test_resolved_write_plan_tells_orders_apart(void **state)
{
    struct stage *stage = *state;
    const char *before = plan_of(stage);

    stage->question.shuffle = !stage->question.shuffle;
    assert_string_not_equal(plan_of(stage), before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, stage_open, stage_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_resolved_write_plan_is_the_same_twice),
        TEST(test_resolved_write_plan_tells_system_messages_apart),
        TEST(test_resolved_write_plan_tells_prompts_apart),
        TEST(test_resolved_write_plan_tells_choice_formats_apart),
        TEST(test_resolved_write_plan_tells_orders_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
