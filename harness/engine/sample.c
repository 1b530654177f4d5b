#include "harness/engine/sample.h"

#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/hash.h"

void dataset_free(struct dataset *dataset)
{
    arena_free(dataset->arena);
    *dataset = (struct dataset){ 0 };
}

void sample_hash(struct sample *sample)
{
    struct hash hash;

    hash_init(&hash);
    hash_string(&hash, sample->input);
    hash_int(&hash, (int64_t)sample->choice_count);
    for (size_t i = 0; i < sample->choice_count; i++)
        hash_string(&hash, sample->choices[i]);
    hash_int(&hash, (int64_t)sample->correct);
    hash_string(&hash, sample->target != NULL ? sample->target : "");
    for (size_t i = 0; i < sample->image_count; i++)
        hash_string(&hash, sample->images[i] != NULL ? sample->images[i]->sha256 : "");
    hash_hex(&hash, sample->hash);
}

const struct sample *dataset_find(const struct dataset *dataset, const char *id)
{
    for (size_t i = 0; i < dataset->count; i++)
        if (strcmp(dataset->samples[i].id, id) == 0)
            return &dataset->samples[i];
    return NULL;
}
