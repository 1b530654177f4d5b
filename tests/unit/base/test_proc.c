#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "harness/base/clock.h"
#include "harness/base/proc.h"

#define ARGV(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define SHELL(script) ARGV("sh", "-c", script)

static struct proc *start(const struct proc_spec *spec)
{
    struct err err = ERR_INIT;
    struct proc *proc = proc_start(spec, &err);

    if (proc == NULL)
        print_message("%s\n", err.text);
    assert_non_null(proc);
    return proc;
}

/* A script run to its end. */
static struct proc *run(const char *script)
{
    struct proc_spec spec = { .argv = SHELL(script), .output_max = 1000, .timeout_ms = 20000 };
    struct proc *proc = start(&spec);

    proc_wait(proc);
    return proc;
}

static void test_wait_gives_status_and_both_outputs(void **state)
{
    struct proc *proc = run("echo out; echo err >&2; exit 3");

    (void)state;
    assert_int_equal(proc->end, PROC_EXITED);
    assert_int_equal(proc->status, 3);
    assert_string_equal(proc->output.data, "out\n");
    assert_string_equal(proc->error.data, "err\n");
    assert_int_equal(proc->output_bytes, 4);
    assert_false(proc->output.cut);
    proc_free(proc);
}

static void test_wait_tells_the_signal(void **state)
{
    struct proc *proc = run("kill -USR1 $$");

    (void)state;
    assert_int_equal(proc->end, PROC_SIGNALED);
    assert_int_equal(proc->status, SIGUSR1);
    proc_free(proc);
}

static void test_start_names_what_cannot_be_started(void **state)
{
    struct proc_spec spec = { .argv = ARGV("no-such-program-here"), .output_max = 10 };
    struct err err = ERR_INIT;

    (void)state;
    assert_null(proc_start(&spec, &err));
    assert_string_equal(err.text, "no-such-program-here cannot be started: No such file or directory");
    spec.argv = ARGV("/etc/passwd");
    assert_null(proc_start(&spec, &err));
    assert_string_equal(err.text, "/etc/passwd cannot be started: Permission denied");
    spec.argv = ARGV("true");
    spec.folder = "/no/such/folder";
    assert_null(proc_start(&spec, &err));
    assert_string_equal(err.text, "true cannot be started in /no/such/folder: No such file or directory");
}

static void test_start_sets_folder_and_environment(void **state)
{
    struct proc_spec spec = { .argv = SHELL("pwd; echo $COLOUR; env | grep -c VERNIER_SECRET"), .folder = "/",
        .environment = ARGV("COLOUR=blue", "PATH=/usr/bin:/bin"), .output_max = 1000 };
    struct proc *proc;

    (void)state;
    setenv("VERNIER_SECRET", "sesame", 1);
    proc = start(&spec);
    proc_wait(proc);
    assert_string_equal(proc->output.data, "/\nblue\n0\n");
    proc_free(proc);
}

static void test_start_inherits_the_environment_without_one(void **state)
{
    struct proc *proc;

    (void)state;
    setenv("VERNIER_SECRET", "sesame", 1);
    proc = run("echo $VERNIER_SECRET");
    assert_string_equal(proc->output.data, "sesame\n");
    proc_free(proc);
}

/* More than a pipe holds, both ways at once: neither side may wait for the other. */
static void test_wait_moves_much_input_and_output(void **state)
{
    size_t length = (size_t)3 << 20;
    char *input = malloc(length);
    struct proc_spec spec = { .argv = ARGV("cat"), .input = input, .input_length = length, .output_max = length };
    struct proc *proc;

    (void)state;
    for (size_t i = 0; i < length; i++)
        input[i] = (char)(i * 7 % 251);
    proc = start(&spec);
    proc_wait(proc);
    assert_int_equal(proc->end, PROC_EXITED);
    assert_int_equal(proc->output.length, length);
    assert_memory_equal(proc->output.data, input, length);
    assert_false(proc->output.cut);
    proc_free(proc);
    free(input);
}

static void test_wait_without_input_closes_stdin(void **state)
{
    struct proc *proc = run("cat; echo end");

    (void)state;
    assert_string_equal(proc->output.data, "end\n");
    proc_free(proc);
}

static void test_wait_survives_a_child_that_reads_nothing(void **state)
{
    size_t length = (size_t)1 << 20;
    char *input = calloc(1, length);
    struct proc_spec spec = { .argv = SHELL("exec <&-; sleep 0.1; exit 4"), .input = input, .input_length = length,
        .output_max = 10 };
    struct proc *proc = start(&spec);

    (void)state;
    proc_wait(proc);
    assert_int_equal(proc->end, PROC_EXITED);
    assert_int_equal(proc->status, 4);
    proc_free(proc);
    free(input);
}

static void test_wait_counts_what_it_drops(void **state)
{
    struct proc *proc = run("head -c 5000000 /dev/zero; head -c 2000 /dev/zero >&2");

    (void)state;
    assert_int_equal(proc->output.length, 1000);
    assert_true(proc->output.cut);
    assert_int_equal(proc->output_bytes, 5000000);
    assert_int_equal(proc->error.length, 1000);
    assert_int_equal(proc->error_bytes, 2000);
    proc_free(proc);
}

/* The sleep would hold the pipes for a minute: only killing the group ends it, and the wait must not need its end. */
static void test_wait_kills_the_group_after_its_time(void **state)
{
    struct proc_spec spec = { .argv = SHELL("echo $$; sleep 60 & sleep 60; echo late"), .output_max = 1000,
        .timeout_ms = 1000 };      /* time enough for a busy machine to start a shell */
    int64_t begun_ms = clock_monotonic_ms();
    struct proc *proc = start(&spec);
    pid_t pid = proc->pid;

    (void)state;
    proc_wait(proc);
    assert_int_equal(proc->end, PROC_TIMED_OUT);
    assert_true(clock_monotonic_ms() - begun_ms >= 1000);
    assert_true(clock_monotonic_ms() - begun_ms < 30000);
    assert_int_equal(atoi(proc->output.data), pid);
    assert_null(strstr(proc->output.data, "late"));
    proc_free(proc);
}

static void test_wait_does_not_wait_for_grandchildren(void **state)
{
    struct proc *proc = run("sleep 60 & echo $!");      /* longer than run() would wait */

    (void)state;
    assert_int_equal(proc->end, PROC_EXITED);
    kill(atoi(proc->output.data), SIGKILL);
    proc_free(proc);
}

static void test_poll_returns_while_it_runs(void **state)
{
    struct proc_spec spec = { .argv = SHELL("echo first; sleep 60"), .output_max = 1000 };
    struct proc *proc = start(&spec);
    int64_t begun_ms = clock_monotonic_ms();

    (void)state;
    while (proc->output.length == 0)
        assert_false(proc_poll(proc, 1000));
    assert_false(proc_poll(proc, 50));
    assert_false(proc_poll(proc, 0));
    assert_int_equal(proc->end, PROC_RUNNING);
    assert_true(clock_monotonic_ms() - begun_ms < 30000);
    proc_free(proc);
}

static void test_poll_is_done_for_good(void **state)
{
    struct proc *proc = run("exit 0");

    (void)state;
    assert_true(proc_poll(proc, 1000));
    assert_true(proc_poll(proc, 1000));
    assert_int_equal(proc->end, PROC_EXITED);
    assert_int_equal(proc->status, 0);
    proc_free(proc);
}

static void test_poll_late_is_no_timeout_for_a_child_that_ended_in_time(void **state)
{
    struct proc_spec spec = { .argv = ARGV("true"), .output_max = 10, .timeout_ms = 300 };
    struct proc *proc = start(&spec);

    siginfo_t info;

    (void)state;
    assert_int_equal(waitid(P_PID, (id_t)proc->pid, &info, WEXITED | WNOWAIT), 0);
    usleep(500000);
    assert_true(proc_poll(proc, 0));
    assert_int_equal(proc->end, PROC_EXITED);
    proc_free(proc);
}

static void test_signal_reaches_the_group(void **state)
{
    struct proc_spec spec = { .argv = SHELL("trap 'exit 9' TERM; echo up; sleep 60 & wait"), .output_max = 1000 };
    struct proc *proc = start(&spec);

    (void)state;
    while (proc->output.length == 0)
        proc_poll(proc, 1000);
    assert_int_equal(getpgid(proc->pid), proc->pid);
    proc_signal(proc, SIGTERM);
    proc_wait(proc);
    assert_int_equal(proc->end, PROC_EXITED);
    assert_int_equal(proc->status, 9);
    proc_signal(proc, SIGTERM);
    proc_free(proc);
}

static void test_free_kills_a_living_child(void **state)
{
    struct proc_spec spec = { .argv = ARGV("sleep", "60"), .output_max = 10 };
    struct proc *proc = start(&spec);
    pid_t pid = proc->pid;

    (void)state;
    proc_free(proc);
    assert_int_equal(kill(pid, 0), -1);
    proc_free(NULL);
}

/* Killed itself, so it cannot kill: it is a child of ours that starts the program and tells its number. */
static pid_t start_and_be_killed(void)
{
    struct proc_spec spec = { .argv = SHELL("echo; exec sleep 60"), .output_max = 10, .dies_with_us = true };
    struct proc *proc;
    pid_t pid, started = 0;
    int fds[2];

    assert_int_equal(pipe(fds), 0);
    pid = fork();
    if (pid == 0) {
        proc = start(&spec);
        while (proc->output.length == 0)      /* until then it may not have asked for its end yet */
            proc_poll(proc, 100);
        started = proc->pid;
        _exit(write(fds[1], &started, sizeof started) == sizeof started && pause() == 0);
    }
    assert_int_equal(read(fds[0], &started, sizeof started), sizeof started);
    close(fds[0]);
    close(fds[1]);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    return started;
}

static void test_child_dies_with_a_parent_that_is_killed(void **state)
{
    int status = 0, ticks = 0;
    pid_t orphan;

    (void)state;
    prctl(PR_SET_CHILD_SUBREAPER, 1);      /* so that we hear how it ends */
    orphan = start_and_be_killed();
    while (waitpid(orphan, &status, WNOHANG) == 0 && ticks++ < 300)
        usleep(100000);
    kill(orphan, SIGKILL);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    assert_true(ticks < 300);
    assert_true(WIFSIGNALED(status));
}

static void expect_unstarted(const char *script, bool dies_with_us, const char *why)
{
    struct proc_spec spec = { .argv = ARGV("./program"), .output_max = 1000, .timeout_ms = 20000,
                              .dies_with_us = dies_with_us };
    char folder[] = "/tmp/test_proc_XXXXXX";
    struct proc *proc;
    FILE *file;

    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    file = fopen("program", "w");
    fputs(script, file);
    fclose(file);
    chmod("program", 0755);
    proc = start(&spec);
    proc_wait(proc);
    if (why != NULL)
        assert_string_equal(proc_find_unstarted(proc), why);
    else
        assert_null(proc_find_unstarted(proc));
    proc_free(proc);
    unlink("program");
    assert_int_equal(chdir("/"), 0);
    rmdir(folder);
}

/* It is there and may be executed, so only its end tells; never one that was started and ends likewise. */
static void test_find_unstarted_tells_why(void **state)
{
    (void)state;
    expect_unstarted("#!/no/such/interpreter\n", true,
                     "the interpreter that it wants (its first line, \"#!\", names it) is not there");
    expect_unstarted("#!/etc\n", true, "it, or the interpreter that it wants, may not be executed");
    expect_unstarted("#!/bin/sh\nexit 127\n", true, NULL);
    expect_unstarted("#!/bin/sh\necho setpriv: odd >&2; echo out; exit 127\n", true, NULL);
    expect_unstarted("#!/bin/sh\necho setpriv: odd >&2; exit 127\n", false, NULL);
    expect_unstarted("#!/bin/sh\necho setpriv: odd >&2; exit 1\n", true, NULL);
}

/* Only its three, whatever we have open: another child's pipes, or what some library opened carelessly. */
static void test_start_leaks_no_descriptor(void **state)
{
    struct proc_spec sleeper = { .argv = ARGV("sleep", "60"), .output_max = 10 };
    int careless = open("/dev/null", O_RDONLY);
    struct proc *other = start(&sleeper), *proc = run("ls /proc/self/fd | wc -l");

    (void)state;
    close(careless);
    assert_int_equal(atoi(proc->output.data), 4);       /* and the one ls reads the folder with */
    proc_free(proc);
    proc_free(other);
}

static void test_start_works_with_our_standard_descriptors_closed(void **state)
{
    int in = dup(0), out = dup(1), err = dup(2);
    struct proc *proc;
    bool same;

    (void)state;
    fcntl(in, F_SETFD, FD_CLOEXEC);
    fcntl(out, F_SETFD, FD_CLOEXEC);
    fcntl(err, F_SETFD, FD_CLOEXEC);
    close(0);
    close(1);
    close(2);
    proc = run("echo a; echo b >&2; cat");
    same = strcmp(proc->output.data, "a\n") == 0 && strcmp(proc->error.data, "b\n") == 0;
    proc_free(proc);
    dup2(in, 0);
    dup2(out, 1);
    dup2(err, 2);
    close(in);
    close(out);
    close(err);
    assert_true(same);
}

static void test_start_gives_the_child_usual_signals(void **state)
{
    unsigned long long ours = 1ULL << (SIGPIPE - 1) | 1ULL << (SIGINT - 1) | 1ULL << (SIGTERM - 1);
    sigset_t set, old;
    struct proc *proc;
    char *ignored;

    (void)state;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, &old);
    proc = run("grep -E 'SigBlk|SigIgn' /proc/self/status | cut -f 2");
    sigprocmask(SIG_SETMASK, &old, NULL);
    assert_int_equal(strtoull(proc->output.data, &ignored, 16), 0);
    assert_int_equal(strtoull(ignored, NULL, 16) & ours, 0);
    proc_free(proc);
}

static size_t count_fds(void)
{
    DIR *folder = opendir("/proc/self/fd");
    size_t count = 0;

    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static void test_free_closes_everything(void **state)
{
    struct proc_spec bad = { .argv = ARGV("no-such-program-here"), .output_max = 10 };
    struct err err = ERR_INIT;
    size_t before = count_fds();

    (void)state;
    proc_free(run("exit 0"));
    assert_null(proc_start(&bad, &err));
    assert_int_equal(count_fds(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wait_gives_status_and_both_outputs),
        cmocka_unit_test(test_wait_tells_the_signal),
        cmocka_unit_test(test_start_names_what_cannot_be_started),
        cmocka_unit_test(test_start_sets_folder_and_environment),
        cmocka_unit_test(test_start_inherits_the_environment_without_one),
        cmocka_unit_test(test_wait_moves_much_input_and_output),
        cmocka_unit_test(test_wait_without_input_closes_stdin),
        cmocka_unit_test(test_wait_survives_a_child_that_reads_nothing),
        cmocka_unit_test(test_wait_counts_what_it_drops),
        cmocka_unit_test(test_wait_kills_the_group_after_its_time),
        cmocka_unit_test(test_wait_does_not_wait_for_grandchildren),
        cmocka_unit_test(test_poll_returns_while_it_runs),
        cmocka_unit_test(test_poll_is_done_for_good),
        cmocka_unit_test(test_poll_late_is_no_timeout_for_a_child_that_ended_in_time),
        cmocka_unit_test(test_signal_reaches_the_group),
        cmocka_unit_test(test_free_kills_a_living_child),
        cmocka_unit_test(test_child_dies_with_a_parent_that_is_killed),
        cmocka_unit_test(test_find_unstarted_tells_why),
        cmocka_unit_test(test_start_leaks_no_descriptor),
        cmocka_unit_test(test_start_works_with_our_standard_descriptors_closed),
        cmocka_unit_test(test_start_gives_the_child_usual_signals),
        cmocka_unit_test(test_free_closes_everything),
    };

    signal(SIGPIPE, SIG_IGN);         /* as the main program does; proc.c relies on it */
    return cmocka_run_group_tests_name("proc", tests, NULL, NULL);
}
