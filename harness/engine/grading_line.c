#include "harness/engine/grading_line.h"

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"

static void add_choices(struct json_write *w, const struct grading *grading)
{
    const struct sample *sample = grading->sample;

    json_open(w, "choices", '[');
    for (size_t i = 0; i < sample->choice_count; i++)
        json_add_string(w, NULL, sample->choices[grading->order != NULL ? grading->order[i] : i]);
    json_close(w);
}

static void add_all(struct json_write *w, const struct grading *grading)
{
    json_add_string(w, "input", grading->sample->input);
    if (grading->sample->choice_count > 0)
        add_choices(w, grading);
    json_add_string(w, "output", grading->said->text);
    json_add_string(w, "stop", stop_name(grading->said->stop));
}

void grading_line_write(const struct grading *grading, const struct answer *answer, struct buf *out)
{
    struct json_write w = json_write_to(out);

    json_open(&w, NULL, '{');
    json_add_string(&w, "grader", grading->grader->name);
    json_add_string(&w, "profile", grading->reader->name);
    json_add_string(&w, "id", grading->sample->id);
    json_add_string(&w, "target", grading->target);
    if (answer->text != NULL)
        json_add_string(&w, "answer", answer->text);
    else
        json_add_null(&w, "answer");
    if (grading->grader->wants_all)
        add_all(&w, grading);
    json_close(&w);
}

static int read_verdict(const struct json *verdict, struct arena *arena, struct grade *out, double *us,
                        struct err *err)
{
    const char *error = json_string(verdict, "error"), *read = out->answer;
    double score;

    *out = (struct grade){ .verdict = arena_strdup(arena, json_string(verdict, "verdict")),
                           .asked_language = out->asked_language, .language = out->language };
    *us = -1;
    json_get_number(verdict, "us", us);
    if (error != NULL)
        return err_set(err, "%.300s", error);
    if (!json_get_number(verdict, "score", &score) || !(score >= 0 && score <= 1))
        return err_set(err, "expected a verdict with \"score\": a number from 0 to 1");
    out->score = score;
    out->answer = json_get(verdict, "answer") == NULL ? read : arena_strdup(arena, json_string(verdict, "answer"));
    out->answer_class = arena_strdup(arena, json_string(verdict, "answer_class"));
    out->reason = arena_strdup(arena, json_string(verdict, "reason"));
    return 0;
}

int grading_line_read(const char *line, size_t length, struct arena *arena, struct grade *out, double *us,
                      struct err *err)
{
    struct json_doc *doc = json_parse(line, length, err);
    int status = doc == NULL ? err_prefix(err, "expected a verdict as one JSON object: ")
                             : read_verdict(json_root(doc), arena, out, us, err);

    json_free(doc);
    return status;
}
