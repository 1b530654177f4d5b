/*
 * choice, mmmu_official: as MMMU's authors read a choice. "(B)" anywhere, else " B ", else, in more than five words, the
 * text of a choice; of several the one that stands last. They draw at random where nothing is found: see draw.h.
 * mmmu_pro_official: as they read MMMU-Pro, where "Answer:" comes first.
 *
 * Texts are compared in small letters; ours are ASCII's, theirs all of Unicode's.
 */
#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"
#include "tasks/readers/choice_mmmu.h"
#include "tasks/readers/draw.h"
#include "tasks/readers/readers.h"

#define WORDS_MIN 6

static struct span strip(struct span text, char c)
{
    while (text.length > 0 && text.text[0] == c)
        text = span_slice(text, 1, text.length);
    while (text.length > 0 && text.text[text.length - 1] == c)
        text.length--;
    return text;
}

/* One class of characters after the other, each once. */
static struct span strip_marks(struct span text)
{
    for (const char *mark = ",.!?;:'"; *mark != '\0'; mark++)
        text = strip(text, *mark);
    return text;
}

static bool has_words(struct span text, size_t wanted)
{
    size_t words = 0;

    for (size_t at = 0; at < text.length && words < wanted; at++)
        words += !is_blank(text.text[at]) && (at == 0 || is_blank(text.text[at - 1]));
    return words >= wanted;
}

/* Where each choice, as formed, stands last decides; the first of those at one place. '\0': none stands there. */
struct find {
    size_t at;
    char letter;
};

static void consider(struct find *find, struct span text, const char *form, size_t label)
{
    size_t at = form[0] == '\0' ? text.length : span_find_last(text, form);

    if (at == SPAN_NOWHERE || (find->letter != '\0' && at <= find->at))
        return;
    *find = (struct find){ .at = at, .letter = (char)('A' + label) };
}

static char find_label(struct span text, const char *before, const char *after, size_t count, struct arena *arena)
{
    struct find find = { 0 };

    for (size_t label = 0; label < count; label++)
        consider(&find, text, arena_printf(arena, "%s%c%s", before, (char)('A' + label), after), label);
    return find.letter;
}

/* MMMU-Pro's second and third look: "B " or "B." anywhere. Of several the one that stands last as " B " counts, and the
 * first of them where none does. */
static char find_loosely(struct span text, const char *after, size_t count, struct arena *arena)
{
    char first = '\0';
    struct find find = { 0 };

    for (size_t label = 0; label < count; label++) {
        char letter = (char)('A' + label);
        if (span_find_last(text, arena_printf(arena, "%c%s", letter, after)) == SPAN_NOWHERE)
            continue;
        first = first == '\0' ? letter : first;
        consider(&find, text, arena_printf(arena, " %c ", letter), label);
    }
    return find.letter != '\0' ? find.letter : first;
}

static char find_text(struct span text, const struct grading *grading, struct arena *arena)
{
    struct find find = { 0 };

    if (grading->sample->choices == NULL || !has_words(text, WORDS_MIN))
        return '\0';
    text = span_small(text, arena);
    for (size_t label = 0; label < grading->sample->choice_count; label++) {
        size_t choice = grading->order != NULL ? grading->order[label] : label;
        consider(&find, text, span_small(span_of(grading->sample->choices[choice]), arena).text, label);
    }
    return find.letter;
}

char choice_mmmu_find(const struct grading *grading, struct span said, struct arena *arena)
{
    struct span bare = strip_marks(said);
    struct span text = span_of(arena_printf(arena, " %.*s ", (int)bare.length, bare.text));
    size_t count = grading->sample->choice_count;
    char letter = find_label(text, "(", ")", count, arena);

    if (letter == '\0')
        letter = find_label(text, " ", " ", count, arena);
    return letter != '\0' ? letter : find_text(text, grading, arena);
}

/* The only label whose letter stands anywhere after the last "Answer:"; '\0' when there are several or none. */
static char find_after_marker(const struct grading *grading, struct span said)
{
    size_t at = span_find_last(said, "Answer:");
    char found = '\0';

    for (size_t label = 0; at != SPAN_NOWHERE && label < grading->sample->choice_count; label++) {
        if (memchr(said.text + at + 7, 'A' + (int)label, said.length - at - 7) == NULL)
            continue;
        if (found != '\0')
            return '\0';
        found = (char)('A' + label);
    }
    return found;
}

static char find_pro(const struct grading *grading, struct span said, struct arena *arena)
{
    struct span bare = strip_marks(said);
    struct span text = span_of(arena_printf(arena, " %.*s ", (int)bare.length, bare.text));
    size_t count = grading->sample->choice_count;
    char letter = find_after_marker(grading, said);

    letter = letter != '\0' ? letter : find_label(text, "(", ")", count, arena);
    letter = letter != '\0' ? letter : find_loosely(text, " ", count, arena);
    letter = letter != '\0' ? letter : find_loosely(text, ".", count, arena);
    return letter != '\0' ? letter : find_text(text, grading, arena);
}

static void set_letter(const struct grading *grading, char letter, struct arena *arena, struct answer *out)
{
    *out = (struct answer){ 0 };
    if (letter != '\0')
        out->text = arena_strndup(arena, &letter, 1);
    else
        draw_expected(grading->sample->choice_count, out);
}

static int read_pro(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    (void)err;
    set_letter(grading, find_pro(grading, span_of(grading->said->text), arena), arena, out);
    return 0;
}

static int read_choice(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    (void)err;
    set_letter(grading, choice_mmmu_find(grading, span_of(grading->said->text), arena), arena, out);
    return 0;
}

static int read_or_draw(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    return read_choice(grading, arena, out, err) < 0 ? -1 : draw_where_none(grading, arena, out);
}

const struct reader reader_choice_mmmu_official = {
    .name = "mmmu_official",
    .grader = "choice",
    .summary = "as MMMU's authors: \"(B)\", \" B \" or a choice's text, the last; no answer counts 1/N",
    .version = 1,
    .draws = true,
    .read = read_choice,
};

const struct reader reader_choice_mmmu_official_random = {
    .name = "mmmu_official_random",
    .grader = "choice",
    .summary = "the same with a random draw, fixed by the sample's id, where there is no answer",
    .version = 1,
    .draws = true,
    .read = read_or_draw,
};

const struct reader reader_choice_mmmu_pro_official = {
    .name = "mmmu_pro_official",
    .grader = "choice",
    .summary = "as MMMU-Pro's authors: the one letter after the last \"Answer:\", else as MMMU's; no answer counts 1/N",
    .version = 1,
    .draws = true,
    .read = read_pro,
};
