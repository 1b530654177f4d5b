/*
 * text: UTF-8 from the world, made safe to keep and to show. Borrowed strings in, a buf or a size out.
 */
#ifndef VERNIER_BASE_TEXT_H
#define VERNIER_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

#define TEXT_REPLACEMENT "\xef\xbf\xbd"      /* U+FFFD: what stands for bytes that are no UTF-8 */

/*
 * Decodes one character at text[0..length), length >= 1. Returns how many bytes it took (>= 1) and sets *code, or sets
 * *code to UINT32_MAX and returns the bytes to skip where they are not UTF-8 (overlong, surrogate, past U+10FFFF, cut).
 */
size_t text_decode(const char *text, size_t length, uint32_t *code);

/* The bare small letter of a Latin one ("É" is "e"), 0 of an accent that stands by itself, any other character as it is. */
uint32_t text_fold_latin(uint32_t code);

/* How many bytes text begins with that are ASCII and no NUL: as a rule all of them, looked at eight at a time. */
size_t text_plain_length(const char *text, size_t length);

/* How many bytes stand before the first LF or CR; length when there is neither. */
size_t text_line_length(const char *text, size_t length);

/* How many bytes stand before the first that a JSON string does not hold as it is: '"', '\\' or a control character. */
size_t text_string_length(const char *text, size_t length);

/* The same, and before the first that is not ASCII: what can be written into one without being looked at. */
size_t text_bare_length(const char *text, size_t length);

/* Writes a character as UTF-8 and returns its bytes; what is none (a surrogate, past U+10FFFF) as U+FFFD. No NUL after. */
size_t text_write(char out[4], uint32_t code);
void text_encode(struct buf *out, uint32_t code);

bool text_is_utf8(const char *text, size_t length);

/* Adds text with each invalid run, and each NUL, replaced by U+FFFD. What is stored as TEXT went through here. */
void text_repair(struct buf *out, const char *text, size_t length);

/* Adds text with control characters (but newline and tab), DEL, C1 and bidi controls written as \x1b or \u202e.
 * What is shown on a terminal went through here. */
void text_show(struct buf *out, const char *text, size_t length);

/* The same on one line: newline and tab are written as \n and \t too, cut after width_max columns with "...". */
void text_show_line(struct buf *out, const char *text, size_t length, size_t width_max);

/* Adds number with a comma before each three digits: 1,204. */
void text_add_count(struct buf *out, uint64_t number);

int text_hex_digit(char c);      /* 0 to 15; -1 when c is none */

/* Columns text takes on a terminal, a wide (East Asian) character counting 2, combining ones 0. */
size_t text_width(const char *text);

/* Of names (NULL-terminated), the nearest to word by edit distance, or NULL when none is near. For "did you mean". */
const char *text_nearest(const char *word, const char *const *names);

#endif
