#include <string.h>

#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "tasks/readers/hendrycks.h"
#include "tasks/readers/readers.h"
#include "tasks/readers/span.h"

/* What stands in no box and is longer is no number, and lm-eval compares it all the same. */
#define UNBOXED_MAX 256

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

/* False: none that it takes. The last one decides, and \fbox is none, though it is looked for. */
static bool find_box(struct span text, struct span *out)
{
    static const char SPACED[] = "\\boxed ", BOXED[] = "\\boxed{";
    size_t at = span_find_last(text, SPACED);

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
        return false;
    *out = box_at(text, at);
    if (!span_has(*out, 0, BOXED))
        return false;
    *out = span_slice(*out, strlen(BOXED), out->length - 1);
    return true;
}

/* What stands between the first dollar and the last; all, where there are not two. */
static struct span between_dollars(struct span text)
{
    const char *first = memchr(text.text, '$', text.length), *last = memrchr(text.text, '$', text.length);

    return first == last ? text : span_slice(text, (size_t)(first - text.text) + 1, (size_t)(last - text.text));
}

static int read_integer(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct span text = span_of(grading->said->text), content, form;
    bool boxed = find_box(text, &content);

    (void)err;
    *out = (struct answer){ NULL, NULL };
    if (!boxed)
        content = between_dollars(text);
    if (!hendrycks_form(content, arena, &form))
        form = content;
    if (boxed || form.length <= UNBOXED_MAX)
        out->text = arena_strndup(arena, form.text, form.length);
    else
        out->note = "no box; all that was said is compared, and is no number";
    return 0;
}

const struct reader reader_integer_lm_eval_box = {
    .name = "lm_eval_box",
    .grader = "integer",
    .summary = "as lm-eval on AIME: the last box, else between dollars, else all, thinking included; 073 is not 73",
    .version = 2,
    .read = read_integer,
};
