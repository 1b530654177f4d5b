/*
 * asked: what a run put to its model in a task, as its plan records it by hashes. Scores of one task's name compare where
 * these are the same; where they are not, a report says in what they differ.
 */
#ifndef VERNIER_REPORTS_ASKED_H
#define VERNIER_REPORTS_ASKED_H

struct arena;
struct json;

/* NULL: the plan does not say. */
struct asked {
    const char *profile;
    const char *data_sha256;        /* of the data set that the samples were chosen from, as it lay on the disk */
    const char *samples_sha256;     /* of their names, texts, choices and answers */
    const char *prompts_sha256;     /* of what was made of them for the first epoch */
};

/* The first that holds. The same samples may come from files that are not the same, so the data are looked at last. */
enum asked_difference {
    ASKED_ALIKE,                    /* or nobody knows */
    ASKED_DATA,                     /* other samples, of other data */
    ASKED_SELECTION,                /* other samples of the same data */
    ASKED_PROFILE,
    ASKED_PROMPTS,                  /* the same samples and profile: a template was changed, or a seed, which shuffles */
};

/* task: its object in the plan. In the arena. */
struct asked asked_read(struct arena *arena, const struct json *task);

enum asked_difference asked_compare(const struct asked *a, const struct asked *b);

/* For programs: "data", "selection", "profile", "prompts"; NULL where nothing differs. For people: "the data differ". */
const char *asked_word(enum asked_difference difference);
const char *asked_words(enum asked_difference difference);

#endif
