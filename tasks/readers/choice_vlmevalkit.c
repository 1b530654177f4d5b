/*
 * vlmevalkit: as VLMEvalKit reads a choice before it would ask a model: the one label among the words, if it stands among
 * the last four; else "answer is B", A to D alone; else the one choice whose text stands in a short reply. What is left it
 * gives to a judge; here it is no answer. Words part at ASCII's blanks, texts are compared in ASCII's small letters.
 *
 * Its open questions become a choice between the key and "Other Answers", which no reading of ours repeats: they are read
 * as their authors do.
 */
#include <ctype.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"
#include "tasks/readers/pattern.h"
#include "tasks/readers/readers.h"

#define LAST_WORDS 4

static bool is_refusal(struct span said)
{
    static const char *const WORDS[] = {
        "Failed to obtain answer via API", "Sorry, I can't help with images of people yet.", "I can't process this file.",
        "I'm sorry, but without the image provided", "Cannot determine the answer",
    };

    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (memmem(said.text, said.length, WORDS[i], strlen(WORDS[i])) != NULL)
            return true;
    return false;
}

static bool parts_words(char c)
{
    return is_blank(c) || is_one_of(c, ".()[],:;!*#{}");
}

/* The labels among the words: how many there are, and one of them with the place of its first word. */
struct labels {
    size_t count, words, place;
    char letter;
    bool has_z;
};

static struct labels find_labels(struct span said, size_t choice_count)
{
    struct labels labels = { 0 };
    bool seen[SAMPLE_CHOICES_MAX] = { false };

    for (size_t at = 0; at < said.length; labels.words++) {
        size_t begin = at;
        while (at < said.length && !parts_words(said.text[at]))
            at++;
        char c = said.text[begin];
        bool is_letter = at == begin + 1 && c >= 'A' && c <= 'Z';
        if (is_letter && (size_t)(c - 'A') < choice_count && !seen[c - 'A']) {
            seen[c - 'A'] = true;
            labels.count++;
            labels.letter = c;
            labels.place = labels.words;
        }
        labels.has_z = labels.has_z || (is_letter && c == 'Z');
        if (at == begin)
            labels.words--;         /* a mark is no word */
        while (at < said.length && parts_words(said.text[at]))
            at++;
    }
    return labels;
}

static struct span small(struct span text, struct arena *arena)
{
    char *copy = arena_strndup(arena, text.text, text.length);

    for (size_t i = 0; i < text.length; i++)
        copy[i] = (char)(is_upper(copy[i]) ? copy[i] + 32 : copy[i]);
    return (struct span){ copy, text.length };
}

static size_t count_characters(struct span text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.length; i++)
        count += ((unsigned char)text.text[i] & 0xC0) != 0x80;
    return count;
}

/* The one choice whose text stands in a reply at most twice as long as all of them; '\0'. */
static char find_text(const struct grading *grading, struct span said, struct arena *arena)
{
    const struct sample *sample = grading->sample;
    size_t found = 0, all = 0;
    char letter = '\0';

    if (sample->choices == NULL)
        return '\0';
    said = small(said, arena);
    for (size_t label = 0; label < sample->choice_count; label++) {
        size_t choice = grading->order != NULL ? grading->order[label] : label;
        struct span text = small(span_of(sample->choices[choice]), arena);
        all += count_characters(text);
        if (text.length == 0 || memmem(said.text, said.length, text.text, text.length) != NULL) {
            found++;
            letter = (char)('A' + label);
        }
    }
    return found == 1 && count_characters(said) <= 2 * all ? letter : '\0';
}

static int read_choice(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct subject subject = subject_of(grading->said->text, arena);
    size_t count = grading->sample->choice_count;
    struct labels labels = find_labels(subject.text, count);
    struct span group;
    char letter = '\0';
    int rc = 0;

    *out = (struct answer){ .note = "what it would give to a judge, or refuses" };
    if (is_refusal(subject.text) || (labels.count == 0 && labels.has_z))
        return 0;
    if (labels.count == 1 && labels.place + LAST_WORDS >= labels.words)
        letter = labels.letter;
    if (letter == '\0' && (rc = pattern_find_first("(?i)(?:correct\\s+)?answer\\s+is\\s+\\**([ABCD])\\**", &subject,
                                                   &group, err)) > 0) {
        letter = (char)toupper((unsigned char)group.text[0]);
        letter = (size_t)(letter - 'A') < count ? letter : '\0';
    }
    if (rc < 0)
        return -1;
    letter = letter != '\0' ? letter : find_text(grading, subject.text, arena);
    if (letter != '\0')
        *out = (struct answer){ .text = arena_strndup(arena, &letter, 1) };
    return 0;
}

static int read_either(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    if (grading->sample->choice_count == 0)
        return reader_choice_or_open_mmmu_official.read(grading, arena, out, err);
    return read_choice(grading, arena, out, err);
}

const struct reader reader_choice_vlmevalkit = {
    .name = "vlmevalkit",
    .grader = "choice",
    .summary = "as VLMEvalKit without a judge: the one label among the last words, \"answer is B\", the one choice's text",
    .version = 1,
    .read = read_choice,
};

const struct reader reader_choice_or_open_vlmevalkit = {
    .name = "vlmevalkit",
    .grader = "choice_or_open",
    .summary = "the same; open answers as MMMU's authors",
    .version = 1,
    .read = read_either,
};
