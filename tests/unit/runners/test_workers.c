/*
 * Programs that answer lines with lines, and all the ways they do not. Each program is a line of shell: it answers
 * {"n":TEXT} to most lines, and does what a line says to the others.
 */
#include "tests/unit/runners/scene.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "harness/base/clock.h"
#include "harness/base/mem.h"
#include "harness/base/redact.h"
#include "harness/engine/runner.h"
#include "runners/workers.h"

/* "die" ends it, "hang" makes it silent, "rubbish" and "long" say what they say. */
static const char *const PROGRAM[] = { "/bin/sh", "-c",
    "while read -r line; do case $line in die*) echo it hurts >&2; exit 3;; kill*) kill -9 $$;; hang*) sleep 100;;"
    " mute*) exec >&-; sleep 100;; noisy*) while :; do echo noise >&2; done;; twice*) printf '{\"n\":0}\\n{\"n\":1}\\n';;"
    " loud*) head -c 3000000 /dev/zero >&2; echo \"{\\\"n\\\":$line}\";; slow*) sleep 1; echo '{\"n\":2}';;"
    " rubbish*) echo oops;; wide*) printf '{%02000d\\n' 0;; long*) head -c 300000 /dev/zero | tr '\\0' x; echo;; *) echo \"{\\\"n\\\":$line}\";; esac; done",
    NULL };

/* Long enough for any machine; the one test that waits it out sets its own. */
static int64_t limit_ms = 60000;
static bool is_ours = true;
static size_t line_max = 100000;

static struct workers *begin(const char *const *argv, size_t count)
{
    struct err err = ERR_INIT;
    struct workers *workers = workers_open(&(struct workers_spec){ .argv = argv, .count = count, .limit_ms = limit_ms,
                                                                   .line_max = line_max, .is_ours = is_ours }, &err);

    assert_non_null(workers);
    return workers;
}

static void submit(struct workers *workers, const char *text)
{
    workers_submit(workers, xstrdup(text), strlen(text), NULL);
}

static struct worker_line *collect(struct workers *workers)
{
    struct pollfd fd = { .fd = workers_fd(workers), .events = POLLIN };
    int64_t late_ms = clock_monotonic_ms() + 30000;
    struct worker_line *line;

    while ((line = workers_collect(workers)) == NULL) {
        assert_true(clock_monotonic_ms() < late_ms);
        poll(&fd, 1, 100);
    }
    return line;
}

/* The next line that is done has that text; its answer, or the words why there is none, begin so. */
static void expect(struct workers *workers, const char *text, const char *said)
{
    struct worker_line *line = collect(workers);

    assert_string_equal(text, line->text);
    assert_int_equal(said[0] == '{', line->answer != NULL);
    assert_memory_equal(said, line->answer != NULL ? line->answer : line->problem, strlen(said));
    worker_line_free(line);
}

static void test_collect_gives_every_line_its_answer(void **state)
{
    struct workers *workers = begin(PROGRAM, 3);
    bool seen[500] = { false };
    char text[16];

    (void)state;
    for (int i = 0; i < 500; i++) {
        snprintf(text, sizeof text, "%d", i);
        submit(workers, text);
    }
    for (int i = 0; i < 500; i++) {
        struct worker_line *line = collect(workers);
        int n = atoi(line->text);

        assert_non_null(line->answer);
        assert_int_equal(n, atoi(line->answer + strlen("{\"n\":")));
        assert_false(seen[n]);
        seen[n] = true;
        worker_line_free(line);
    }
    assert_null(workers_collect(workers));
    workers_close(workers);
}

/* The line at fault is asked twice and then told; its neighbours, said to the same program, are answered. */
static void expect_fault(const char *fault, const char *words)
{
    struct workers *workers = begin(PROGRAM, 1);
    int answered = 0, failed = 0;

    submit(workers, "1");
    submit(workers, fault);
    submit(workers, "2");
    submit(workers, "3");
    for (int i = 0; i < 4; i++) {
        struct worker_line *line = collect(workers);

        answered += line->answer != NULL;
        failed += line->problem != NULL;
        if (line->problem != NULL) {
            assert_string_equal(fault, line->text);
            assert_string_equal(words, line->problem);
            assert_int_equal(2, line->faults);
        }
        worker_line_free(line);
    }
    assert_int_equal(3, answered);
    assert_int_equal(1, failed);
    workers_close(workers);
}

static void test_collect_blames_the_line_on_which_it_dies(void **state)
{
    (void)state;
    expect_fault("die", "/bin/sh ended with status 3: it hurts");
    expect_fault("kill", "/bin/sh was ended by signal 9");
}

static void test_collect_blames_the_line_on_which_it_hangs(void **state)
{
    (void)state;
    limit_ms = 700;
    expect_fault("hang", "/bin/sh did not answer within 0.7 s");
    limit_ms = 60000;
}

static void test_collect_blames_the_line_that_gets_rubbish(void **state)
{
    (void)state;
    expect_fault("rubbish", "/bin/sh said what is no answer: expected one JSON object a line");
    expect_fault("long", "/bin/sh said a line of more than 100000 bytes");
}

/* Also where it is read whole, with its newline, as on a busy machine; so long as allowed is no fault. */
static void test_collect_blames_the_line_that_gets_too_long_a_one_at_once(void **state)
{
    struct workers *workers;

    (void)state;
    line_max = 2000;
    expect_fault("wide", "/bin/sh said a line of more than 2000 bytes");
    line_max = 2001;
    workers = begin(PROGRAM, 1);
    submit(workers, "wide");
    expect(workers, "wide", "{000");
    workers_close(workers);
    line_max = 100000;
}

static void test_collect_blames_the_line_on_which_it_closes_its_stdout(void **state)
{
    (void)state;
    expect_fault("mute", "/bin/sh closed its stdout and went on");
}

/* Words on stderr without end are no answer, and keep nobody from waiting; much of them before an answer does no harm. */
static void test_stderr_is_only_read(void **state)
{
    struct workers *workers = begin(PROGRAM, 1);

    (void)state;
    submit(workers, "loud");
    expect(workers, "loud", "{\"n\":loud}");
    submit(workers, "slow");
    expect(workers, "slow", "{\"n\":2}");
    workers_close(workers);
    limit_ms = 700;
    expect_fault("noisy", "/bin/sh did not answer within 0.7 s");
    limit_ms = 60000;
}

/* The second object is nobody's: the next line is not answered by it. */
static void test_what_is_said_too_much_answers_no_other_line(void **state)
{
    struct workers *workers;

    (void)state;
    is_ours = false;
    workers = begin(PROGRAM, 1);
    is_ours = true;
    for (int i = 0; i < 10; i++) {
        submit(workers, "twice");
        submit(workers, "7");
    }
    for (int i = 0; i < 20; i++) {
        struct worker_line *line = collect(workers);

        assert_string_equal(line->answer, line->text[0] == '7' ? "{\"n\":7}" : "{\"n\":0}");
        worker_line_free(line);
    }
    workers_close(workers);
}

/* Before it is asked anything it ends with 0, or talks. */
static void test_a_program_that_ends_or_talks_at_once_is_given_up(void **state)
{
    static const char *const quits[] = { "/bin/sh", "-c", "exit 0", NULL };
    static const char *const talks[] = { "/bin/sh", "-c", "echo ready; sleep 100", NULL };
    struct workers *workers = begin(quits, 2);

    (void)state;
    for (int i = 0; i < 20; i++)
        submit(workers, "1");
    for (int i = 0; i < 20; i++)
        expect(workers, "1", "/bin/sh ended with status 0");
    workers_close(workers);
    workers = begin(talks, 1);
    submit(workers, "1");
    expect(workers, "1", "/bin/sh said what is no answer: expected one JSON object a line");
    workers_close(workers);
}

/* None of those that were started is left, dead or alive. */
static void test_no_child_is_left(void **state)
{
    (void)state;
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void test_a_program_that_never_answers_is_given_up(void **state)
{
    static const char *const broken[] = { "/bin/sh", "-c", "echo no such module >&2; exit 1", NULL };
    static const char *const missing[] = { "/no/such/program", NULL };
    struct workers *workers = begin(broken, 2);

    (void)state;
    for (int i = 0; i < 20; i++)
        submit(workers, "1");
    for (int i = 0; i < 20; i++)
        expect(workers, "1", "/bin/sh ended with status 1: no such module");
    submit(workers, "2");
    expect(workers, "2", "/bin/sh ended with status 1");
    workers_close(workers);
    workers = begin(missing, 1);
    submit(workers, "1");
    expect(workers, "1", "/no/such/program cannot be started");
    workers_close(workers);
}

static void test_a_line_of_a_megabyte_passes(void **state)
{
    static const char *const count[] = { "/bin/sh", "-c", "while read -r line; do echo \"{\\\"n\\\":${#line}}\"; done", NULL };
    struct workers *workers = begin(count, 1);
    char *text = xmalloc(1000001);

    (void)state;
    memset(text, 'x', 1000000);
    text[1000000] = '\0';
    workers_submit(workers, text, 1000000, NULL);
    struct worker_line *line = collect(workers);
    assert_string_equal("{\"n\":1000000}", line->answer);
    worker_line_free(line);
    workers_close(workers);
}

static void test_drop_forgets_lines_said_and_lines_waiting(void **state)
{
    struct workers *workers = begin(PROGRAM, 1);

    (void)state;
    for (int i = 0; i < 100; i++)
        submit(workers, "hang");
    workers_drop(workers);
    assert_null(workers_collect(workers));
    submit(workers, "7");
    expect(workers, "7", "{\"n\":7}");
    workers_close(workers);
}

/* The next line that is done has that text, and neither an answer nor a fault. */
static void expect_left(struct workers *workers, const char *text)
{
    struct worker_line *line = collect(workers);

    assert_string_equal(text, line->text);
    assert_true(line->is_left && line->answer == NULL && line->problem == NULL);
    worker_line_free(line);
}

/* What is answered in time has its answer; lines that come later have their own time. */
static void test_hurry_leaves_what_is_not_answered_in_time(void **state)
{
    char pid[32];
    static const char *const pids[] = { "/bin/sh", "-c", "read -r line; echo \"{$$\"; read -r line; sleep 100", NULL };
    struct workers *workers = begin(pids, 1);
    struct worker_line *line;

    (void)state;
    submit(workers, "1");
    line = collect(workers);
    snprintf(pid, sizeof pid, "%s", line->answer + 1);
    worker_line_free(line);
    submit(workers, "2");
    submit(workers, "3");
    assert_null(workers_collect(workers));
    workers_hurry(workers, 300);
    expect_left(workers, "2");
    expect_left(workers, "3");
    assert_null(workers_collect(workers));
    assert_int_equal(-1, kill(atoi(pid), 0));
    workers_close(workers);
    workers = begin(PROGRAM, 1);
    workers_hurry(workers, 20000);
    submit(workers, "7");
    expect(workers, "7", "{\"n\":7}");
    workers_hurry(workers, 300);
    submit(workers, "hang");
    expect_left(workers, "hang");
    workers_close(workers);
}

static void expect_wait(const struct workers *workers, const void *owner, const char *words, const char *then, int64_t left_ms)
{
    struct runner_wait at;
    int64_t now_ms = clock_monotonic_ms();

    assert_true(workers_explain(workers, owner, &at));
    assert_string_equal(words, at.words);
    assert_int_equal(then != NULL, at.then != NULL);
    if (then != NULL)
        assert_string_equal(then, at.then);
    assert_true(then == NULL ? at.until_ms == 0 : at.until_ms > now_ms + left_ms - 30000 && at.until_ms <= now_ms + left_ms);
}

static void test_explain_names_the_program_and_until_when(void **state)
{
    static const char *const mute[] = { "/bin/sh", "-c", "sleep 100", NULL };
    struct runner_wait at;
    struct workers *workers;
    int owners[3];

    (void)state;
    is_ours = false;
    workers = begin(mute, 1);
    is_ours = true;
    for (int i = 0; i < 2; i++)
        workers_submit(workers, xstrdup("1"), 1, &owners[i]);
    expect_wait(workers, &owners[0], "graded by sh -c sleep 100", "asked again", 60000);
    expect_wait(workers, &owners[1], "waits for sh -c sleep 100", NULL, 0);
    assert_false(workers_explain(workers, &owners[2], &at));
    workers_hurry(workers, 40000);
    expect_wait(workers, &owners[0], "graded by sh -c sleep 100", "left", 40000);
    expect_wait(workers, &owners[1], "waits for sh -c sleep 100", "left", 40000);
    workers_close(workers);
}

/* A line on its second program is told of as such, and what it took from the first is not counted. */
static void test_explain_tells_a_second_time(void **state)
{
    static const char *const mute[] = { "/bin/sh", "-c", "sleep 100", NULL };
    struct workers *workers;
    struct runner_wait at;
    int owner;

    (void)state;
    limit_ms = 700;
    workers = begin(mute, 1);
    limit_ms = 60000;
    workers_submit(workers, xstrdup("1"), 1, &owner);
    do {
        assert_null(workers_collect(workers));
        assert_true(workers_explain(workers, &owner, &at));
    } while (strcmp(at.then, "asked again") == 0);
    assert_string_equal("given up", at.then);
    workers_close(workers);
}

/* The environment given is ours without what holds a secret. */
static void test_a_program_is_told_no_secret(void **state)
{
    static const char *const NOSY[] = { "/bin/sh", "-c",
        "while read -r line; do echo \"{\\\"n\\\":\\\"$VERNIER_TEST_KEY,$VERNIER_TEST_PROXY,$VERNIER_TEST_WORD\\\"}\"; done", NULL };
    struct workers *workers;

    (void)state;
    setenv("VERNIER_TEST_KEY", "sesame-4711", 1);
    setenv("VERNIER_TEST_PROXY", "http://me:sesame-4711@proxy", 1);
    setenv("VERNIER_TEST_WORD", "plain", 1);
    redact_register_env("VERNIER_TEST_KEY");
    workers = begin(NOSY, 1);
    submit(workers, "1");
    expect(workers, "1", "{\"n\":\",,plain\"}");
    workers_close(workers);
    redact_forget_all();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_collect_gives_every_line_its_answer),
        cmocka_unit_test(test_collect_blames_the_line_on_which_it_dies),
        cmocka_unit_test(test_collect_blames_the_line_on_which_it_hangs),
        cmocka_unit_test(test_collect_blames_the_line_that_gets_rubbish),
        cmocka_unit_test(test_collect_blames_the_line_that_gets_too_long_a_one_at_once),
        cmocka_unit_test(test_a_program_that_never_answers_is_given_up),
        cmocka_unit_test(test_a_line_of_a_megabyte_passes),
        cmocka_unit_test(test_drop_forgets_lines_said_and_lines_waiting),
        cmocka_unit_test(test_a_program_is_told_no_secret),
        cmocka_unit_test(test_hurry_leaves_what_is_not_answered_in_time),
        cmocka_unit_test(test_explain_names_the_program_and_until_when),
        cmocka_unit_test(test_explain_tells_a_second_time),
        cmocka_unit_test(test_collect_blames_the_line_on_which_it_closes_its_stdout),
        cmocka_unit_test(test_stderr_is_only_read),
        cmocka_unit_test(test_what_is_said_too_much_answers_no_other_line),
        cmocka_unit_test(test_a_program_that_ends_or_talks_at_once_is_given_up),
        cmocka_unit_test(test_no_child_is_left),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
