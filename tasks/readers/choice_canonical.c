/*
 * choice, canonical: the label the model decided for, or none. Never a guess.
 *
 *     explicit   "Answer: B" and boxes; the last one counts, and a list ("A and C") is no decision
 *     sentence   only without those: "the answer is B", "B is correct"
 *                (both in other languages too, see tongue.h)
 *     tail       only without either, and when the reply was not cut off: a label alone on the last line, or one with
 *                its text on the last or first line, where that is no echo of the list of choices
 *
 * Written by hand, not as regular expressions: one pass, whatever the text, with a bounded look around each find.
 */
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"
#include "tasks/readers/boxes.h"
#include "tasks/readers/final.h"
#include "tasks/readers/label.h"
#include "tasks/readers/readers.h"
#include "tasks/readers/tongue.h"

/* An answer further from the end than this is no final answer. */
#define WINDOW_BYTES ((size_t)64 << 10)

struct reading {
    struct final final;
    struct span text;           /* final's */
    size_t choice_count;
    struct arena *arena;
    size_t at;                  /* where found stands, in the explicit group */
    struct label found;
    char outside;               /* a label seen that no choice has, '\0' for none */
};

/* Takes label when it is one, or a list. */
static bool take(struct reading *reading, size_t at, struct label label)
{
    if (label.kind == LABEL_OUTSIDE)
        reading->outside = label.letter;
    if (label.kind != LABEL_ONE && label.kind != LABEL_LIST)
        return false;
    reading->at = at;
    reading->found = label;
    return true;
}

/* Where the word answer begins that this colon belongs to; SPAN_NOWHERE when there is none. */
static size_t find_marker(struct span text, size_t colon)
{
    static const size_t LENGTH = sizeof "answer" - 1;
    size_t end = colon;

    while (end > 0 && colon - end < 4 && is_one_of(text.text[end - 1], "*_`\"') "))
        end--;
    if (end < LENGTH || !span_has_any_case(text, end - LENGTH, "answer"))
        return tongue_find_marker(text, end);
    end -= LENGTH;
    return end > 0 && is_letter(text.text[end - 1]) ? SPAN_NOWHERE : end;
}

/* "উত্তরঃ B": no colon at all. Counts when it stands after the marker found, if one was. */
static bool find_last_visarga(struct reading *reading, bool has_marker)
{
    struct span before = reading->text;
    size_t at;

    while ((at = tongue_find_last_visarga(before)) != SPAN_NOWHERE && !(has_marker && at < reading->at)) {
        size_t label = label_skip_decoration(reading->text, at + strlen("ঃ"));
        if (take(reading, at, label_read(reading->text, label, reading->choice_count)))
            return true;
        before.length = at;
    }
    return false;
}

static bool find_last_marker(struct reading *reading)
{
    struct span before = reading->text;
    const char *colon;

    while ((colon = memrchr(before.text, ':', before.length)) != NULL) {
        size_t at = (size_t)(colon - before.text), marker = find_marker(reading->text, at);
        before.length = at;
        if (marker == SPAN_NOWHERE)
            continue;
        at = label_skip_decoration(reading->text, label_skip_closing(reading->text, at + 1));
        if (take(reading, marker, label_read(reading->text, at, reading->choice_count)))
            return true;
    }
    return false;
}

/* A box counts when it stands after the marker found, if one was. */
static bool find_last_box(struct reading *reading, bool has_marker)
{
    struct boxes boxes = boxes_find(reading->text, reading->arena);
    size_t i = boxes.count;

    while ((i = boxes_previous(&boxes, i)) != SPAN_NOWHERE) {
        const struct box *box = &boxes.items[i];
        if (has_marker && box->start < reading->at)
            return false;
        if (take(reading, box->start, label_read_box(box->content, reading->choice_count)))
            return true;
    }
    return false;
}

static bool find_explicit(struct reading *reading)
{
    bool has_marker = find_last_marker(reading);

    has_marker = find_last_visarga(reading, has_marker) || has_marker;
    return find_last_box(reading, has_marker) || has_marker;
}

/* After the first of words that stands there, with blanks before and none of a word after it; from when none does. */
static size_t skip_words(struct span text, size_t from, const char *const *words)
{
    size_t at = span_skip_blanks(text, from);

    for (; *words != NULL; words++) {
        size_t end = at + strlen(*words);
        if (span_has_any_case(text, at, *words) && !span_has_letter(text, end) && span_at(text, end) != '-')
            return end;
    }
    return from;
}

/* A quick look that spares most words the comparison with answer, option and choice. */
static bool may_be_subject(struct span text, size_t at)
{
    char first = (char)(text.text[at] | 0x20), second = (char)(span_at(text, at + 1) | 0x20);

    return (first == 'a' && second == 'n') || (first == 'o' && second == 'p') || (first == 'c' && second == 'h');
}

/* "the answer is B", "option must be: **B**": from the first letter of a word, answer, option or choice. */
static bool read_statement(struct reading *reading, size_t at)
{
    static const char *const SUBJECTS[] = { "answer", "option", "choice", NULL };
    static const char *const VERBS[] = { "is", "would be", "must be", "should be", "has to be", NULL };
    struct span text = reading->text;
    size_t subject, verb;

    if (!may_be_subject(text, at) || (subject = skip_words(text, at, SUBJECTS)) == at)
        return false;
    subject = label_skip_closing(text, subject);
    verb = skip_words(text, subject, VERBS);
    if (verb == subject)
        return false;
    if (span_at(text, verb) == ':')
        verb++;
    verb = label_skip_decoration(text, label_skip_closing(text, verb));
    if (span_at(text, verb + 1) == '(' || is_one_of(span_at(text, span_skip_blanks(text, verb + 1)), "=+<"))
        return false;           /* "the cost of this choice is \[ C(5) = 12 \]" */
    return is_upper(span_at(text, verb)) && take(reading, verb, label_read(text, verb, reading->choice_count));
}

/* "nor B is correct", "if B is correct": about B, not for it. */
static bool is_conditional(struct span text, size_t letter)
{
    static const char *const WORDS[] = { "nor", "neither", "if", "whether", "or" };
    size_t end = letter;

    while (end > 0 && letter - end < 4 && is_one_of(text.text[end - 1], " \n*_`\"'($"))
        end--;
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        size_t length = strlen(WORDS[i]);
        if (end >= length && span_has_any_case(text, end - length, WORDS[i]) &&
            (end == length || !is_letter(text.text[end - length - 1])))
            return true;
    }
    return false;
}

/* "B is the correct one": from the first letter of a word, B. */
static bool read_verdict(struct reading *reading, size_t at)
{
    static const char *const IS[] = { "is the", "is", NULL };
    static const char *const GOOD[] = { "correct", "right", "best", NULL };
    struct span text = reading->text;
    char before = at > 0 ? text.text[at - 1] : '\0';
    size_t end = at + 1, verb;

    if (is_letter(span_at(text, end)) || is_digit(before) || is_one_of(before, "-'\\^"))
        return false;
    end = label_skip_closing(text, end);
    verb = skip_words(text, end, IS);
    if (verb == end || skip_words(text, verb, GOOD) == verb || is_conditional(text, at))
        return false;
    return take(reading, at, label_read(text, at, reading->choice_count));
}

/* "Die Antwort ist C", "答案是C": at is where the label may stand. */
static bool read_phrase(struct reading *reading, size_t at)
{
    struct span text = reading->text;
    size_t end = at;

    while (end > 0 && at - end < 12 && is_one_of(text.text[end - 1], " \n*_`\"'$(:"))
        end--;
    return tongue_find_phrase(text, end) != SPAN_NOWHERE &&
           take(reading, at, label_read(text, at, reading->choice_count));
}

/* The last sentence that names one. */
static bool find_sentence(struct reading *reading)
{
    struct span text = reading->text;

    for (size_t at = text.length; at-- > 0;) {
        if (!is_letter(text.text[at]) || (at > 0 && is_letter(text.text[at - 1])))
            continue;
        if (read_statement(reading, at) ||
            (is_upper(text.text[at]) && (read_verdict(reading, at) || read_phrase(reading, at))))
            return true;
    }
    return false;
}

/* What a line is to the tail rules. */
struct line {
    bool blank;
    bool bare;              /* a label and nothing else: "**C**" */
    bool plain;             /* and not the empty head of a list either: "C)", "C." */
    char letter;            /* of the label it begins with: "C", "C) text", "(C) text", "C. text"; '\0' for none */
};

static struct line read_line(struct span text, size_t choice_count)
{
    struct line line = { .blank = false };
    size_t at = 0, end, mark;
    struct label label;
    bool is_head;

    text = span_trim(text);
    line.blank = text.length == 0;
    while (is_one_of(span_at(text, at), "-#> "))
        at++;
    at = label_skip_decoration(text, at);
    label = label_read(text, at, choice_count);
    if (label.kind != LABEL_ONE || !is_upper(text.text[at]))
        return line;
    for (mark = label.end; is_one_of(span_at(text, mark), "*_`\"'$}"); mark++)
        ;
    is_head = is_one_of(span_at(text, mark), ").");
    end = label_skip_closing(text, mark);
    end = label_skip_closing(text, span_at(text, end) == '.' ? end + 1 : end);
    line.bare = end == text.length;
    line.plain = line.bare && (!is_head || (at > 0 && text.text[at - 1] == '('));
    if (line.bare || (is_head && !is_letter(span_at(text, mark + 1)) && !is_digit(span_at(text, mark + 1))))
        line.letter = label.letter;
    return line;
}

/* The line that ends at *end, which moves before it. */
static struct line previous_line(const struct reading *reading, size_t *end)
{
    const char *newline = memrchr(reading->text.text, '\n', *end);
    size_t start = newline == NULL ? 0 : (size_t)(newline - reading->text.text) + 1;
    struct line line = read_line(span_slice(reading->text, start, *end), reading->choice_count);

    *end = start == 0 ? 0 : start - 1;
    return line;
}

/* Whether one of the five lines before begins with a label, as in a list of choices that is only echoed. */
static bool follows_labels(const struct reading *reading, size_t end)
{
    int seen = 0;

    while (end > 0 && seen < 5) {
        struct line line = previous_line(reading, &end);
        if (line.letter != '\0')
            return true;
        seen += line.blank ? 0 : 1;
    }
    return false;
}

static char last_line_letter(const struct reading *reading)
{
    size_t end = reading->text.length;
    struct line line = { .blank = true }, before = { .blank = true };

    while (line.blank && end > 0)
        line = previous_line(reading, &end);
    if (line.letter == '\0')
        return '\0';
    if (!line.plain)
        return follows_labels(reading, end) ? '\0' : line.letter;
    while (before.blank && end > 0)
        before = previous_line(reading, &end);
    return before.plain && before.letter != line.letter ? '\0' : line.letter;
}

/* The label the first line begins with, where no line begins with another. */
static char first_line_letter(const struct reading *reading)
{
    struct span text = span_trim(reading->text);
    const char *newline = memchr(text.text, '\n', text.length);
    size_t length = newline == NULL ? text.length : (size_t)(newline - text.text), end = reading->text.length;
    struct line first = read_line(span_slice(text, 0, length), reading->choice_count);

    while (first.letter != '\0' && end > 0) {
        struct line line = previous_line(reading, &end);
        if (line.letter != '\0' && line.letter != first.letter)
            return '\0';
    }
    return first.letter;
}

static bool find_tail(struct reading *reading)
{
    char letter = last_line_letter(reading);

    if (letter == '\0' && !reading->final.cut)
        letter = first_line_letter(reading);
    reading->found = (struct label){ .kind = LABEL_ONE, .letter = letter };
    return letter != '\0';
}

static const char *explain(const struct reading *reading, enum stop stop)
{
    if (reading->choice_count == 0)
        return "there is nothing to choose from";
    if (reading->outside != '\0')
        return arena_printf(reading->arena, "label %c is outside A..%c", reading->outside,
                            (int)('A' + reading->choice_count - 1));
    return stop == STOP_LENGTH ? "cut off before a label was given" : "no label found";
}

static void set_answer(const struct reading *reading, struct answer *out)
{
    if (reading->found.kind == LABEL_LIST)
        out->note = arena_printf(reading->arena, "two labels: %c and %c", reading->found.letter, reading->found.other);
    else
        out->text = arena_strndup(reading->arena, &reading->found.letter, 1);
}

static int read_choice(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct reading reading = { .choice_count = grading->sample->choice_count, .arena = arena };

    (void)err;
    *out = (struct answer){ NULL, NULL };
    if (!final_read(grading->said->text, WINDOW_BYTES, arena, &reading.final)) {
        out->note = reading.final.note;
        return 0;
    }
    reading.text = reading.final.text;
    if (find_explicit(&reading)) {
        set_answer(&reading, out);
    } else if (find_sentence(&reading)) {
        out->note = "from a sentence";
        set_answer(&reading, out);
    } else if (grading->said->stop != STOP_LENGTH && find_tail(&reading)) {
        out->note = "from the first or last line";
        set_answer(&reading, out);
    } else {
        out->note = explain(&reading, grading->said->stop);
    }
    return 0;
}

const struct reader reader_choice_canonical = {
    .name = "canonical",
    .grader = "choice",
    .summary = "the label the model decided for: marker or box, else a sentence, else a label on the last line",
    .version = 2,
    .read = read_choice,
};
