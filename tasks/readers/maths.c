#include "tasks/readers/maths.h"

#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "tasks/readers/boxes.h"
#include "tasks/readers/final.h"
#include "tasks/readers/maths_formula.h"
#include "tasks/readers/span.h"

#define BARE_BYTES_MAX 200

/* Of a line after a marker, and of the last paragraph: more is no answer. */
#define LINE_BYTES_MAX 4096

const struct maths_rules maths_rules_canonical = { .formula = true, .bare = true };
const struct maths_rules maths_rules_strict = { .formula = false };

/* The search for one output's answer. */
struct search {
    struct span text;
    struct arena *arena;
    const struct maths_rules *rules;
    struct maths_answer *out;
};

static bool found(struct search *search, struct span answer, const char *how)
{
    answer = span_trim(answer);
    if (answer.length == 0)
        return false;
    search->out->text = arena_strndup(search->arena, answer.text, answer.length);
    search->out->how = how;
    return true;
}

/* Boxes whose backslash and letter a JSON escape has eaten (\b, \f), and \beginboxed, as \boxed and \fbox. */
static struct span mend_boxes(struct span text, struct arena *arena)
{
    static const struct { const char *damaged, *mended; } NAMES[] = {
        { "\boxed", "\\boxed" }, { "\fbox", "\\fbox" }, { "\framebox", "\\framebox" }, { "\\beginboxed", "\\boxed" },
    };
    struct buf out;
    size_t at = 0;

    if (memchr(text.text, '\b', text.length) == NULL && memchr(text.text, '\f', text.length) == NULL &&
        memmem(text.text, text.length, "\\beginboxed", 11) == NULL)
        return text;
    buf_init(&out, 2 * text.length + 64);
    while (at < text.length) {
        size_t i = 0;
        while (i < sizeof NAMES / sizeof NAMES[0] && !span_has(text, at, NAMES[i].damaged))
            i++;
        if (i < sizeof NAMES / sizeof NAMES[0]) {
            buf_add_string(&out, NAMES[i].mended);
            at += strlen(NAMES[i].damaged);
        } else {
            buf_add_char(&out, text.text[at++]);
        }
    }
    text = (struct span){ arena_strndup(arena, out.data, out.length), out.length };
    buf_fini(&out);
    return text;
}

/* Whether only commas, "and" and delimiters stand between two boxes. */
static bool is_joint(struct span between)
{
    static const char *const JOINTS[] = { "\\text{and}", "\\text{ and }", "\\text{or}", "\\text{ or }", "\\quad",
                                          "\\qquad", "and", "or", "\\(", "\\)", "\\[", "\\]", "\\,", "\\;", "\\ ", ",",
                                          ";", "$", ".$", NULL };
    size_t at = 0, joints = 0;

    while ((at = span_skip_blanks(between, at)) < between.length) {
        const char *joint = span_has_one(between, at, JOINTS);
        if (joint == NULL)
            return false;
        joints += is_letter(joint[0]) || joint[0] == ',' || joint[0] == ';' || span_has(span_of(joint), 0, "\\text");
        at += strlen(joint);
    }
    return joints > 0;
}

/* A percent sign right after the box belongs to the answer. */
static const char *percent_after(struct span text, size_t at)
{
    static const char *const SIGNS[] = { "\\%", "%", "percent", "pct", NULL };

    while (is_blank(span_at(text, at)) || span_at(text, at) == '$')
        at++;
    return span_has_one(text, at, SIGNS) != NULL ? "\\%" : "";
}

static size_t end_of(const struct box *box, struct span text)
{
    return (size_t)(box->content.text - text.text) + box->content.length + 1;
}

static bool find_box(struct search *search)
{
    struct boxes boxes = boxes_find(search->text, search->arena);
    size_t last = boxes_previous(&boxes, boxes.count), first, previous;
    const struct box *items = boxes.items;
    struct span answer;
    struct buf list;
    bool one;

    if (last == SPAN_NOWHERE)
        return false;
    first = last;
    while (items[first].outer == SPAN_NOWHERE && (previous = boxes_previous(&boxes, first)) != SPAN_NOWHERE &&
           end_of(&items[previous], search->text) <= items[first].start &&
           is_joint(span_slice(search->text, end_of(&items[previous], search->text), items[first].start)))
        first = previous;
    one = first == last;
    buf_init(&list, 0);
    for (size_t i = first; i != SPAN_NOWHERE && i <= last; i++) {
        if (i != first && items[i].outer != SPAN_NOWHERE)
            continue;
        if (items[i].content.text == NULL || span_trim(items[i].content).length == 0)
            continue;
        buf_addf(&list, "%s%.*s", list.length > 0 ? ", " : "", (int)items[i].content.length, items[i].content.text);
    }
    buf_add_string(&list, percent_after(search->text, end_of(&items[last], search->text)));
    answer = (struct span){ arena_strndup(search->arena, list.data, list.length), list.length };
    buf_fini(&list);
    return found(search, answer, one ? "the last box" : "the boxes at the end");
}

/* \boxed 42: the next word, when the last \boxed has no brace at all. */
static bool find_bare_box(struct search *search)
{
    size_t at = span_find_last(search->text, "\\boxed"), end;

    if (at == SPAN_NOWHERE)
        return false;
    at = span_skip_blanks(search->text, at + strlen("\\boxed"));
    if (span_at(search->text, at) == '{')
        return false;
    for (end = at; end < search->text.length && !is_blank(search->text.text[end]) && search->text.text[end] != '$'; end++)
        ;
    return found(search, span_slice(search->text, at, end), "a box without braces");
}

/* How the answer is announced, by language. Where one ends a longer one, the later place decides. */
static const char *const MARKERS[] = {
    "answer is", "answer:", "**answer**", "####", "answer is:", "answer**:", "answer** :", "answer :",
    "\xE7\xAD\x94\xE6\xA1\x88\xE6\x98\xAF", "\xE7\xAD\x94\xE6\xA1\x88\xE4\xB8\xBA", "\xE7\xAD\x94\xE6\xA1\x88\xEF\xBC\x9A",
    "\xE7\xAD\x94\xE6\xA1\x88:", "respuesta:", "respuesta es", "r\xC3\xA9ponse :", "r\xC3\xA9ponse:", "r\xC3\xA9ponse est",
    "antwort:", "antwort ist", "\xD0\xBE\xD1\x82\xD0\xB2\xD0\xB5\xD1\x82:", "\xD0\x9E\xD1\x82\xD0\xB2\xD0\xB5\xD1\x82:",
    "risposta:", "resposta:",
};

/* The place after the last marker; SPAN_NOWHERE. */
static size_t after_marker(struct span text)
{
    for (size_t at = text.length; at-- > 0;) {
        char c = text.text[at];
        if (c == '\0' || strchr("aArR*#\xE7\xD0", c) == NULL)      /* what markers begin with */
            continue;
        for (size_t i = 0; i < sizeof MARKERS / sizeof MARKERS[0]; i++)
            if (span_has_any_case(text, at, MARKERS[i]) &&
                !((at > 0 && is_letter(text.text[at - 1])) || (is_letter(MARKERS[i][strlen(MARKERS[i]) - 1]) &&
                                                               span_has_letter(text, at + strlen(MARKERS[i])))))
                return at + strlen(MARKERS[i]);
    }
    return SPAN_NOWHERE;
}

static size_t line_end(struct span text, size_t at)
{
    size_t limit = text.length - at < LINE_BYTES_MAX ? text.length - at : LINE_BYTES_MAX;
    const char *newline = memchr(text.text + at, '\n', limit);

    return newline == NULL ? at + limit : (size_t)(newline - text.text);
}

static bool find_marker(struct search *search)
{
    struct span text = search->text, line;
    size_t at = after_marker(text), end;

    if (at == SPAN_NOWHERE)
        return false;
    while (is_one_of(span_at(text, at), " \t*:_"))
        at++;
    end = line_end(text, at);
    if (span_trim(span_slice(text, at, end)).length == 0) {
        at = span_skip_blanks(text, end);
        end = line_end(text, at);
    }
    line = span_trim(span_slice(text, at, end));
    /* A display that begins on its own line goes on to where it is closed. */
    if (span_has(line, 0, "\\[") || span_has(line, 0, "$$"))
        line = formula_display(span_slice(text, at, text.length - at < LINE_BYTES_MAX ? text.length : at + LINE_BYTES_MAX));
    return found(search, formula_of_line(line), "after \"answer\"");
}

/* The last paragraph that says anything. */
static struct span last_paragraph(struct span text)
{
    text = span_trim(text);
    if (text.length > 2 * LINE_BYTES_MAX)
        text = span_slice(text, text.length - 2 * LINE_BYTES_MAX, text.length);
    for (size_t at = text.length; at-- > 1;)
        if (text.text[at] == '\n' && text.text[at - 1] == '\n')
            return span_trim(span_slice(text, at, text.length));
    return text;
}

static bool is_bare(struct span text)
{
    size_t blanks = 0;

    for (size_t i = 0; i < text.length; i++)
        blanks += text.text[i] == ' ';
    /* A number of a thousand digits is no prose. */
    return (text.length <= BARE_BYTES_MAX || (text.length <= LINE_BYTES_MAX && blanks < 8)) &&
           memchr(text.text, '\n', text.length) == NULL && memmem(text.text, text.length, "boxed", 5) == NULL;
}

static bool find_formula(struct search *search)
{
    struct span formula;

    if (!search->rules->formula || memmem(search->text.text, search->text.length, "boxed", 5) != NULL)
        return false;
    return formula_last(last_paragraph(search->text), &formula) && found(search, formula, "the last formula");
}

/* Words side by side, or a script that is written in words. */
static bool is_prose(struct span text)
{
    size_t words = 0;

    for (size_t at = 0; at < text.length;) {
        size_t start = at;
        while (is_letter(span_at(text, at)))
            at++;
        words += at - start >= 2 && (start == 0 || is_blank(text.text[start - 1])) && is_blank(span_at(text, at));
        if ((unsigned char)span_at(text, at) >= 0x80 || words >= 2)
            return true;
        at += at == start;
    }
    return false;
}

static bool find_bare(struct search *search, bool whole)
{
    struct span text = span_trim(search->text);

    if (search->rules->number && is_prose(text))
        return false;

    return search->rules->bare && is_bare(text) && (!whole || formula_is_all(text)) &&
           found(search, formula_of_line(text), "the whole output");
}

/* Digits, not glued to letters, with thousands, decimals and sign. */
static bool find_number(struct search *search)
{
    struct span text = search->text;
    size_t end = text.length, start;

    if (!search->rules->number)
        return false;
    for (;;) {
        while (end > 0 && !is_digit(text.text[end - 1]))
            end--;
        for (start = end; start > 0 && (is_digit(text.text[start - 1]) ||
                                        (is_one_of(text.text[start - 1], ".,") && start > 1 &&
                                         is_digit(text.text[start - 2])));)
            start--;
        if (end == 0)
            return false;
        if (!is_letter(span_at(text, end)) && !(start > 0 && is_letter(text.text[start - 1])))
            break;
        end = start;
    }
    if (start > 0 && is_one_of(text.text[start - 1], "-+"))
        start--;
    end += span_at(text, end) == '%';
    return found(search, span_slice(text, start, end), "the last number");
}

/* What a server left of its own marks after the answer. */
static struct span cut_marks(struct span text)
{
    static const char *const MARKS[] = { "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|eot_id|>", NULL };

    return span_before(text, MARKS);
}

void maths_find(const char *output, const struct maths_rules *rules, struct arena *arena, struct maths_answer *out)
{
    struct search search = { .arena = arena, .rules = rules == NULL ? &maths_rules_canonical : rules, .out = out };
    struct final final;

    *out = (struct maths_answer){ .how = "no box, no \"answer:\", no formula" };
    if (!final_read(output, SIZE_MAX, arena, &final)) {
        out->how = final.note;
        return;
    }
    search.text = mend_boxes(cut_marks(final.text), arena);
    if (!find_box(&search) && !find_bare_box(&search) && !find_marker(&search) && !find_bare(&search, true) &&
        !find_formula(&search) && !find_number(&search))
        find_bare(&search, false);
}
