/*
 * choice, opencompass: OpenCompass' first_option_postprocess. Its patterns are tried one after the other, each at its
 * first match; of what the first one holds that holds a label at all, the first label of the alphabet counts, wherever in
 * it it stands.
 */
#include <string.h>

#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"
#include "tasks/readers/pattern.h"
#include "tasks/readers/readers.h"

/* Where the labels stand in a pattern. */
#define LABELS '@'

/*
 * As they wrote them, but for three. One lacks a comma there, so that it is two in a row, and is so here. "(\s|^)[...]"
 * holds a blank, which is no label, or what the whole match does, at the begin: "^". Of "1.\s?(.*?)$" the whole match
 * counts where its group holds nothing, as in "1A" at the end: the one that follows it. Its group goes to the end anyhow:
 * greedy, it is there at once.
 */
static const char *const PATTERNS[] = {
    "答案是?\\s*([@])", "答案是?\\s*：\\s*([@])", "答案是?\\s*:\\s*([@])", "答案选项应?该?是\\s*([@])",
    "答案选项应?该?为\\s*([@])", "答案应该?是\\s*([@])", "答案应该?选\\s*([@])", "答案选项为?\\s*：\\s*([@])",
    "答案选项为?\\s+\\(?\\*?\\*?([@])\\*?\\*?\\)?", "答案选项是?\\s*:\\s*([@])", "答案为\\s*([@])", "答案选\\s*([@])",
    "选择?\\s*([@])", "故选?\\s*([@])只有选?项?\\s?([@])\\s?是?对", "只有选?项?\\s?([@])\\s?是?错",
    "只有选?项?\\s?([@])\\s?不?正确", "只有选?项?\\s?([@])\\s?错误", "说法不?对选?项?的?是\\s?([@])",
    "说法不?正确选?项?的?是\\s?([@])", "说法错误选?项?的?是\\s?([@])", "([@])\\s?是正确的", "([@])\\s?是正确答案",
    "选项\\s?([@])\\s?正确", "所以答\\s?([@])", "所以\\s?([@][.。$]?$)", "所有\\s?([@][.。$]?$)",
    "[\\s，：:,]([@])[。，,\\.]?$", "[\\s，,：:][故即]([@])[。\\.]?$", "[\\s，,：:]因此([@])[。\\.]?$",
    "[是为。]\\s?([@])[。\\.]?$", "因此\\s?([@])[。\\.]?$", "显然\\s?([@])[。\\.]?$", "答案是\\s?(\\S+)(?:。|$)",
    "答案应该是\\s?(\\S+)(?:。|$)", "答案为\\s?(\\S+)(?:。|$)", "(?i)ANSWER\\s*:\\s*([@])",
    "[Tt]he answer is:?\\s+\\(?([@])\\)?", "[Tt]he answer is:?\\s+\\(?\\*?\\*?([@])\\*?\\*?\\)?",
    "[Tt]he answer is option:?\\s+\\(?([@])\\)?", "[Tt]he correct answer is:?\\s+\\(?([@])\\)?",
    "[Tt]he correct answer is option:?\\s+\\(?([@])\\)?", "[Tt]he correct answer is:?.*?boxed{([@])}",
    "[Tt]he correct option is:?.*?boxed{([@])}", "[Tt]he correct answer option is:?.*?boxed{([@])}",
    "[Tt]he answer to the question is:?\\s+\\(?([@])\\)?", "^选项\\s?([@])", "^([@])\\s?选?项", "^([@])[\\s。，,：:\\.$]",
    "1.\\s?(.+)$", "1([@])$", "1.\\s?([@])[.。$]?$", "([@]):", "([@])",
};

/* "." means any character here, a newline too. */
static const char *fill_labels(const char *pattern, const char *labels, struct arena *arena)
{
    const char *filled = "(?s)";

    for (const char *at; (at = strchr(pattern, LABELS)) != NULL; pattern = at + 1)
        filled = arena_printf(arena, "%s%.*s%s", filled, (int)(at - pattern), pattern, labels);
    return arena_printf(arena, "%s%s", filled, pattern);
}

static int read_choice(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct subject subject = subject_of(grading->said->text, arena);
    const char *labels = arena_strndup(arena, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", grading->sample->choice_count);
    struct span found;
    int rc = 0;

    *out = (struct answer){ .note = "none of OpenCompass' patterns holds a label" };
    subject.text = span_trim(subject.text);
    for (size_t i = 0; labels[0] != '\0' && i < sizeof PATTERNS / sizeof PATTERNS[0]; i++) {
        rc = pattern_find_first(fill_labels(PATTERNS[i], labels, arena), &subject, &found, err);
        if (rc < 0)
            return -1;
        for (const char *label = labels; rc > 0 && *label != '\0'; label++)
            if (memchr(found.text, *label, found.length) != NULL) {
                *out = (struct answer){ .text = arena_strndup(arena, label, 1) };
                return 0;
            }
    }
    return 0;
}

const struct reader reader_choice_opencompass = {
    .name = "opencompass",
    .grader = "choice",
    .summary = "as OpenCompass: the first of its sixty patterns that finds a label, at last any capital that is one",
    .version = 1,
    .read = read_choice,
};
