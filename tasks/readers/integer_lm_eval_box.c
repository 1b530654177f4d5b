#include "harness/base/arena.h"
#include "harness/base/text.h"
#include "harness/engine/grading.h"
#include "tasks/readers/readers.h"
#include "tasks/readers/span.h"

/* lm-eval cuts as many characters off the front as \boxed{ has, whatever the box is called: "17" of \fbox{117}. */
#define FRONT_CHARACTERS 7

/* The box that begins at that place, its braces counted (escaped ones too); empty when it never ends. */
static struct span box_at(struct span text, size_t at)
{
    long depth = 0;

    for (size_t end = at; end < text.length; end++) {
        if (text.text[end] == '{')
            depth++;
        if (text.text[end] == '}' && --depth == 0)
            return span_slice(text, at, end + 1);
    }
    return span_slice(text, at, at);
}

/* Without its front and its last brace. */
static struct span unbox(struct span box)
{
    size_t at = 0;
    uint32_t code;

    for (int i = 0; i < FRONT_CHARACTERS && at < box.length; i++)
        at += text_decode(box.text + at, box.length - at, &code);
    return at < box.length ? span_slice(box, at, box.length - 1) : span_slice(box, 0, 0);
}

static bool find_box(struct span text, struct span *out)
{
    static const char SPACED[] = "\\boxed ";
    size_t at = span_find_last(text, SPACED);
    struct span box;

    if (at != SPAN_NOWHERE) {
        const char *dollar;
        *out = span_slice(text, at + strlen(SPACED), text.length);
        dollar = memchr(out->text, '$', out->length);
        if (dollar != NULL)
            out->length = (size_t)(dollar - out->text);
        return true;
    }
    at = span_find_last(text, "\\boxed");
    if (at == SPAN_NOWHERE)
        at = span_find_last(text, "\\fbox");
    if (at == SPAN_NOWHERE)
        return false;
    box = box_at(text, at);
    if (box.length > 0)
        *out = unbox(box);
    return box.length > 0;
}

static int read_integer(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct span content;

    (void)err;
    *out = (struct answer){ NULL, NULL };
    if (find_box(span_of(grading->said->text), &content))
        out->text = arena_strndup(arena, content.text, content.length);
    else
        out->note = "no closed box";
    return 0;
}

const struct reader reader_integer_lm_eval_box = {
    .name = "lm_eval_box",
    .grader = "integer",
    .summary = "as lm-eval: the last box as it stands, thinking included; 073 is not 73",
    .version = 1,
    .read = read_integer,
};
