/*
 * measure: starts a program and writes down what it took.
 *
 *     measure FILE TIMES COMMAND [ARGUMENT...]
 *
 * Appends a line a start to FILE: wall clock and CPU in microseconds, peak memory in kB, exit code, and when it was
 * started (monotonic, microseconds). CPU is user and system time of the program and of all children it waited for; the
 * peak is that of the largest of these processes. Exits with the program's own code, at the first that is not 0.
 */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

#define USAGE_CODE 64
#define FAILED_CODE 70

static long long now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static long long as_us(struct timeval time)
{
    return (long long)time.tv_sec * 1000000 + time.tv_usec;
}

/* The program's exit code, 128 and more when a signal ended it; -1 when it could not be started. */
static int measure(FILE *out, char **command)
{
    long long started_us = now_us(), wall_us;
    struct rusage usage;
    pid_t pid;
    int status, code;

    code = posix_spawnp(&pid, command[0], NULL, NULL, command, environ);
    if (code != 0) {
        fprintf(stderr, "measure: %s: %s\n", command[0], strerror(code));
        return -1;
    }
    while (wait4(pid, &status, 0, &usage) < 0)
        if (errno != EINTR)
            return -1;
    wall_us = now_us() - started_us;
    code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    fprintf(out, "%lld %lld %ld %d %lld\n", wall_us, as_us(usage.ru_utime) + as_us(usage.ru_stime), usage.ru_maxrss,
            code, started_us);
    return code;
}

int main(int argc, char **argv)
{
    FILE *out;
    int code = 0;

    if (argc < 4) {
        fprintf(stderr, "usage: measure FILE TIMES COMMAND [ARGUMENT...]\n");
        return USAGE_CODE;
    }
    out = fopen(argv[1], "a");
    if (out == NULL) {
        fprintf(stderr, "measure: %s: %s\n", argv[1], strerror(errno));
        return FAILED_CODE;
    }
    for (long times = strtol(argv[2], NULL, 10); times > 0 && code == 0; times--)
        code = measure(out, argv + 3);
    fclose(out);
    return code < 0 ? FAILED_CODE : code;
}
