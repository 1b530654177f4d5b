/*
 * choice, canonical: the label the model decided for, or none. Never a guess.
 *
 *     explicit   "Answer: B", "Answer → B", <answer>B</answer> and boxes; the last one counts, and a list ("A and C") is
 *                no decision
 *     sentence   only without those: "the answer is B", "B is correct"
 *                (both in other languages too, see tongue.h)
 *     tail       only without either, and when the reply was not cut off: a label alone on the last line, or one with
 *                its text on the last or first line, where that is no echo of the list of choices
 *
 * Written by hand, not as regular expressions: one pass, whatever the text, with a bounded look around each find.
 */
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/text.h"
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

/* What sets a label off from the word that announces it: a colon; a tag, <answer> or [ANSWER]; or what is many other
 * things too: a sign of equality, an arrow, a dash. */
enum mark_kind { MARK_NONE, MARK_COLON, MARK_TAG, MARK_LOOSE };

struct mark {
    enum mark_kind kind;
    size_t begin, end;
};

/* A quick look that spares most of a text the longer one: the last bytes of marks. */
static bool may_end_mark(char c)
{
    return c == ':' || c == '=' || c == '-' || c == '>' || c == ']' || (unsigned char)c == 0x92 ||
           (unsigned char)c == 0x93 || (unsigned char)c == 0x94;
}

/* The one that ends at that place. */
static struct mark read_mark(struct span text, size_t end)
{
    static const char *const LOOSE[] = { "=>", "->", "=", "-", "\u2192", "\u21d2", "\u2014", "\u2013" };
    char last = text.text[end - 1];

    if (last == ':')
        return (struct mark){ MARK_COLON, end - 1, end };
    for (size_t i = 0; i < sizeof LOOSE / sizeof LOOSE[0]; i++) {
        size_t length = strlen(LOOSE[i]);
        if (end >= length && memcmp(text.text + end - length, LOOSE[i], length) == 0)
            return (struct mark){ MARK_LOOSE, end - length, end };
    }
    return (struct mark){ last == '>' || last == ']' ? MARK_TAG : MARK_NONE, end - 1, end };
}

/* Whether word stands there, which ends at end, in any case, as a word of its own. */
static bool ends_word(struct span text, size_t end, const char *word)
{
    size_t length = strlen(word);

    return end >= length && span_has_any_case(text, end - length, word) &&
           (end == length || !is_letter(text.text[end - length - 1]));
}

/* Before up to four marks that close what is bold, quoted or in brackets. */
static size_t skip_closing_back(struct span text, size_t from)
{
    size_t end = from;

    while (end > 0 && from - end < 4 && is_one_of(text.text[end - 1], "*_`\"') "))
        end--;
    return end;
}

/* Where the word begins that this mark belongs to; SPAN_NOWHERE when there is none. */
static size_t find_marker(struct span text, struct mark mark)
{
    static const size_t LENGTH = sizeof "answer" - 1;
    size_t end = mark.kind == MARK_TAG ? mark.begin : skip_closing_back(text, mark.begin);

    if (!ends_word(text, end, "answer"))
        return mark.kind == MARK_COLON ? tongue_find_marker(text, end) : SPAN_NOWHERE;
    if (mark.kind == MARK_TAG && (end == LENGTH || !is_one_of(text.text[end - LENGTH - 1], "<[_")))
        return SPAN_NOWHERE;
    return end - LENGTH;
}

/* "Final: B", "Conclusion: B": words that announce other things too. */
static size_t find_loose_marker(struct span text, struct mark mark)
{
    static const char *const WORDS[] = { "final", "conclusion", "verdict", "result" };
    size_t end = skip_closing_back(text, mark.begin);

    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (mark.kind == MARK_COLON && ends_word(text, end, WORDS[i]))
            return end - strlen(WORDS[i]);
    return SPAN_NOWHERE;
}

/* Whether nothing but an end, or a remark, follows the label. */
static bool is_closed(struct span text, size_t end)
{
    size_t after = label_skip_closing(text, end);

    return span_at(text, end) != '(' && (after >= text.length || is_one_of(text.text[after], "\n\r.,;:(<|"));
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

/* What the mark sets off. Where words or mark are loose, a label counts that stands alone. */
static bool take_marked(struct reading *reading, struct mark mark)
{
    struct span text = reading->text;
    size_t marker = find_marker(text, mark), at;
    bool is_loose = mark.kind == MARK_LOOSE || marker == SPAN_NOWHERE;
    struct label label;

    if (marker == SPAN_NOWHERE)
        marker = find_loose_marker(text, mark);
    if (marker == SPAN_NOWHERE)
        return false;
    at = label_skip_decoration(text, label_skip_closing(text, mark.end));
    label = label_read(text, at, reading->choice_count);
    if (is_loose && (label.kind != LABEL_ONE || !is_closed(text, label.end)))
        return false;
    return take(reading, marker, label);
}

static bool find_last_marker(struct reading *reading)
{
    for (size_t end = reading->text.length; end > 0; end--) {
        struct mark mark = { .kind = MARK_NONE };
        if (may_end_mark(reading->text.text[end - 1]))
            mark = read_mark(reading->text, end);
        if (mark.kind != MARK_NONE && take_marked(reading, mark))
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

/* A quick look that spares most words the comparison with answer, option, choice and letter. */
static bool may_be_subject(struct span text, size_t at)
{
    char first = (char)(text.text[at] | 0x20), second = (char)(span_at(text, at + 1) | 0x20);

    return (first == 'a' && second == 'n') || (first == 'o' && second == 'p') || (first == 'c' && second == 'h') ||
           (first == 'l' && second == 'e');
}

/* "the answer is B", "option must be: **B**": from the first letter of a word, answer, option, choice or letter. */
static bool read_statement(struct reading *reading, size_t at)
{
    static const char *const SUBJECTS[] = { "answer", "option", "choice", "letter", NULL };
    static const char *const OF[] = { "to the question", "to this question", "to the problem", "choice", "option", "letter",
                                      "here", NULL };
    static const char *const VERBS[] = { "is", "would be", "must be", "should be", "has to be", "must therefore be", NULL };
    static const char *const ADVERBS[] = { "therefore", "thus", "hence", "then", "clearly", "indeed", "definitely",
                                           "simply", NULL };
    struct span text = reading->text;
    size_t subject, verb;

    if (!may_be_subject(text, at) || (subject = skip_words(text, at, SUBJECTS)) == at)
        return false;
    subject = label_skip_closing(text, skip_words(text, subject, OF));
    verb = skip_words(text, subject, VERBS);
    if (verb == subject)
        return false;
    verb = skip_words(text, verb, ADVERBS);
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
    static const char *const GOOD[] = { "correct", "right", "best", "answer", NULL };
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

/* "Die Antwort ist C", "答案是C", "सही उत्तर C है": at is where the label may stand. */
static bool read_phrase(struct reading *reading, size_t at)
{
    struct span text = reading->text;
    size_t end = at;
    struct label label;

    while (end > 0 && at - end < 12 && is_one_of(text.text[end - 1], " \n*_`\"'$(:"))
        end--;
    if (end == 0 || tongue_find_phrase(text, end) == SPAN_NOWHERE) {
        if (end == 0 || !tongue_ends_subject(text, end))
            return false;
        label = label_read(text, at, reading->choice_count);
        return label.kind == LABEL_ONE && tongue_closes_subject(text, label_skip_closing(text, label.end)) &&
               take(reading, at, label);
    }
    return take(reading, at, label_read(text, at, reading->choice_count));
}

/* Whether a label of another script than Latin may begin with that byte: Arabic's, Hindi's and Bengali's. */
static bool may_be_local(char c)
{
    return (unsigned char)c == 0xD8 || (unsigned char)c == 0xE0;
}

/* The last sentence that names one. */
static bool find_sentence(struct reading *reading)
{
    struct span text = reading->text;

    for (size_t at = text.length; at-- > 0;) {
        char letter;
        size_t size;
        if (may_be_local(text.text[at]) && tongue_has_letter(text, at, &letter, &size) && read_phrase(reading, at))
            return true;
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

/* How many bytes of a check mark, a pointing hand or their like begin there. */
static size_t measure_symbol(struct span text, size_t at)
{
    uint32_t code;
    size_t size;

    if ((unsigned char)span_at(text, at) < 0xE2)
        return 0;
    size = text_decode(text.text + at, text.length - at, &code);
    return (code >= 0x2190 && code <= 0x2BFF) || code == 0xFE0F || (code >= 0x1F300 && code <= 0x1FAFF) ? size : 0;
}

/* After the marks, symbols and words that may lead to a label on a line. *is_named: "Option B", "Final answer B". */
static size_t skip_leader(struct span text, bool *is_named)
{
    static const char *const WORDS[] = { "final answer", "answer", "option", "choice", "opción", "letra", "alternativa",
                                         "opzione", "lettre", "opsi", NULL };
    size_t at = 0, size, end;

    while ((size = is_one_of(span_at(text, at), "-#>| *_") ? 1 : measure_symbol(text, at)) > 0)
        at += size;
    end = skip_words(text, at, WORDS);
    *is_named = end > at;
    return label_skip_decoration(text, end);
}

static struct line read_line(struct span text, size_t choice_count)
{
    struct line line = { .blank = false };
    size_t at, end, mark;
    struct label label;
    bool is_named, is_head;

    text = span_trim(text);
    line.blank = text.length == 0;
    if (span_has(text, 0, "```"))
        line.blank = span_at(text, 3) != '`' && memchr(text.text, ' ', text.length) == NULL;
    at = skip_leader(text, &is_named);
    label = label_read(text, at, choice_count);
    if (label.kind != LABEL_ONE || !is_upper(text.text[at]))
        return line;
    for (mark = label.end; is_one_of(span_at(text, mark), "*_`\"'$}"); mark++)
        ;
    is_head = is_one_of(span_at(text, mark), ").") || (is_named && span_at(text, mark) == ':');
    end = label_skip_closing(text, mark);
    end = label_skip_closing(text, is_one_of(span_at(text, end), ".|") ? end + 1 : end);
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
    .version = 3,
    .read = read_choice,
};
