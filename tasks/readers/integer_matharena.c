#include <stdint.h>

#include "harness/engine/grading.h"
#include "tasks/readers/final.h"
#include "tasks/readers/integer_box.h"
#include "tasks/readers/readers.h"

static bool is_word(char c)
{
    return is_letter(c) || is_digit(c) || c == '_';
}

/* The last run of digits that is no part of a word; empty when there is none. */
static struct span find_last_digits(struct span text)
{
    size_t end = text.length, start;

    for (; end > 0; end = start) {
        while (end > 0 && !is_word(text.text[end - 1]))
            end--;
        for (start = end; start > 0 && is_word(text.text[start - 1]);)
            start--;
        if (strspn(text.text + start, "0123456789") >= end - start)
            return span_slice(text, start, end);
    }
    return span_slice(text, 0, 0);
}

static int read_integer(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct final final;
    struct integer integer;
    struct span digits;

    (void)err;
    if (!final_read(grading->said->text, SIZE_MAX, arena, &final)) {
        *out = (struct answer){ .note = final.note };
        return 0;
    }
    integer = integer_find(final.text, arena);
    digits = find_last_digits(final.text);
    if (integer.value == INTEGER_NONE && !integer.boxed && digits.length > 0) {
        *out = integer_answer(integer_of_digits(digits, arena), arena);
        if (out->text != NULL)
            out->note = "the last integer of the text";
    } else {
        *out = integer_answer(integer, arena);
    }
    return 0;
}

const struct reader reader_integer_matharena = {
    .name = "matharena",
    .grader = "integer",
    .summary = "canonical, and without a box or a marked answer the last integer of the text",
    .version = 2,
    .read = read_integer,
};
