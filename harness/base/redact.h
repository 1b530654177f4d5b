/*
 * redact: secrets go in once, at start, and never come out: every write to store, log and terminal passes here.
 *
 * The list is the process's (a secret is one wherever it stands). A secret is found as it is, URL-encoded, JSON-escaped
 * and in base64 (whole, at each of the three alignments), and is replaced by "[secret NAME]". Main thread only.
 */
#ifndef VERNIER_BASE_REDACT_H
#define VERNIER_BASE_REDACT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct buf;
struct json;

/* Fewer bytes would turn ordinary words into stars; such a value is not kept, and false is returned. */
#define REDACT_LENGTH_MIN 6

/* A key. A word such as "ollama" or "not-needed", set where none is checked, is not kept either. */
bool redact_register(const char *name, const char *secret);

/* Registers user and password of an address like https://user:pw@host/ or user:pw@proxy:3128, if it has them. */
void redact_register_url(const char *name, const char *url);

/* Registers the value of an environment variable, if it is set. */
void redact_register_env(const char *variable);

/* Registers the strings in value, however deep, whose member is called like a secret: {"api_key": "sk-..."}. */
void redact_register_members(const char *name, const struct json *value);

/* True when text holds a registered secret, in any of the forms above. */
bool redact_finds(const char *text, size_t length);

/* Adds text with every secret replaced. Without registered secrets this is a plain copy. */
void redact_add(struct buf *out, const char *text, size_t length);

/* Foreign text as it is kept to be told: without secrets first, so that none is cut in half; then on one line, of so many
 * columns at most. */
char *redact_line(struct arena *arena, const char *text, size_t length, size_t columns);

void redact_forget_all(void);      /* for tests */

#endif
