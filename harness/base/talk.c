#include "harness/base/talk.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/mem.h"
#include "harness/base/proc.h"
#include "harness/base/redact.h"
#include "harness/base/text.h"

/* Columns of its last words that are told. */
#define LAST_WORDS_MAX 200

/* What one move can bring, beyond a line that is not yet whole: a pipe's reads are bounded by proc. */
#define MOVE_BYTES_MAX ((size_t)8 << 20)

/* So long a program may live on that has closed its stdout. */
#define MUTE_MS 1000

struct talk {
    struct proc *proc;
    int epoll;
    size_t line_max;
    struct buf unsaid;              /* from said on */
    size_t said;
    bool waits_to_say;              /* epoll tells when the pipe takes more */
    size_t heard;                   /* bytes of proc->output handed out */
    int64_t mute_ms;                /* since when its stdout is closed, monotonic; 0: it is open */
    bool is_over, too_long;
};

static void watch(int epoll, int fd, uint32_t events, int how)
{
    struct epoll_event event = { .events = events, .data.fd = fd };

    if (fd >= 0)
        epoll_ctl(epoll, how, fd, &event);
}

/* Ours without the variables that hold a secret: whoever answers lines needs none of our keys. */
static const char **list_environment(void)
{
    size_t count = 0, kept = 0;
    const char **list;

    while (environ[count] != NULL)
        count++;
    list = xreallocarray(NULL, count + 1, sizeof list[0]);
    for (size_t i = 0; i < count; i++)
        if (!redact_finds(environ[i], strlen(environ[i])))
            list[kept++] = environ[i];
    list[kept] = NULL;
    return list;
}

struct talk *talk_open(const char *const *argv, size_t line_max, int epoll, struct err *err)
{
    const char **environment = list_environment();
    const struct proc_spec spec = { .argv = argv, .environment = environment, .dies_with_us = true,
                                    .keeps_input = true,
                                    .output_max = line_max + MOVE_BYTES_MAX };
    struct proc *proc = proc_start(&spec, err);
    struct talk *talk;

    free(environment);
    if (proc == NULL)
        return NULL;
    talk = xcalloc(1, sizeof *talk);
    talk->proc = proc;
    talk->epoll = epoll;
    talk->line_max = line_max;
    buf_init(&talk->unsaid, SIZE_MAX / 4);
    watch(epoll, proc->pidfd, EPOLLIN, EPOLL_CTL_ADD);
    watch(epoll, proc->out, EPOLLIN, EPOLL_CTL_ADD);
    watch(epoll, proc->err, EPOLLIN, EPOLL_CTL_ADD);
    watch(epoll, proc->in, 0, EPOLL_CTL_ADD);
    return talk;
}

void talk_close(struct talk *talk)
{
    if (talk == NULL)
        return;
    proc_free(talk->proc);
    buf_fini(&talk->unsaid);
    free(talk);
}

/* A program that closed its stdin is spoken to in vain: what is said then counts as said. */
static void push(struct talk *talk)
{
    while (talk->said < talk->unsaid.length && talk->proc->in >= 0) {
        ssize_t n = write(talk->proc->in, talk->unsaid.data + talk->said, talk->unsaid.length - talk->said);

        if (n > 0)
            talk->said += (size_t)n;
        else if (n < 0 && errno == EAGAIN)
            break;
        else if (n >= 0 || errno != EINTR)
            talk->said = talk->unsaid.length;
    }
    if (talk->said == talk->unsaid.length) {
        buf_clear(&talk->unsaid);
        talk->said = 0;
    }
}

static void watch_pipe(struct talk *talk)
{
    bool waits = talk->unsaid.length > 0;

    if (waits != talk->waits_to_say)
        watch(talk->epoll, talk->proc->in, waits ? EPOLLOUT : 0, EPOLL_CTL_MOD);
    talk->waits_to_say = waits;
}

void talk_say(struct talk *talk, const char *line, size_t length)
{
    buf_add(&talk->unsaid, line, length);
    buf_add_char(&talk->unsaid, '\n');
    push(talk);
    watch_pipe(talk);
}

/* What was handed out goes, so that a long talk takes no more memory than a short one. */
static void forget_heard(struct talk *talk)
{
    struct buf *output = &talk->proc->output;

    memmove(output->data, output->data + talk->heard, output->length - talk->heard + 1);
    output->length -= talk->heard;
    talk->heard = 0;
}

/* Also of lines that came whole: how much one read brings depends on how busy the machine is. */
static bool has_too_long(const struct talk *talk)
{
    const struct buf *output = &talk->proc->output;
    const char *line = output->data, *end = output->data + output->length, *newline;

    while ((newline = memchr(line, '\n', (size_t)(end - line))) != NULL && (size_t)(newline - line) <= talk->line_max)
        line = newline + 1;
    return (size_t)((newline != NULL ? newline : end) - line) > talk->line_max;
}

/* It lives, and can say nothing any more: its end, which closes its stdout too, is waited for a moment. */
static bool is_mute(struct talk *talk)
{
    int64_t now_ms = clock_monotonic_ms();

    if (talk->is_over || talk->proc->out >= 0)
        return false;
    talk->mute_ms = talk->mute_ms == 0 ? now_ms : talk->mute_ms;
    return now_ms - talk->mute_ms >= MUTE_MS;
}

bool talk_move(struct talk *talk)
{
    if (talk->is_over)
        return false;
    forget_heard(talk);
    push(talk);
    talk->is_over = proc_poll(talk->proc, 0);
    watch_pipe(talk);
    talk->too_long = talk->proc->output.cut || has_too_long(talk);
    if (talk->too_long)
        proc_signal(talk->proc, SIGKILL);
    talk->is_over |= talk->too_long || is_mute(talk);
    return !talk->is_over;
}

const char *talk_hear(struct talk *talk, size_t *length)
{
    struct buf *output = &talk->proc->output;
    char *line = output->data + talk->heard, *end = memchr(line, '\n', output->length - talk->heard);

    if (end == NULL || (size_t)(end - line) > talk->line_max)
        return NULL;
    *end = '\0';
    *length = (size_t)(end - line);
    talk->heard += *length + 1;
    return line;
}

static void add_last_words(const struct buf *error, struct buf *out)
{
    size_t end = error->length, start;

    while (end > 0 && strchr(" \t\r\n", error->data[end - 1]) != NULL)
        end--;
    for (start = end; start > 0 && error->data[start - 1] != '\n'; start--)
        continue;
    if (end == start)
        return;
    buf_add_string(out, ": ");
    text_show_line(out, error->data + start, end - start, LAST_WORDS_MAX);
}

void talk_add_end(const struct talk *talk, struct buf *out)
{
    const char *unstarted = proc_find_unstarted(talk->proc);

    if (unstarted != NULL) {
        buf_addf(out, "cannot be started: %s", unstarted);
        return;
    }
    if (talk->too_long)
        buf_addf(out, "said a line of more than %zu bytes", talk->line_max);
    else if (talk->proc->end == PROC_RUNNING)
        buf_add_string(out, "closed its stdout and went on");
    else if (talk->proc->end == PROC_EXITED)
        buf_addf(out, "ended with status %d", talk->proc->status);
    else
        buf_addf(out, "was ended by signal %d", talk->proc->status);
    add_last_words(&talk->proc->error, out);
}
