#include "harness/cli/screen.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness/base/buf.h"
#include "harness/base/log.h"
#include "harness/base/mem.h"

#define COLUMNS_DEFAULT 80
#define ROWS_DEFAULT 24
#define CLEAR_BELOW "\r\x1b[J"

static const int SIGNALS[] = { SIGTSTP, SIGQUIT, SIGABRT };
#define SIGNAL_COUNT (sizeof SIGNALS / sizeof SIGNALS[0])

static volatile sig_atomic_t is_drawn;
static char *last;                                  /* what is drawn; NULL: nothing was since the last screen_clear */
static struct sigaction before[SIGNAL_COUNT];       /* what they did until then */

bool screen_is_there(void)
{
    const char *term = getenv("TERM");

    return isatty(STDERR_FILENO) == 1 && term != NULL && strcmp(term, "dumb") != 0;
}

/* Only the one category is asked, and the program's own locale stays "C". */
bool screen_is_ascii(void)
{
    locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    bool is_utf8 = locale != (locale_t)0 && strcasecmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;

    if (locale != (locale_t)0)
        freelocale(locale);
    return !is_utf8;
}

static struct winsize find_size(void)
{
    struct winsize size = { .ws_col = 0 };

    ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
    if (size.ws_col == 0)
        size.ws_col = COLUMNS_DEFAULT;
    if (size.ws_row == 0)
        size.ws_row = ROWS_DEFAULT;
    return size;
}

size_t screen_columns(void)
{
    size_t columns = find_size().ws_col;

    return columns > 1 ? columns - 1 : 1;
}

static void wipe(void)
{
    if (is_drawn)
        log_write(CLEAR_BELOW, strlen(CLEAR_BELOW));
    is_drawn = 0;
}

/* Then the signal does what it would have done; after a stop all goes on as before. */
static void on_signal(int number)
{
    int saved = errno;
    struct sigaction plain = { .sa_handler = SIG_DFL }, ours;

    wipe();
    sigaction(number, &plain, &ours);
    raise(number);
    sigaction(number, &ours, NULL);
    errno = saved;
}

static void heed_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART | SA_NODEFER };

    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        sigaction(SIGNALS[i], NULL, &before[i]);
        if (before[i].sa_handler == SIG_DFL)
            sigaction(SIGNALS[i], &action, NULL);
    }
}

static bool is_in_background(void)
{
    pid_t group = tcgetpgrp(STDERR_FILENO);

    return group >= 0 && group != getpgrp();
}

/* Up to rows lines, the last one without its newline. Returns how many. */
static size_t add_lines(struct buf *out, const char *text, size_t rows)
{
    size_t count = 0;

    for (const char *end; count < rows && (end = strchr(text, '\n')) != NULL; text = end + 1) {
        if (count++ > 0)
            buf_add_string(out, "\r\n");
        buf_add(out, text, (size_t)(end - text));
        buf_add_string(out, "\x1b[K");
    }
    return count;
}

static void draw(const char *text)
{
    size_t rows = find_size().ws_row, count;
    struct buf out;

    buf_init(&out, 0);
    buf_add_char(&out, '\r');
    count = add_lines(&out, text, rows > 1 ? rows - 1 : 1);
    buf_add_string(&out, "\x1b[J\r");
    if (count > 1)
        buf_addf(&out, "\x1b[%zuA", count - 1);
    is_drawn = 1;
    log_write(out.data, out.length);
    buf_fini(&out);
}

void screen_draw(const char *text)
{
    if (is_in_background() || (is_drawn && strcmp(text, last) == 0))
        return;
    if (last == NULL) {
        heed_signals();
        log_set_before(wipe);
    }
    free(last);
    last = xstrdup(text);
    draw(text);
}

void screen_clear(void)
{
    if (last == NULL)
        return;
    wipe();
    log_set_before(NULL);
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        if (before[i].sa_handler == SIG_DFL)
            sigaction(SIGNALS[i], &before[i], NULL);
    free(last);
    last = NULL;
}
