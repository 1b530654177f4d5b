#include "harness/engine/grading.h"

#include <assert.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/language.h"
#include "harness/engine/sample.h"

/* Where the reply goes on by itself: the first stop after any thinking. NULL when it does not. */
static const char *find_stop(const struct grading *grading)
{
    const char *text = grading->said->text, *thought;

    if (grading->stop == NULL)
        return NULL;
    while ((thought = strstr(text, "</think>")) != NULL)
        text = thought + 1;
    return strstr(text, grading->stop);
}

void grading_note_language(const struct grading *grading, struct grade *out)
{
    const char *text = grading->said->text, *thought;

    if (grading->sample->language == NULL)
        return;
    while ((thought = strstr(text, "</think>")) != NULL)
        text = thought + strlen("</think>");
    out->asked_language = grading->sample->language;
    out->language = language_of(text, strlen(text));
}

int grading_read(const struct grading *grading, struct arena *arena, struct answer *answer, struct grade *out,
                 struct err *err)
{
    struct grading cut = *grading;
    struct reply said;
    const char *at = find_stop(grading);

    if (at != NULL) {
        said = *grading->said;
        said.text = arena_strndup(arena, said.text, (size_t)(at - said.text));
        cut.said = &said;
    }
    *answer = (struct answer){ 0 };
    if (cut.reader->read(&cut, arena, answer, err) < 0)
        return -1;
    *out = (struct grade){ .score = answer->credit, .reason = answer->note };
    grading_note_language(grading, out);
    return 0;
}

static int check_score(const struct grading *grading, const struct grade *grade, struct err *err)
{
    if (grade->score >= 0 && grade->score <= 1)
        return 0;
    return err_set(err, "%s gave the score %g, which is not in 0..1", grading->grader->name, grade->score);
}

int grading_run(const struct grading *grading, struct arena *arena, struct grade *out, struct err *err)
{
    struct answer answer;

    assert(grading->grader->program == NULL);
    if (grading_read(grading, arena, &answer, out, err) < 0)
        return -1;
    if (answer.text == NULL)
        return 0;
    if (grading->grader->grade(grading, &answer, arena, out, err) < 0)
        return -1;
    grading_note_language(grading, out);
    if ((grading->reader->draws || grading->reader->tells) && out->reason == NULL)
        out->reason = answer.note;      /* a drawn answer stays marked as one, a tie as such */
    return check_score(grading, out, err);
}
