/*
 * sample: one item of a task's data set, as loaded. Read by everyone, changed by nobody after the load.
 */
#ifndef VERNIER_ENGINE_SAMPLE_H
#define VERNIER_ENGINE_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#define SAMPLE_CHOICES_MAX 26

/* A picture. Kept once for all samples of a data set that show it; chats borrow its data. */
struct image {
    const char *media_type;             /* "image/png", by its first bytes */
    const char *base64;
    size_t size_bytes;                  /* of the picture itself */
    char sha256[65];                    /* of its bytes */
};

struct sample {
    const char *id;                     /* unique in its data set */
    const char *category, *cluster;     /* NULL when the data has none */
    const char *input;                  /* the question as the data has it; the profile makes a prompt of it */
    const char *const *choices;         /* texts in the data's order; NULL when there is nothing to choose from */
    size_t choice_count;
    size_t correct;                     /* index into choices, when there are any */
    const char *target;                 /* the expected answer, when there are no choices */
    const struct image *const *images;  /* images[k] is what the text calls <image k+1>, NULL where there is none */
    size_t image_count;
    const char *language;               /* it is asked in, "de"; NULL where the task does not ask in which it is answered */
    const char *solution;               /* of a worked example: how the answer is found; NULL elsewhere */
    const char *shots;                  /* worked examples, as the profile it was loaded for shows them first; NULL: none */
    const char *const *texts;           /* of the task's own slots, in its order; NULL when it has none */
    char hash[65];                      /* of input, choices, target and images: SHA-256, hex */
    int64_t row_id;                     /* in the store; 0 before a run begins */
};

/* A loaded data set. Everything in it lives in its arena. */
struct dataset {
    struct arena *arena;
    struct sample *samples;
    size_t count;
    size_t double_count;                /* rows that stand there a second time, taken once */
    size_t picture_missing_count;       /* samples whose text names a picture that they have not */
    const char *path;                   /* the file read, the folder of several, or "built in" */
    char sha256[65];                    /* of that file's bytes; of several: of their hashes, one after the other */
};

void dataset_free(struct dataset *dataset);

/* Fills sample->hash from its texts. Loaders call it last. */
void sample_hash(struct sample *sample);

const struct sample *dataset_find(const struct dataset *dataset, const char *id);

#endif
