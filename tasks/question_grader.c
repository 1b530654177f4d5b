/*
 * The part of a task file that brings a grader of its own:
 *
 *     "grader": { "name": "mine", "program": ["python3", "mine.py"] }
 *     "grader": { "model": true, "rubric": "Right is what names the city.", "labels": { "C": 1, "I": 0 } }
 *
 *     name                 under which its verdicts are kept, none of ours; of a model "judge" without it
 *     [summary]            a line for people
 *     program              what is started, word by word, without a shell; a word that names a file beside the task file
 *                          is that file. It is spoken with line by line (harness/engine/grading_line.h)
 *     [timeout_s]          for one verdict, 60 without it
 *     [reads]              a grader of ours: profiles then name a "reader" of its, and the program gets what that read
 *                          as "answer". Without it that is the whole reply but its thinking
 *
 * The program is told all there is (question, choices, reply), may read the answer out of the reply itself, and its
 * verdict's "answer" then counts. Its words and the files they name make the version of its verdicts, and belong to the
 * fingerprint of a run.
 *
 *     model                true instead of a program: a model judges, the one in the role "judge" (tasks/graders/judge.h)
 *     rubric               what counts as right, in words for it
 *     [labels]             what it may say, and the score of each; without it C is 1 and I is 0
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/base/arena.h"
#include "harness/base/file.h"
#include "harness/base/hash.h"
#include "harness/engine/grading.h"
#include "tasks/flows/flows.h"
#include "tasks/graders/graders.h"
#include "tasks/graders/judge.h"
#include "tasks/question_draft.h"

#define TIMEOUT_S_MAX 3600
#define GRADERS_MAX 64

struct grader_draft {
    struct grader *grader;
    struct rubric *rubric;
    bool is_model;
    const char *reads;
    const char *folder;                 /* of the task file */
    struct hash hash;                   /* of what decides its verdicts */
};

static int read_name(struct reading *r, const struct json *value, void *into)
{
    struct grader *grader = ((struct grader_draft *)into)->grader;

    if (reading_text(r, value, "the grader's name", &grader->name) < 0)
        return -1;
    if (graders_find(grader->name) != NULL)
        return reading_fail(r, value, "\"name\": expected another than that of a grader of ours, found \"%s\"",
                            grader->name);
    return 0;
}

static int read_summary(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "a line of text", &((struct grader_draft *)into)->grader->summary);
}

static bool is_file(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* A word, or the file of that name beside the task file, of which the content counts as well. */
static int read_word(struct reading *r, const struct json *value, struct grader_draft *one, const char **out)
{
    char hex[HASH_HEX_SIZE];
    const char *path;
    int64_t size;

    if (reading_text(r, value, "a word of the program's command line", out) < 0)
        return -1;
    hash_string(&one->hash, *out);
    path = file_join(r->arena, one->folder, *out);
    if (!is_file(path))
        return 0;
    if (hash_file(path, hex, &size, r->err) < 0)
        return err_prefix(r->err, "%s: ", reading_place(r, value));
    hash_string(&one->hash, hex);
    *out = path;
    return 0;
}

static int read_program(struct reading *r, const struct json *value, void *into)
{
    struct grader_draft *one = into;
    const char **words;
    size_t n = 0;

    if (json_kind(value) != JSON_ARRAY || json_count(value) == 0)
        return reading_refuse(r, value, "a list: a program and its words, as [\"python3\", \"mine.py\"]");
    words = arena_calloc(r->arena, json_count(value) + 1, sizeof words[0]);
    for (const struct json *word = json_first(value); word != NULL; word = json_next(word))
        if (read_word(r, word, one, &words[n++]) < 0)
            return -1;
    if (!file_is_program(words[0]))
        return reading_fail(r, value, "\"program\": expected a program that can be started, beside the task file or in "
                            "PATH, found \"%.200s\"", words[0]);
    one->grader->program = words;
    return 0;
}

static int read_timeout(struct reading *r, const struct json *value, void *into)
{
    struct grader *grader = ((struct grader_draft *)into)->grader;
    double seconds;

    if (!json_to_number(value, &seconds) || !(seconds >= 0.001 && seconds <= TIMEOUT_S_MAX))
        return reading_refuse(r, value, "seconds, a number from 0.001 to %d", TIMEOUT_S_MAX);
    grader->limit_ms = (int64_t)(seconds * 1000);
    return 0;
}

static int read_reads(struct reading *r, const struct json *value, void *into)
{
    const char *names[GRADERS_MAX] = { NULL }, **name = &((struct grader_draft *)into)->reads;

    if (reading_text(r, value, "the name of a grader whose readers read", name) < 0)
        return -1;
    if (graders_find(*name) != NULL)
        return 0;
    for (size_t i = 0; graders[i] != NULL && i < GRADERS_MAX - 1; i++)
        names[i] = graders[i]->name;
    return question_refuse_name(r, value, "grader", names);
}

/* --- a model as judge --- */

static int read_model(struct reading *r, const struct json *value, void *into)
{
    bool *is_model = &((struct grader_draft *)into)->is_model;

    if (!json_to_bool(value, is_model) || !*is_model)
        return reading_refuse(r, value, "true");
    return 0;
}

static int read_rubric(struct reading *r, const struct json *value, void *into)
{
    struct grader_draft *one = into;

    if (reading_text(r, value, "what counts as right", &one->rubric->text) < 0)
        return -1;
    hash_string(&one->hash, one->rubric->text);
    return 0;
}

/* One word each, so that the judge's last line can be told from any other. */
static int read_labels(struct reading *r, const struct json *value, void *into)
{
    struct grader_draft *one = into;
    const char **labels = arena_calloc(r->arena, json_count(value) + 1, sizeof labels[0]);
    double *scores = arena_calloc(r->arena, json_count(value) + 1, sizeof scores[0]);
    size_t n = 0;

    if (json_kind(value) != JSON_OBJECT || json_count(value) < 2)
        return reading_refuse(r, value, "an object of two labels or more and their scores");
    for (const struct json *label = json_first(value); label != NULL; label = json_next(label), n++) {
        labels[n] = arena_strdup(r->arena, json_key(label));
        if (*labels[n] == '\0' || strpbrk(labels[n], " \t\r\n*`.") != NULL)
            return reading_fail(r, label, "expected a label of one word, without blanks, \"*\", \"`\" and \".\"");
        if (!json_to_number(label, &scores[n]) || !(scores[n] >= 0 && scores[n] <= 1))
            return reading_refuse(r, label, "a score from 0 to 1");
        hash_string(&one->hash, labels[n]);
        hash_string(&one->hash, arena_printf(r->arena, "%.17g", scores[n]));
    }
    one->rubric->labels = labels;
    one->rubric->scores = scores;
    one->rubric->label_count = n;
    return 0;
}

static const char *const LABELS[] = { "C", "I" };
static const double SCORES[] = { 1, 0 };

/* A program or a model, each with what is its own. */
static int settle(struct reading *r, const struct json *value, struct draft *draft, struct grader_draft *one)
{
    struct grader *grader = one->grader;

    if ((grader->program != NULL) == one->is_model)
        return reading_fail(r, value, "\"grader\": expected \"program\" or \"model\": true");
    if (grader->program != NULL && (one->rubric->text != NULL || grader->name == NULL))
        return reading_fail(r, value, "\"grader\": expected of a program a \"name\", and no \"rubric\"");
    if (one->is_model && (one->rubric->text == NULL || one->reads != NULL || grader->limit_ms > 0))
        return reading_fail(r, value, "\"grader\": expected of a model a \"rubric\", and no \"reads\" or \"timeout_s\"");
    grader->wants_all = grader->program != NULL;
    if (!one->is_model)
        return 0;
    grader->name = grader->name != NULL ? grader->name : "judge";
    grader->rubric = one->rubric;
    grader->grade = judge_grade;
    draft->question->task.flow = &flow_judged;
    return 0;
}

/* Whose verdict it was is told by its version; what was changed is another. */
static void set_version(struct arena *arena, struct grader_draft *one)
{
    char hex[HASH_HEX_SIZE];

    hash_hex(&one->hash, hex);
    one->grader->sha256 = arena_strdup(arena, hex);
    one->grader->version = (int)strtol(arena_strndup(arena, hex, 7), NULL, 16);
}

int question_read_grader(struct reading *r, const struct json *value, void *into)
{
    static const struct reading_key KEYS[] = {
        { "name", read_name, false }, { "summary", read_summary, false }, { "program", read_program, false },
        { "timeout_s", read_timeout, false }, { "reads", read_reads, false }, { "model", read_model, false },
        { "rubric", read_rubric, false }, { "labels", read_labels, false }, { NULL, NULL, false },
    };
    struct draft *draft = into;
    struct grader_draft one = { .grader = arena_alloc(r->arena, sizeof *one.grader),
                                .rubric = arena_alloc(r->arena, sizeof *one.rubric),
                                .folder = file_folder(r->arena, r->name) };

    *one.rubric = (struct rubric){ .labels = LABELS, .scores = SCORES, .label_count = 2 };
    hash_init(&one.hash);
    if (reading_object(r, value, KEYS, &one) < 0 || settle(r, value, draft, &one) < 0)
        return -1;
    set_version(r->arena, &one);
    draft->reads = one.reads;
    draft->question->task.grader = one.grader;
    return 0;
}
