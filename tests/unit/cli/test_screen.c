/*
 * A terminal that is made up stands at the other end of a real pseudo-terminal, so what a person would see is compared,
 * not the bytes: lines that scroll, lines drawn over, what is left when all is over.
 */
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "harness/base/log.h"
#include "harness/cli/screen.h"

#define ROWS 12
#define COLUMNS 40

/* What it shows. It knows what screen.c uses: CR, LF, CSI K, CSI J, CSI n A; it wraps and scrolls. */
struct terminal {
    char cells[ROWS][COLUMNS + 1];
    size_t row, column;
};

static void blank(struct terminal *terminal, size_t row, size_t from)
{
    memset(terminal->cells[row] + from, ' ', COLUMNS - from);
    terminal->cells[row][COLUMNS] = '\0';
}

static void feed_line(struct terminal *terminal)
{
    if (terminal->row < ROWS - 1) {
        terminal->row++;
        return;
    }
    memmove(terminal->cells[0], terminal->cells[1], sizeof terminal->cells - sizeof terminal->cells[0]);
    blank(terminal, ROWS - 1, 0);
}

static void put(struct terminal *terminal, char c)
{
    if (terminal->column == COLUMNS) {
        terminal->column = 0;
        feed_line(terminal);
    }
    terminal->cells[terminal->row][terminal->column++] = c;
}

/* After ESC: returns how many bytes were taken. */
static size_t escape(struct terminal *terminal, const char *text)
{
    char *end;
    long n = strtol(text + 1, &end, 10);

    assert_int_equal(text[0], '[');
    if (strchr("AJK", *end) == NULL)
        fail_msg("an escape of another kind: %s", text);
    if (*end == 'A')
        terminal->row -= (size_t)n < terminal->row ? (size_t)n : terminal->row;
    else
        blank(terminal, terminal->row, terminal->column);
    for (size_t row = terminal->row + 1; *end == 'J' && row < ROWS; row++)
        blank(terminal, row, 0);
    return (size_t)(end + 1 - text);
}

static void show(struct terminal *terminal, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\r')
            terminal->column = 0;
        else if (text[i] == '\n')
            feed_line(terminal);
        else if (text[i] == '\x1b')
            i += escape(terminal, text + i + 1);
        else
            put(terminal, text[i]);
}

/* All lines without the blanks at their ends, and without empty ones at the end. */
static const char *picture(const struct terminal *terminal)
{
    static char text[ROWS * (COLUMNS + 1) + 1];
    size_t length = 0;

    for (size_t row = 0; row < ROWS; row++) {
        size_t width = COLUMNS;
        while (width > 0 && terminal->cells[row][width - 1] == ' ')
            width--;
        memcpy(text + length, terminal->cells[row], width);
        length += width;
        text[length++] = '\n';
    }
    while (length > 1 && text[length - 2] == '\n')
        length--;
    text[length] = '\0';
    return length == 1 ? "" : text;
}

/* On the terminal, but it is not the one that controls the child: that one is hung up with its owner's end, and Linux
 * then throws away what nobody has read yet. In a session of its own, no shell hears of its stops. */
static void be_child(void (*play)(void), int fd)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    dup2(fd, STDERR_FILENO);
    close(fd);
    setenv("TERM", "xterm", 1);
    fprintf(stderr, "$ vernier run\n");
    play();
    fprintf(stderr, "the end\n");
    _exit(0);
}

/* What a child that does so leaves on the terminal; *status how it ended. */
static const char *see(void (*play)(void), unsigned short columns, int *status)
{
    static struct terminal terminal;
    struct winsize size = { .ws_row = ROWS, .ws_col = columns };
    char text[65536];
    size_t length = 0;
    int fd, child_fd;
    ssize_t got;
    pid_t pid;

    assert_int_equal(openpty(&fd, &child_fd, NULL, NULL, &size), 0);
    pid = fork();
    if (pid == 0)
        be_child(play, child_fd);
    close(child_fd);
    while (length < sizeof text && (got = read(fd, text + length, sizeof text - length)) > 0)
        length += (size_t)got;
    assert_int_equal(waitpid(pid, status, 0), pid);
    close(fd);
    memset(&terminal, 0, sizeof terminal);
    for (size_t row = 0; row < ROWS; row++)
        blank(&terminal, row, 0);
    show(&terminal, text, length);
    return picture(&terminal);
}

static void play_some(void)
{
    screen_draw("one\ntwo\nthree\n");
    screen_draw("one\n2\n");
    screen_draw("one and only, and as long as it gets\ntwo\nthree\nfour\n");
}

static void play_whole(void)
{
    play_some();
    screen_clear();
}

static void play_no_end(void)
{
    play_some();
    _exit(0);
}

static void test_screen_draw_goes_over_what_was_there(void **state)
{
    int status;

    (void)state;
    assert_string_equal(see(play_no_end, COLUMNS, &status), "$ vernier run\none and only, and as long as it gets\ntwo\nthree\nfour\n");
}

static void test_screen_clear_leaves_nothing(void **state)
{
    int status;

    (void)state;
    assert_string_equal(see(play_whole, COLUMNS, &status), "$ vernier run\nthe end\n");
}

static void play_log(void)
{
    play_some();
    log_info("a word");
    screen_draw("one and only, and as long as it gets\ntwo\nthree\nfour\n");
    log_info("more");
    screen_draw("done\n");
    screen_clear();
    log_info("last");
}

static void test_screen_makes_way_for_the_log(void **state)
{
    int status;

    (void)state;
    assert_string_equal(see(play_log, COLUMNS, &status),
                        "$ vernier run\nvernier: a word\nvernier: more\nvernier: last\nthe end\n");
}

/* Fourteen lines on a terminal of twelve. */
static void play_tall(void)
{
    screen_draw("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n");
    screen_draw("a\nb\nc\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n");
    screen_clear();
}

static void play_scrolled(void)
{
    for (int i = 0; i < 20; i++)
        fprintf(stderr, "line %d\n", i);
    play_whole();
}

static void test_screen_draw_at_the_bottom_scrolls_once(void **state)
{
    int status;

    (void)state;
    assert_string_equal(see(play_tall, COLUMNS, &status), "$ vernier run\nthe end\n");
    assert_non_null(strstr(see(play_scrolled, COLUMNS, &status), "line 18\nline 19\nthe end\n"));
}

static void play_quit(void)
{
    play_some();
    raise(SIGQUIT);
}

static void play_abort(void)
{
    play_some();
    abort();
}

/* A stop: the group has no shell, so it goes on at once; the next drawing is whole again. */
static void play_stop(void)
{
    play_some();
    raise(SIGTSTP);
    fprintf(stderr, "[1]+ Stopped\n");
    screen_draw("one and only, and as long as it gets\ntwo\nthree\nfour\n");
    raise(SIGTSTP);
    screen_draw("after\n");
    screen_clear();
}

static void test_screen_goes_with_the_signals_that_end_us(void **state)
{
    int status;

    (void)state;
    assert_string_equal(see(play_quit, COLUMNS, &status), "$ vernier run\n");
    assert_int_equal(WTERMSIG(status), SIGQUIT);
    assert_string_equal(see(play_abort, COLUMNS, &status), "$ vernier run\n");
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_string_equal(see(play_stop, COLUMNS, &status), "$ vernier run\n[1]+ Stopped\nthe end\n");
}

/* The terminal is made narrower and wider meanwhile. */
static void resize(unsigned short columns)
{
    struct winsize size = { .ws_row = ROWS, .ws_col = columns };

    ioctl(STDERR_FILENO, TIOCSWINSZ, &size);
}

static void play_resize(void)
{
    play_some();
    resize(11);
    fprintf(stderr, "%zu ", screen_columns());
    screen_draw("tiny\n");
    resize(0);
    fprintf(stderr, "%zu ", screen_columns());
    screen_draw("usual\n");
    screen_clear();
    resize(COLUMNS);
    fprintf(stderr, "%zu\n", screen_columns());
}

static void test_screen_columns_follow_the_terminal(void **state)
{
    int status;

    (void)state;
    assert_string_equal(see(play_resize, COLUMNS, &status), "$ vernier run\n39\nthe end\n");
}

static void play_same(void)
{
    for (int i = 0; i < 5000; i++)
        screen_draw("the same\nalways\n");       /* more than see() reads, were it written each time */
    screen_clear();
}

static void test_screen_draw_writes_only_what_changed(void **state)
{
    int status;

    (void)state;
    assert_string_equal(see(play_same, COLUMNS, &status), "$ vernier run\nthe end\n");
}

static void test_screen_is_there_wants_a_terminal_that_can(void **state)
{
    int saved = dup(STDERR_FILENO), ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    bool is_there = screen_is_there();
    screen_clear();
    dup2(saved, STDERR_FILENO);
    assert_false(is_there);
    close(ends[0]);
    close(ends[1]);
    close(saved);
}

static void test_screen_is_ascii_asks_the_locale(void **state)
{
    (void)state;
    setenv("LC_ALL", "C.UTF-8", 1);
    assert_false(screen_is_ascii());
    setenv("LC_ALL", "C", 1);
    assert_true(screen_is_ascii());
    setenv("LC_ALL", "no_SUCH.locale", 1);
    assert_true(screen_is_ascii());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_screen_draw_goes_over_what_was_there),
        cmocka_unit_test(test_screen_clear_leaves_nothing),
        cmocka_unit_test(test_screen_makes_way_for_the_log),
        cmocka_unit_test(test_screen_draw_at_the_bottom_scrolls_once),
        cmocka_unit_test(test_screen_goes_with_the_signals_that_end_us),
        cmocka_unit_test(test_screen_columns_follow_the_terminal),
        cmocka_unit_test(test_screen_draw_writes_only_what_changed),
        cmocka_unit_test(test_screen_is_there_wants_a_terminal_that_can),
        cmocka_unit_test(test_screen_is_ascii_asks_the_locale),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
