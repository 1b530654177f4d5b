#include "harness/base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/redact.h"

/* What went to stderr since begin_capture. A pipe keeps each write apart only in time, so one read shows one write. */
static int saved_stderr, pipe_end;

static void begin_capture(void)
{
    int ends[2];

    assert_int_equal(pipe2(ends, O_CLOEXEC | O_DIRECT), 0);     /* O_DIRECT: one write is one packet */
    saved_stderr = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    pipe_end = ends[0];
    fcntl(pipe_end, F_SETFL, O_NONBLOCK);
}

static const char *next_write(void)
{
    static char text[4097];
    ssize_t got = read(pipe_end, text, sizeof text - 1);

    text[got > 0 ? got : 0] = '\0';
    return text;
}

static void end_capture(void)
{
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    close(pipe_end);
}

static int reset(void **state)
{
    (void)state;
    log_set_level(LOG_INFO);
    redact_forget_all();
    return 0;
}

static void test_log_writes_a_line_at_once(void **state)
{
    (void)state;
    begin_capture();
    log_error("no %s", "disk");
    log_warn("slow");
    log_info("%d samples", 5);
    assert_string_equal(next_write(), "vernier: error: no disk\n");
    assert_string_equal(next_write(), "vernier: warning: slow\n");
    assert_string_equal(next_write(), "vernier: 5 samples\n");
    assert_string_equal(next_write(), "");
    end_capture();
}

static void test_log_set_level_drops_what_is_above(void **state)
{
    (void)state;
    begin_capture();
    log_set_level(LOG_WARN);
    log_info("hidden");
    log_warn("shown");
    log_set_level(LOG_ERROR);
    log_warn("hidden");
    log_info("hidden");
    log_error("last");
    assert_string_equal(next_write(), "vernier: warning: shown\n");
    assert_string_equal(next_write(), "vernier: error: last\n");
    assert_string_equal(next_write(), "");
    end_capture();
}

static void test_log_hides_secrets_and_disarms_controls(void **state)
{
    (void)state;
    redact_register("KEY", "sk-\x01" "23456");
    begin_capture();
    log_error("Bearer sk-\x01" "23456 \x1b[2J\xff");
    assert_string_equal(next_write(), "vernier: error: Bearer [secret KEY] \\x1b[2J\\xff\n");
    end_capture();
}

static void test_log_survives_a_stderr_that_is_gone(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    begin_capture();
    close(pipe_end);
    errno = ENOSPC;
    log_error("nobody reads");
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    assert_int_equal(errno, ENOSPC);
    signal(SIGPIPE, SIG_DFL);
}

static void test_log_bounds_a_line(void **state)
{
    FILE *file = tmpfile();
    char *text = malloc(1000000);

    (void)state;
    memset(text, 1, 999999);
    text[999999] = '\0';
    saved_stderr = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    log_error("%s", text);
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    assert_int_equal(lseek(fileno(file), 0, SEEK_CUR), strlen("vernier: error: ") + 4 * 65536 + 1);
    fclose(file);
    free(text);
}

static void take_away(void)
{
    assert_int_equal(write(STDERR_FILENO, "(away)", 6), 6);
}

static void test_log_lets_a_drawing_be_taken_away_first(void **state)
{
    (void)state;
    begin_capture();
    log_set_before(take_away);
    log_info("one");
    assert_string_equal(next_write(), "(away)");
    assert_string_equal(next_write(), "vernier: one\n");
    log_set_level(LOG_ERROR);
    log_info("not said");
    assert_string_equal(next_write(), "");
    log_set_before(NULL);
    log_error("two");
    assert_string_equal(next_write(), "vernier: error: two\n");
    end_capture();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_log_writes_a_line_at_once, reset),
        cmocka_unit_test_teardown(test_log_lets_a_drawing_be_taken_away_first, reset),
        cmocka_unit_test_teardown(test_log_set_level_drops_what_is_above, reset),
        cmocka_unit_test_teardown(test_log_hides_secrets_and_disarms_controls, reset),
        cmocka_unit_test_teardown(test_log_survives_a_stderr_that_is_gone, reset),
        cmocka_unit_test_teardown(test_log_bounds_a_line, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
