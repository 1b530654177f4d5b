#include "tasks/readers/span.h"

#include <assert.h>
#include <stdint.h>

#include "harness/base/text.h"

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
    if (code == 0xD7 || code == 0xF7)       /* the signs for times and divided by, among Latin letters */
        return false;
    return (code >= 0xC0 && code < 0x2B0) || (code >= 0x370 && code < 0x2000);
}

size_t span_find_last(struct span span, const char *word)
{
    size_t end = span.length;

    assert(word[0] != '\0');
    while (end > 0) {
        const char *found = memrchr(span.text, word[0], end);
        if (found == NULL)
            return SPAN_NOWHERE;
        end = (size_t)(found - span.text);
        if (span_has(span, end, word))
            return end;
    }
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
