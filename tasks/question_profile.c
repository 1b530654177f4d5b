/*
 * The part of a task file that says how samples are put and answers read: profiles.
 */
#include <string.h>

#include "harness/base/arena.h"
#include "tasks/flows/flows.h"
#include "tasks/question_draft.h"
#include "tasks/question_slots.h"
#include "tasks/readers/readers.h"

#define CHOICE_FORMAT "{letter}) {text}"
#define SHOTS_MAX 100
#define READERS_MAX 64

struct profile_draft {
    struct draft *draft;
    struct profile *profile;
    struct form *form;
};

static int read_name(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "a name", &((struct profile_draft *)into)->profile->name);
}

static int read_summary(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "a line of text", &((struct profile_draft *)into)->profile->summary);
}

static int read_system(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "the system message", &((struct profile_draft *)into)->profile->system);
}

static int read_prompt(struct reading *r, const struct json *value, void *into)
{
    struct profile_draft *one = into;

    if (reading_text(r, value, "the user message", &one->profile->prompt) < 0)
        return -1;
    if (strstr(one->profile->prompt, "{question}") == NULL && one->draft->question->columns.input != NULL)
        return reading_fail(r, value, "\"prompt\": expected the slot {question} in it");
    return 0;
}

static int read_open(struct reading *r, const struct json *value, void *into)
{
    struct form *form = ((struct profile_draft *)into)->form;

    if (reading_text(r, value, "the user message where there is nothing to choose from", &form->open) < 0)
        return -1;
    if (strstr(form->open, "{question}") == NULL)
        return reading_fail(r, value, "\"open\": expected the slot {question} in it");
    return 0;
}

static int read_choice(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "how a choice is written", &((struct profile_draft *)into)->form->choice);
}

static int read_shot(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "how a worked example is written", &((struct profile_draft *)into)->form->shot);
}

static int read_shot_choice(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "how a worked example's choice is written",
                        &((struct profile_draft *)into)->form->shot_choice);
}

static int read_shot_count(struct reading *r, const struct json *value, void *into)
{
    struct profile_draft *one = into;
    int64_t count;

    if (reading_int(r, value, 1, SHOTS_MAX, &count) < 0)
        return -1;
    if (one->draft->question->shot_paths == NULL)
        return reading_fail(r, value, "\"shots\": the task says nothing of worked examples (\"shots\": {\"paths\": ...})");
    if (one->form->shot == NULL || strstr(one->profile->prompt, "{shots}") == NULL)
        return reading_fail(r, value, "\"shots\": expected a key \"shot\", how one is written, and {shots} in \"prompt\"");
    one->form->shot_count = (size_t)count;
    return 0;
}

static int read_images(struct reading *r, const struct json *value, void *into)
{
    const char *word = json_text(value);

    if (word == NULL || strcmp(word, "first") != 0)
        return reading_refuse(r, value, "\"first\" (without it they stand where the text names them)");
    ((struct profile_draft *)into)->form->images_first = true;
    return 0;
}

/* Where choices stand in the question's own text. Nothing follows from it but that no {choices} is missed. */
static int read_elsewhere(struct reading *r, const struct json *value, void *into)
{
    (void)into;
    return json_text(value) != NULL && strcmp(json_text(value), "elsewhere") == 0
        ? 0 : reading_refuse(r, value, "\"elsewhere\" (without it the prompt has the slot {choices})");
}

static int read_stop(struct reading *r, const struct json *value, void *into)
{
    return reading_text(r, value, "what ends a reply", &((struct profile_draft *)into)->profile->stop);
}

/* ["from", "to"]. A "*" at its end would stand for nothing. */
static int read_edit(struct reading *r, const struct json *value, void *into)
{
    struct form *form = ((struct profile_draft *)into)->form;
    struct edit *edit = (struct edit *)&form->edits[form->edit_count];
    const struct json *from = json_first(value), *to = from != NULL ? json_next(from) : NULL;
    const char *star;

    if (json_kind(value) != JSON_ARRAY || json_count(value) != 2 || json_text(from) == NULL || json_text(to) == NULL)
        return reading_refuse(r, value, "two texts: what stands in a choice, and what is put for it");
    *edit = (struct edit){ arena_strdup(r->arena, json_text(from)), arena_strdup(r->arena, json_text(to)) };
    star = strchr(edit->from, '*');
    if (edit->from[0] == '\0' || (star != NULL && (star == edit->from || star[1] == '\0' || strchr(star + 1, '*') != NULL)))
        return reading_refuse(r, from, "a text, with one \"*\" at most, before and after which something stands");
    form->edit_count++;
    return 0;
}

static int read_edits(struct reading *r, const struct json *value, void *into)
{
    ((struct profile_draft *)into)->form->edits = arena_calloc(r->arena, json_count(value) + 1, sizeof(struct edit));
    return reading_some(r, value, JSON_ARRAY, "a list of pairs", read_edit, into);
}

/* No words are wanted, but how likely each choice is after the prompt. */
static int read_continuation(struct reading *r, const struct json *value, void *into)
{
    struct profile_draft *one = into;
    const char **continuation = &one->form->continuation;

    if (reading_text(r, value, "what follows the prompt", continuation) < 0)
        return -1;
    if (strstr(*continuation, "{letter}") == NULL && strstr(*continuation, "{text}") == NULL)
        return reading_fail(r, value, "\"continuation\": expected the slot {text} or {letter} in it");
    one->profile->continuation = *continuation;
    one->profile->flow = &flow_likelihood;
    return 0;
}

/* Such a profile puts one text and reads numbers. */
static int check_continuation(struct reading *r, const struct json *value, const struct profile_draft *one)
{
    const struct profile *profile = one->profile;
    bool weighs = one->form->continuation != NULL;

    if (profile->reader->weighs != weighs)
        return reading_fail(r, value, weighs
                            ? "\"reader\": expected one of likelihoods (\"likelihood\", ...), since there is a "
                            "\"continuation\"" : "expected a key \"continuation\", since \"reader\" reads likelihoods");
    if (weighs && (profile->system != NULL || profile->stop != NULL || one->form->open != NULL))
        return reading_fail(r, value, "\"continuation\": expected no \"system\", \"stop\" or \"open\" beside it");
    if (weighs && one->draft->question->columns.images != NULL)
        return reading_fail(r, value, "\"continuation\": expected a task without images");
    return 0;
}

static int read_reader(struct reading *r, const struct json *value, void *into)
{
    struct profile_draft *one = into;
    const char *grader = one->draft->reads, *names[READERS_MAX] = { NULL }, *name;
    size_t n = 0;

    if (grader == NULL)
        return reading_fail(r, value, "\"reader\": the grader reads for itself; it names readers' grader in \"reads\"");
    if (reading_text(r, value, "the name of a reader", &name) < 0)
        return -1;
    one->profile->reader = readers_find(grader, name);
    if (one->profile->reader != NULL)
        return 0;
    for (size_t i = 0; readers[i] != NULL && n < READERS_MAX - 1; i++)
        if (strcmp(readers[i]->grader, grader) == 0)
            names[n++] = readers[i]->name;
    return question_refuse_name(r, value, "reader", names);
}

static int read_profile(struct reading *r, const struct json *value, void *into)
{
    static const struct reading_key KEYS[] = {
        { "name", read_name, true }, { "summary", read_summary, false }, { "system", read_system, false },
        { "prompt", read_prompt, true }, { "open", read_open, false }, { "choice", read_choice, false },
        { "shot", read_shot, false }, { "shot_choice", read_shot_choice, false }, { "shots", read_shot_count, false },
        { "images", read_images, false },
        { "stop", read_stop, false }, { "continuation", read_continuation, false }, { "reader", read_reader, false },
        { "choices", read_elsewhere, false }, { "edits", read_edits, false }, { NULL, NULL, false },
    };
    struct draft *draft = into;
    struct task *task = &draft->question->task;
    struct profile_draft one = { draft, &draft->profiles[draft->profile_count], &draft->forms[draft->profile_count] };

    if (json_kind(value) != JSON_OBJECT)
        return reading_refuse(r, value, "a profile: an object");
    one.form->choice = CHOICE_FORMAT;
    if (reading_object(r, value, KEYS, &one) < 0)
        return -1;
    if (draft->reads == NULL)
        one.profile->reader = &reader_whole;
    if (one.profile->reader == NULL)
        return reading_fail(r, value, "expected a key \"reader\", found none");
    if (check_continuation(r, value, &one) < 0 || question_check_profile_slots(r, value, draft) < 0)
        return -1;
    task->profile_count = draft->profile_count++;
    if (task->profile_count > 0 && task_find_profile(task, one.profile->name) != NULL)
        return reading_fail(r, value, "a second profile \"%.80s\"", one.profile->name);
    if (task->profile_count > 0 && (one.form->open == NULL) != (draft->forms[0].open == NULL))
        return reading_fail(r, value, "expected a key \"open\" in every profile or in none");
    task->profile_count = draft->profile_count;
    return 0;
}

int question_read_profiles(struct reading *r, const struct json *value, void *into)
{
    struct draft *draft = into;

    draft->profiles = arena_calloc(r->arena, json_count(value) + 1, sizeof draft->profiles[0]);
    draft->forms = arena_calloc(r->arena, json_count(value) + 1, sizeof draft->forms[0]);
    draft->question->task.profiles = draft->profiles;
    draft->question->forms = draft->forms;
    return reading_some(r, value, JSON_ARRAY, "a list of profiles", read_profile, into);
}
