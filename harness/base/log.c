#include "harness/base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

#include "harness/base/buf.h"
#include "harness/base/redact.h"
#include "harness/base/text.h"

/* Longer texts than this are no news for a person; what is dropped is the end. */
#define LINE_BYTES_MAX ((size_t)64 << 10)

static enum log_level level_max = LOG_INFO;

static void (*before_line)(void);

void log_set_before(void (*before)(void))
{
    before_line = before;
}

void log_set_level(enum log_level level)
{
    level_max = level;
}

/* A terminal that is gone or full stops nothing: what cannot be written is lost. */
void log_write(const char *data, size_t length)
{
    while (length > 0) {
        ssize_t put = write(STDERR_FILENO, data, length);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return;
        data += put;
        length -= (size_t)put;
    }
}

/* One write for the whole line, so that lines of several processes do not mix. Secrets are looked for in the text as it
 * was, before anything in it is escaped. errno stays, for callers that log on the way to use it. */
static void log_line(enum log_level level, const char *prefix, const char *fmt, va_list args)
{
    struct buf text, safe, line;
    int saved = errno;

    if (level > level_max)
        return;
    buf_init(&text, LINE_BYTES_MAX);
    buf_init(&safe, 2 * LINE_BYTES_MAX);
    buf_init(&line, 16 * LINE_BYTES_MAX);
    buf_addv(&text, fmt, args);
    redact_add(&safe, text.data, text.length);
    buf_add_string(&line, prefix);
    text_show(&line, safe.data, safe.length);
    buf_add_char(&line, '\n');
    if (before_line != NULL)
        before_line();
    log_write(line.data, line.length);
    buf_fini(&text);
    buf_fini(&safe);
    buf_fini(&line);
    errno = saved;
}

void log_error(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    log_line(LOG_ERROR, "vernier: error: ", fmt, args);
    va_end(args);
}

void log_warn(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    log_line(LOG_WARN, "vernier: warning: ", fmt, args);
    va_end(args);
}

void log_info(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    log_line(LOG_INFO, "vernier: ", fmt, args);
    va_end(args);
}
