/*
 * The child leads its own process group, so one kill reaches all it started (unless they left the group). Its end is
 * seen at the pidfd, never at its pipes: what is in them then is read, without waiting for whoever still holds them.
 *
 * It dies with us, also when we are killed: else a program that hangs would stay for ever with nobody to end it. That is
 * asked by the child itself (PR_SET_PDEATHSIG), which posix_spawn has no word for; so there is a fork here.
 *
 * SIGPIPE must be ignored by the program (main does it): a write to a child that closed its stdin is then only EPIPE,
 * and counts as written. The child itself starts with SIGPIPE, SIGINT and SIGTERM as usual and nothing blocked.
 */
#include "harness/base/proc.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/mem.h"

#define TELL_FILENO (STDERR_FILENO + 1)      /* where a child tells that its program does not start */

struct pipes { int in[2], out[2], err[2]; };      /* [0] is read from */

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void close_pipes(struct pipes *pipes)
{
    for (size_t i = 0; i < 2; i++) {
        close_fd(&pipes->in[i]);
        close_fd(&pipes->out[i]);
        close_fd(&pipes->err[i]);
    }
}

/* Ours is the non-blocking end; the child gets a blocking one, as programs expect. */
static int open_pipe(int fds[2], int ours, struct err *err)
{
    if (pipe2(fds, O_CLOEXEC) < 0) {
        fds[0] = fds[1] = -1;
        return err_set(err, "pipe: %s", strerror(errno));
    }
    fcntl(fds[ours], F_SETFL, O_NONBLOCK);
    return 0;
}

/* dup2 onto the same number would keep close-on-exec set, so no pipe may have a number of the child's three. */
static int lift(int *fd, struct err *err)
{
    int higher;

    if (*fd > STDERR_FILENO)
        return 0;
    higher = fcntl(*fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (higher < 0)
        return err_set(err, "pipe: %s", strerror(errno));
    close(*fd);
    *fd = higher;
    return 0;
}

static int open_pipes(struct pipes *pipes, struct err *err)
{
    *pipes = (struct pipes){ { -1, -1 }, { -1, -1 }, { -1, -1 } };
    if (open_pipe(pipes->in, 1, err) < 0 || open_pipe(pipes->out, 0, err) < 0 || open_pipe(pipes->err, 0, err) < 0
        || lift(&pipes->in[0], err) < 0 || lift(&pipes->out[1], err) < 0 || lift(&pipes->err[1], err) < 0) {
        close_pipes(pipes);
        return -1;
    }
    return 0;
}

/* What main ignores or blocks for itself is not the child's to inherit. */
static void use_usual_signals(void)
{
    static const int OURS[] = { SIGPIPE, SIGINT, SIGTERM };
    const struct sigaction usual = { .sa_handler = SIG_DFL };
    sigset_t none;

    for (size_t i = 0; i < sizeof OURS / sizeof OURS[0]; i++)
        sigaction(OURS[i], &usual, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* tell moves to a number of its own, above the three, and closes by itself when the program begins. */
static bool use_pipes(const struct pipes *pipes, int *tell)
{
    if (dup2(pipes->in[0], STDIN_FILENO) < 0 || dup2(pipes->out[1], STDOUT_FILENO) < 0 ||
        dup2(pipes->err[1], STDERR_FILENO) < 0 || (*tell != TELL_FILENO && dup3(*tell, TELL_FILENO, O_CLOEXEC) < 0))
        return false;
    *tell = TELL_FILENO;
    /* libcurl 7.88 opens its sockets without close-on-exec, and our own parent may have left us some, too. */
    closefrom(TELL_FILENO + 1);
    return true;
}

/* The child's part, with calls only that are safe after a fork. Whoever forked it may have died before it asked to die
 * with that one: then it has another parent already. */
static _Noreturn void become(const struct proc_spec *spec, const struct pipes *pipes, pid_t parent, int tell)
{
    char **environment = spec->environment != NULL ? (char **)spec->environment : environ;
    int code;
    ssize_t told;

    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent && setpgid(0, 0) == 0 && use_pipes(pipes, &tell) &&
        (spec->folder == NULL || chdir(spec->folder) == 0)) {
        use_usual_signals();
        execvpe(spec->argv[0], (char **)spec->argv, environment);
    }
    code = errno;
    told = write(tell, &code, sizeof code);
    _exit(told == sizeof code ? 127 : 126);
}

/* 0 once the program runs, else why it does not. */
static int hear(int fd)
{
    ssize_t n;
    int code = 0;

    do
        n = read(fd, &code, sizeof code);
    while (n < 0 && errno == EINTR);
    return n == sizeof code ? code : 0;
}

/* No handler of ours may run in the child, so signals wait until it has its own. -1 with errno set. */
static pid_t fork_quietly(const struct proc_spec *spec, const struct pipes *pipes, int tell)
{
    pid_t parent = getpid(), pid;
    sigset_t all, before;
    int code;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid = fork();
    if (pid == 0)
        become(spec, pipes, parent, tell);
    code = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = code;
    return pid;
}

static int refuse_start(const struct proc_spec *spec, int code, struct err *err)
{
    if (spec->folder != NULL && access(spec->folder, X_OK) < 0)
        return err_set(err, "%s cannot be started in %s: %s", spec->argv[0], spec->folder, strerror(errno));
    return err_set(err, "%s cannot be started: %s", spec->argv[0], strerror(code));
}

static int spawn(const struct proc_spec *spec, const struct pipes *pipes, pid_t *pid, struct err *err)
{
    int tell[2], code;

    if (open_pipe(tell, 1, err) < 0)
        return -1;
    if (lift(&tell[1], err) < 0) {
        close(tell[0]);
        close(tell[1]);
        return -1;
    }
    *pid = fork_quietly(spec, pipes, tell[1]);
    code = *pid < 0 ? errno : 0;
    close(tell[1]);
    if (*pid > 0 && (code = hear(tell[0])) != 0)
        waitpid(*pid, NULL, 0);
    close(tell[0]);
    return code != 0 ? refuse_start(spec, code, err) : 0;
}

/* Writes what the pipe takes; closes it once all is written or nobody reads. */
static void feed(struct proc *proc)
{
    while (proc->in >= 0 && !proc->keeps_input) {
        size_t left = proc->input_length - proc->input_done;
        ssize_t n = left > 0 ? write(proc->in, proc->input + proc->input_done, left) : 0;

        if (n > 0)
            proc->input_done += (size_t)n;
        else if (n < 0 && errno == EINTR)
            continue;
        else if (n < 0 && errno == EAGAIN)
            return;
        else
            close_fd(&proc->in);
    }
}

static struct proc *new_proc(const struct proc_spec *spec, struct pipes *pipes, pid_t pid, int pidfd)
{
    struct proc *proc = xcalloc(1, sizeof *proc);

    proc->pid = pid;
    proc->pidfd = pidfd;
    proc->in = pipes->in[1];
    proc->out = pipes->out[0];
    proc->err = pipes->err[0];
    pipes->in[1] = pipes->out[0] = pipes->err[0] = -1;
    close_pipes(pipes);
    proc->input = spec->input;
    proc->input_length = spec->input_length;
    proc->keeps_input = spec->keeps_input;
    proc->deadline_ms = spec->timeout_ms > 0 ? clock_monotonic_ms() + spec->timeout_ms : INT64_MAX;
    buf_init(&proc->output, spec->output_max);
    buf_init(&proc->error, spec->output_max);
    feed(proc);
    return proc;
}

struct proc *proc_start(const struct proc_spec *spec, struct err *err)
{
    struct pipes pipes;
    pid_t pid;
    int pidfd;

    if (open_pipes(&pipes, err) < 0)
        return NULL;
    if (spawn(spec, &pipes, &pid, err) < 0) {
        close_pipes(&pipes);
        return NULL;
    }
    pidfd = pidfd_open(pid, 0);
    if (pidfd < 0) {
        err_set(err, "pidfd_open: %s", strerror(errno));
        kill(-pid, SIGKILL);
        waitpid(pid, NULL, 0);
        close_pipes(&pipes);
        return NULL;
    }
    return new_proc(spec, &pipes, pid, pidfd);
}

/* Bounded, so that a child that writes without end, or a grandchild that outlives it, cannot keep us here. */
static void drain(int *fd, struct buf *kept, uint64_t *counted)
{
    char data[65536];

    for (int i = 0; *fd >= 0 && i < 64; i++) {
        ssize_t n = read(*fd, data, sizeof data);

        if (n > 0) {
            buf_add(kept, data, (size_t)n);
            *counted += (uint64_t)n;
        } else if (n == 0 || (errno != EAGAIN && errno != EINTR))
            close_fd(fd);
        else if (errno == EAGAIN)
            return;
    }
}

/* Reaps the child if it has ended. */
static void reap(struct proc *proc)
{
    siginfo_t info = { .si_pid = 0 };
    int result;

    do
        result = waitid(P_PIDFD, (id_t)proc->pidfd, &info, WEXITED | WNOHANG);
    while (result < 0 && errno == EINTR);
    assert(result == 0);
    if (info.si_pid == 0)
        return;
    proc->status = info.si_status;
    if (proc->end == PROC_RUNNING)
        proc->end = info.si_code == CLD_EXITED ? PROC_EXITED : PROC_SIGNALED;
    close_fd(&proc->pidfd);
}

static void move_bytes(struct proc *proc)
{
    feed(proc);
    drain(&proc->out, &proc->output, &proc->output_bytes);
    drain(&proc->err, &proc->error, &proc->error_bytes);
}

static int bound_wait(const struct proc *proc, int wait_ms)
{
    return proc->end == PROC_TIMED_OUT ? wait_ms : clock_bound_wait(proc->deadline_ms, wait_ms);
}

/* Past its time: the whole group dies, and the end that is told is this one, whatever the child's status says. */
static void check_deadline(struct proc *proc)
{
    if (proc->pidfd < 0 || proc->end == PROC_TIMED_OUT || clock_monotonic_ms() < proc->deadline_ms)
        return;
    proc->end = PROC_TIMED_OUT;
    proc_signal(proc, SIGKILL);
}

bool proc_poll(struct proc *proc, int wait_ms)
{
    struct pollfd fds[] = {        /* poll skips a descriptor of -1 */
        { .fd = proc->pidfd, .events = POLLIN },
        { .fd = proc->keeps_input ? -1 : proc->in, .events = POLLOUT },
        { .fd = proc->out, .events = POLLIN },
        { .fd = proc->err, .events = POLLIN },
    };

    if (proc->pidfd < 0)
        return true;
    poll(fds, 4, bound_wait(proc, wait_ms));
    reap(proc);                    /* before the deadline: a child that ended in time is not late because we are */
    check_deadline(proc);
    move_bytes(proc);              /* after reap: all the child wrote is in the pipes by now */
    return proc->pidfd < 0;
}

void proc_wait(struct proc *proc)
{
    while (!proc_poll(proc, 1000))
        continue;
}

void proc_signal(struct proc *proc, int signal)
{
    if (proc->pidfd >= 0)          /* not yet reaped, so the number is still its own */
        kill(-proc->pid, signal);
}

void proc_free(struct proc *proc)
{
    if (proc == NULL)
        return;
    if (proc->pidfd >= 0) {
        proc_signal(proc, SIGKILL);
        while (waitpid(proc->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    close_fd(&proc->pidfd);
    close_fd(&proc->in);
    close_fd(&proc->out);
    close_fd(&proc->err);
    buf_fini(&proc->output);
    buf_fini(&proc->error);
    free(proc);
}
