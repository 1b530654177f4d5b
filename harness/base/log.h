/*
 * log: lines for the person at the terminal, on stderr. Every line passes the redactor (redact.h) and is made safe to
 * show (text.h), so nothing foreign can steer the terminal and no secret gets out.
 */
#ifndef VERNIER_BASE_LOG_H
#define VERNIER_BASE_LOG_H

#include <stddef.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO };

/* Lines above this level are dropped. LOG_INFO at start. */
void log_set_level(enum log_level level);

/* Called before each line: who has drawn something on the terminal takes it away first. NULL, as at start: nobody has. */
void log_set_before(void (*before)(void));

/* All of it to stderr, as it is; what cannot be written is dropped. Safe in a signal handler. */
void log_write(const char *data, size_t length);

/* "vernier: error: ..." with a newline added. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
