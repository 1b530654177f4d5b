/*
 * span: a piece of somebody's text: where it begins and how many bytes it has. Borrowed; not NUL-terminated. Reading
 * past its end gives NUL, so that a rule may look ahead without asking where the text ends.
 */
#ifndef VERNIER_READERS_SPAN_H
#define VERNIER_READERS_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct arena;

struct span {
    const char *text;
    size_t length;
};

#define SPAN_NOWHERE ((size_t)-1)

static inline struct span span_of(const char *text)
{
    return (struct span){ text, strlen(text) };
}

static inline char span_at(struct span span, size_t at)
{
    return at < span.length ? span.text[at] : '\0';
}

/* The bytes from..to-1. */
static inline struct span span_slice(struct span span, size_t from, size_t to)
{
    return (struct span){ span.text + from, to - from };
}

/* Whether word stands at that place; the second in any (ASCII) case. */
static inline bool span_has(struct span span, size_t at, const char *word)
{
    size_t length = strlen(word);
    return at <= span.length && length <= span.length - at && memcmp(span.text + at, word, length) == 0;
}

static inline bool span_has_any_case(struct span span, size_t at, const char *word)
{
    size_t length = strlen(word);
    if (at > span.length || length > span.length - at)
        return false;
    /* Two of a letter differ in that bit alone: so nearly every place of a megabyte searched is passed at once. */
    return length == 0 || (((span.text[at] ^ word[0]) & ~0x20) == 0 && strncasecmp(span.text + at, word, length) == 0);
}

/* ASCII's, whatever the locale. */
static inline bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
static inline bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
static inline bool is_letter(char c) { return is_upper(c) || is_lower(c); }
static inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static inline bool is_one_of(char c, const char *set) { return c != '\0' && strchr(set, c) != NULL; }

/* Which word of a list, ended by NULL, stands at that place: the first that does; NULL: none. */
const char *span_has_one(struct span span, size_t at, const char *const *words);

/* The first place at or after from that holds no blank. */
size_t span_skip_blanks(struct span span, size_t from);

/* A letter of any script that writes words with letters (Latin, Greek, Cyrillic, ...; not Chinese) at that place. */
bool span_has_letter(struct span span, size_t at);

/* Where word stands last; SPAN_NOWHERE when it does not. */
size_t span_find_last(struct span span, const char *word);

struct span span_trim(struct span span);

/* A copy with A-Z as a-z. */
struct span span_small(struct span text, struct arena *arena);

/* What stands before the first of any of these words, ended by NULL; one at the very beginning does not count. */
struct span span_before(struct span text, const char *const *words);

/* text without the words of a list (NULL-terminated), which are taken out one after the other; a copy in the arena. */
struct span span_without(struct span text, const char *const *words, struct arena *arena);

#endif
