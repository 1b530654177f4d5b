#include "harness/cli/interrupt.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "harness/base/err.h"

static const int SIGNALS[] = { SIGINT, SIGTERM, SIGHUP };
#define SIGNAL_COUNT (sizeof SIGNALS / sizeof SIGNALS[0])

static struct sigaction before[SIGNAL_COUNT];
static bool on_terminal;

/* Whatever line is drawn is taken away first. write and _exit are all that a handler may use here. */
static void on_signal(int number)
{
    static const char WIPE[] = "\r\x1b[K", WORDS[] = "vernier: interrupted; the same command goes on\n";
    ssize_t put = on_terminal ? write(STDERR_FILENO, WIPE, sizeof WIPE - 1) : 0;

    (void)number;
    put = write(STDERR_FILENO, WORDS, sizeof WORDS - 1);
    (void)put;
    _exit(EXIT_INCOMPLETE);
}

void interrupt_heed(void)
{
    struct sigaction action = { .sa_handler = on_signal };

    on_terminal = isatty(STDERR_FILENO) == 1;
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        sigaction(SIGNALS[i], NULL, &before[i]);
        if (before[i].sa_handler == SIG_DFL)
            sigaction(SIGNALS[i], &action, NULL);
    }
}

void interrupt_end(void)
{
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        sigaction(SIGNALS[i], &before[i], NULL);
}

static sigset_t all_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        sigaddset(&set, SIGNALS[i]);
    return set;
}

int interrupt_open(void)
{
    const sigset_t set = all_signals();
    int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);

    if (fd >= 0)
        sigprocmask(SIG_BLOCK, &set, NULL);
    return fd;
}

bool interrupt_came(int fd)
{
    struct pollfd signals = { .fd = fd, .events = POLLIN };

    return poll(&signals, 1, 0) > 0;
}

void interrupt_close(int fd)
{
    const sigset_t set = all_signals();

    if (fd < 0)
        return;
    close(fd);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}
