#include "tasks/readers/final.h"

#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/text.h"

#define FINAL_CHANNEL "<|channel|>final<|message|>"

/* Where the harmony format names its channels, only the last final one counts. */
static bool keep_final_channel(struct span *text)
{
    size_t at = span_find_last(*text, FINAL_CHANNEL);
    const char *end;

    if (at == SPAN_NOWHERE)
        return span_find_last(*text, "<|channel|>analysis<|message|>") == SPAN_NOWHERE;
    *text = span_slice(*text, at + strlen(FINAL_CHANNEL), text->length);
    end = memmem(text->text, text->length, "<|", 2);
    if (end != NULL && (span_has(*text, (size_t)(end - text->text), "<|end|>") ||
                        span_has(*text, (size_t)(end - text->text), "<|return|>")))
        text->length = (size_t)(end - text->text);
    return true;
}

/* Servers whose prompt ends in <think> send back the closing tag alone, so the last one counts whatever opened it. */
static bool keep_after_thinking(struct span *text)
{
    size_t at = span_find_last(*text, "</think>");

    if (at != SPAN_NOWHERE)
        *text = span_slice(*text, at + strlen("</think>"), text->length);
    return span_find_last(*text, "<think>") == SPAN_NOWHERE;
}

static void keep_window(struct final *final, size_t window_bytes)
{
    if (final->text.length <= window_bytes)
        return;
    final->text = span_slice(final->text, final->text.length - window_bytes, final->text.length);
    while (final->text.length > 0 && ((unsigned char)final->text.text[0] & 0xC0) == 0x80)
        final->text = span_slice(final->text, 1, final->text.length);
    final->cut = true;
}

/* What to write for a character: ASCII, '\0' for nothing, -1 for itself. */
static int plain_form(uint32_t code)
{
    if ((code >= 0x200B && code <= 0x200F) || (code >= 0x202A && code <= 0x202E) || code == 0x2060 || code == 0xFEFF)
        return '\0';
    if (code == 0xA0 || code == 0x3000 || code == 0x2009 || code == 0x202F)
        return ' ';
    if (code >= 0xFF01 && code <= 0xFF5E) {
        char ascii = (char)(code - 0xFF01 + '!');
        return is_letter(ascii) || is_digit(ascii) || is_one_of(ascii, ":().[]") ? ascii : -1;
    }
    return -1;
}

/* Whether one of eight bytes is a carriage return or not ASCII. */
static bool is_odd(const char *eight)
{
    const uint64_t ones = 0x0101010101010101u, highs = 0x80 * ones;
    uint64_t word, returns;

    memcpy(&word, eight, sizeof word);
    returns = word ^ (ones * '\r');
    return ((word | ((returns - ones) & ~returns)) & highs) != 0;
}

/* How many bytes at that place begin no character that has another plain form. Most texts are ASCII nearly throughout,
 * so it looks at eight at once. */
static size_t measure_plain(const char *text, size_t length)
{
    size_t size = 0;

    while (size < length) {
        unsigned char c = (unsigned char)text[size];
        if (length - size >= 8 && !is_odd(text + size))
            size += 8;
        else if (c == '\r' || c == 0xC2 || c == 0xE2 || c == 0xE3 || c == 0xEF)
            break;
        else
            size++;
    }
    return size;
}

/* Moves the character at in to *out, which may be the same place. Returns how many bytes were read. */
static size_t move_character(const char *in, size_t length, char **out)
{
    uint32_t code;
    size_t size;
    int plain;

    if (in[0] == '\r' && length > 1 && in[1] == '\n')
        return 1;
    size = text_decode(in, length, &code);
    plain = plain_form(code);
    if (plain > 0) {
        *(*out)++ = (char)plain;
    } else if (plain < 0) {
        memmove(*out, in, size);
        *out += size;
    }
    return size;
}

/* text itself when no character of it has another form; else a copy, changed in place. */
static struct span make_plain(struct span text, struct arena *arena)
{
    size_t at = measure_plain(text.text, text.length);
    char *copy, *out;

    if (at == text.length)
        return text;
    copy = arena_strndup(arena, text.text, text.length);
    out = copy + at;
    while (at < text.length) {
        size_t run = measure_plain(copy + at, text.length - at);
        if (out != copy + at)
            memmove(out, copy + at, run);
        out += run;
        at += run;
        if (at < text.length)
            at += move_character(copy + at, text.length - at, &out);
    }
    *out = '\0';
    return (struct span){ copy, (size_t)(out - copy) };
}

bool final_read(const char *said, size_t window_bytes, struct arena *arena, struct final *out)
{
    *out = (struct final){ .text = span_of(said) };
    if (!keep_final_channel(&out->text)) {
        out->note = "no final channel, only analysis";
        return false;
    }
    if (!keep_after_thinking(&out->text)) {
        out->note = "thinking not closed";
        return false;
    }
    keep_window(out, window_bytes);
    out->text = make_plain(out->text, arena);
    if (span_skip_blanks(out->text, 0) == out->text.length) {
        out->note = "nothing was said";
        return false;
    }
    return true;
}
