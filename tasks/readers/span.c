#include "tasks/readers/span.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/text.h"

const char *span_has_one(struct span span, size_t at, const char *const *words)
{
    while (*words != NULL && !span_has(span, at, *words))
        words++;
    return *words;
}

size_t span_skip_blanks(struct span span, size_t from)
{
    while (is_blank(span_at(span, from)))
        from++;
    return from;
}

bool span_has_letter(struct span span, size_t at)
{
    char c = span_at(span, at);
    uint32_t code;

    if ((unsigned char)c < 0x80)
        return is_letter(c);
    text_decode(span.text + at, span.length - at, &code);
    if (code == 0xD7 || code == 0xF7 || code == 0x964 || code == 0x965)     /* times, divided by; full stops of India */
        return false;
    return (code >= 0xC0 && code < 0x2B0) || (code >= 0x370 && code < 0x2000);
}

size_t span_find_last(struct span span, const char *word)
{
    assert(word[0] != '\0');
    for (size_t at = span.length; at-- > 0;)
        if (span.text[at] == word[0] && span_has(span, at, word))
            return at;
    return SPAN_NOWHERE;
}

struct span span_trim(struct span span)
{
    while (span.length > 0 && is_blank(span.text[0])) {
        span.text++;
        span.length--;
    }
    while (span.length > 0 && is_blank(span.text[span.length - 1]))
        span.length--;
    return span;
}

struct span span_without(struct span text, const char *const *words, struct arena *arena)
{
    char *copy = arena_strndup(arena, text.text, text.length);
    size_t length = text.length;

    for (; *words != NULL; words++) {
        size_t kept = 0, size = strlen(*words);
        for (size_t at = 0; at < length;) {
            if (length - at >= size && memcmp(copy + at, *words, size) == 0)
                at += size;
            else
                copy[kept++] = copy[at++];
        }
        length = kept;
    }
    copy[length] = '\0';
    return (struct span){ copy, length };
}

struct span span_small(struct span text, struct arena *arena)
{
    char *copy = arena_strndup(arena, text.text, text.length);

    for (size_t i = 0; i < text.length; i++)
        if (is_upper(copy[i]))
            copy[i] = (char)(copy[i] + 32);
    return (struct span){ copy, text.length };
}

struct span span_before(struct span text, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        const char *at = memmem(text.text, text.length, words[i], strlen(words[i]));
        if (at != NULL && at != text.text)
            text.length = (size_t)(at - text.text);
    }
    return text;
}
