/*
 * Preloaded: the wall clock jumps once, and system calls are interrupted all the time.
 *
 *     ODD_JUMP_MS=3600000  the wall clock is wrong by so much, from ODD_JUMP_AFTER_MS on
 *     ODD_TICK_US=1000     a signal that often, whose handler restarts no system call
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static int64_t jump_ms, jump_at_ms;

static int64_t read_number(const char *name)
{
    const char *text = getenv(name);

    return text != NULL ? strtoll(text, NULL, 10) : 0;
}

/* As libc has it. */
static int get_time(clockid_t id, struct timespec *now)
{
    static int (*real)(clockid_t, struct timespec *);

    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    return real(id, now);
}

static int64_t uptime_ms(void)
{
    struct timespec now;

    get_time(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void do_nothing(int number)
{
    (void)number;
}

static void tick(int64_t us)
{
    struct sigaction action = { .sa_handler = do_nothing };
    struct itimerval often = { { 0, us }, { 0, us } };

    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
}

__attribute__((constructor)) static void begin(void)
{
    int64_t tick_us = read_number("ODD_TICK_US");

    jump_ms = read_number("ODD_JUMP_MS");
    jump_at_ms = uptime_ms() + read_number("ODD_JUMP_AFTER_MS");
    if (tick_us > 0)
        tick(tick_us);
}

int clock_gettime(clockid_t id, struct timespec *now)
{
    int result = get_time(id, now);

    if (id == CLOCK_REALTIME && jump_ms != 0 && uptime_ms() >= jump_at_ms)
        now->tv_sec += jump_ms / 1000;
    return result;
}

time_t time(time_t *out)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (out != NULL)
        *out = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec precise;

    (void)zone;
    clock_gettime(CLOCK_REALTIME, &precise);
    *now = (struct timeval){ precise.tv_sec, precise.tv_nsec / 1000 };
    return 0;
}
