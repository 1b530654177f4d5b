/*
 * The child leads its own process group, so one kill reaches all it started (unless they left the group). Its end is
 * seen at the pidfd, never at its pipes: what is in them then is read, without waiting for whoever still holds them.
 *
 * One that dies with us is killed when the thread that started it ends, so it belongs to the main thread; what it started
 * itself stays (only proc_signal and proc_free reach the group). What cannot be executed though it is there is known by
 * its exit status then, and not at its start: proc_find_unstarted puts it in words.
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
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/file.h"
#include "harness/base/mem.h"

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
static void set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, usual;

    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGINT);
    sigaddset(&usual, SIGTERM);
    posix_spawnattr_init(attributes);
    posix_spawnattr_setpgroup(attributes, 0);
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &usual);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static void set_actions(posix_spawn_file_actions_t *actions, const struct proc_spec *spec, const struct pipes *pipes)
{
    posix_spawn_file_actions_init(actions);
    posix_spawn_file_actions_adddup2(actions, pipes->in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(actions, pipes->out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(actions, pipes->err[1], STDERR_FILENO);
    /* libcurl 7.88 opens its sockets without close-on-exec, and our own parent may have left us some, too. */
    posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
    if (spec->folder != NULL)
        posix_spawn_file_actions_addchdir_np(actions, spec->folder);
}

/* setpriv(1) asks for the child's end with ours: posix_spawn has no word for that. */
static const char *const GUARD[] = { "setpriv", "--pdeathsig", "KILL", "--" };

#define GUARD_SAYS "setpriv: "                 /* before its own errors, in any language */
#define STATUS_NOT_EXECUTABLE 126
#define STATUS_NOT_FOUND 127

static const char **guard(const char *const *argv)
{
    size_t guards = sizeof GUARD / sizeof GUARD[0], count = 0;
    const char **guarded;

    while (argv[count] != NULL)
        count++;
    guarded = xcalloc(guards + count + 1, sizeof guarded[0]);
    memcpy(guarded, GUARD, sizeof GUARD);
    memcpy(guarded + guards, argv, count * sizeof argv[0]);
    return guarded;
}

/* 0, or what errno would be. */
static int spawn_program(const struct proc_spec *spec, const char *const *argv, const struct pipes *pipes, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    char **environment = spec->environment != NULL ? (char **)spec->environment : environ;
    int code;

    set_actions(&actions, spec, pipes);
    set_attributes(&attributes);
    code = posix_spawnp(pid, argv[0], &actions, &attributes, (char **)argv, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return code;
}

/* What is not there fails here and now, not as a child of setpriv's; where that is not there, one starts without. */
static int spawn(const struct proc_spec *spec, const struct pipes *pipes, pid_t *pid, bool *is_guarded, struct err *err)
{
    *is_guarded = spec->dies_with_us && file_is_program(spec->argv[0]) && file_is_program(GUARD[0]);
    const char **guarded = *is_guarded ? guard(spec->argv) : NULL;
    int code = spawn_program(spec, *is_guarded ? guarded : spec->argv, pipes, pid);

    free(guarded);
    if (code == 0)
        return 0;
    if (spec->folder != NULL && access(spec->folder, X_OK) < 0)
        return err_set(err, "%s cannot be started in %s: %s", spec->argv[0], spec->folder, strerror(errno));
    return err_set(err, "%s cannot be started: %s", spec->argv[0], strerror(code));
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
    struct proc *proc;
    bool is_guarded;
    pid_t pid;
    int pidfd;

    if (open_pipes(&pipes, err) < 0)
        return NULL;
    if (spawn(spec, &pipes, &pid, &is_guarded, err) < 0) {
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
    proc = new_proc(spec, &pipes, pid, pidfd);
    proc->is_guarded = is_guarded;
    return proc;
}

/* What we looked for and found cannot be executed: it is its interpreter that is not there. */
const char *proc_find_unstarted(const struct proc *proc)
{
    bool is_silent = proc->output_bytes == 0 && strncmp(proc->error.data, GUARD_SAYS, strlen(GUARD_SAYS)) == 0;

    if (!proc->is_guarded || proc->end != PROC_EXITED || !is_silent)
        return NULL;
    if (proc->status == STATUS_NOT_FOUND)
        return "the interpreter that it wants (its first line, \"#!\", names it) is not there";
    return proc->status == STATUS_NOT_EXECUTABLE ? "it, or the interpreter that it wants, may not be executed" : NULL;
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
