/*
 * choice, simple_evals_multilingual: as OpenAI's simple-evals reads MMMLU. The first MARKER IN THE LIST that matches
 * decides, wherever it stands; so an early "Answer: A" beats a last "答案：B". Small letters keep their case and are
 * wrong, a bare alif is read and is no label. Markers as they have them, accents composed or not.
 */
#include <string.h>

#include "harness/base/arena.h"
#include "harness/engine/grading.h"
#include "tasks/readers/pattern.h"
#include "tasks/readers/readers.h"

/* Taken out in this order; closing braces stay. */
static const char *const NOISE[] = {
    "**", "$\\boxed{", "}$", "\\$", "$\\text{", "$", "\\mathrm{", "\\{", "\\text", "\\(", "\\mathbf{", "{", "\\boxed", NULL,
};

static const char *const MARKERS[] = {
    "Answer\\s*:", "Answer\\s*:\u200b\u200b\u200b\u200b\u200b\u200b", "উত্তর\\s*:", "उत्तर\\s*:",
    "উত্তরঃ", "উত্তর\\s*:", "Antwort\\s*:",
    "답변\\s*:", "정답\\s*:", "답\\s*:", "答案\\s*：", "答案\\s*:", "答\\s*：", "答\\s*:", "答复\\s*：", "答曰\\s*：",
    "الإجابة:", "الجواب:", "إجابة:", "الإجابة النهائية:", "الإجابة الصحيحة:", "الإجابة الصحيحة هي:", "الإجابة هي:",
    "الجواب النهائي:", "Respuesta\\s*:", "Risposta\\s*:", "答え\\s*:", "答え\\s*：", "回答\\s*:", "回答\\s*：", "解答\\s*:",
    "Jawaban\\s*:", "R\u00e9ponse\\s*:", "Resposta\\s*:", "Jibu\\s*:", "Idahun\\s*:", "\u00ccd\u00e1h\u00f9n\\s*:",
    "Id\u00e1h\u00f9n\\s*:", "A\u0300m\u1ecd\u0300na\u0300\\s*:", "\u00c0d\u00e1h\u00f9n\\s*:",
    "A\u0300nu\u0301go\u0323\\s*:", "\u00c0\u1e63\u00e0y\u00e0n\\s*:",
};

#define LETTERS "[ \\t]*([A-D]|[\u0623-\u062f]|[\u0985]|[\u09ac]|[\u09a1]|[\u09a2]|[\uff21]|[\uff22]|[\uff23]|[\uff24])"

/* Their own letters as Latin ones; anything else stays what it is. */
static const char *translate(struct span letter, struct arena *arena)
{
    static const char *const FOREIGN[][2] = {
        { "\u0623", "A" }, { "\u0628", "B" }, { "\u062c", "C" }, { "\u062f", "D" }, { "\u0985", "A" }, { "\u09ac", "B" },
        { "\u09a1", "C" }, { "\u09a2", "D" }, { "\uff21", "A" }, { "\uff22", "B" }, { "\uff23", "C" }, { "\uff24", "D" },
    };

    for (size_t i = 0; i < sizeof FOREIGN / sizeof FOREIGN[0]; i++)
        if (letter.length == strlen(FOREIGN[i][0]) && memcmp(letter.text, FOREIGN[i][0], letter.length) == 0)
            return FOREIGN[i][1];
    return arena_strndup(arena, letter.text, letter.length);
}

static int read_choice(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct subject subject = subject_of(span_without(span_of(grading->said->text), NOISE, arena).text, arena);
    struct span group;
    int rc = 0;

    *out = (struct answer){ 0 };
    for (size_t i = 0; rc == 0 && i < sizeof MARKERS / sizeof MARKERS[0]; i++)
        rc = pattern_find_first(arena_printf(arena, "(?i)%s" LETTERS, MARKERS[i]), &subject, &group, err);
    if (rc < 0)
        return -1;
    if (rc > 0)
        out->text = translate(group, arena);
    else
        out->note = "none of its 42 markers has a letter after it";
    return 0;
}

const struct reader reader_choice_simple_evals_multilingual = {
    .name = "simple_evals_multilingual",
    .grader = "choice",
    .summary = "as OpenAI's simple-evals on MMMLU: the first of 42 markers that has a letter after it",
    .version = 1,
    .read = read_choice,
};
