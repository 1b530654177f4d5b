#include "harness/cli/select.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/hash.h"
#include "harness/base/mem.h"

struct rank {
    const struct sample *sample;
    const char *category;
    char luck[HASH_HEX_SIZE];      /* seeded, of the cluster, or of the id: so each language gets the same questions */
    double share;                  /* where in its category it stands, from 0 to 1 */
};

static void draw_luck(struct rank *rank, uint64_t seed)
{
    struct hash hash;

    hash_init(&hash);
    hash_int(&hash, (int64_t)seed);
    hash_string(&hash, rank->sample->cluster != NULL ? rank->sample->cluster : rank->sample->id);
    hash_hex(&hash, rank->luck);
}

static int by_category(const void *a, const void *b)
{
    const struct rank *left = a, *right = b;
    int order = strcmp(left->category, right->category);

    return order != 0 ? order : strcmp(left->luck, right->luck);
}

static int by_share(const void *a, const void *b)
{
    const struct rank *left = a, *right = b;

    if (left->share != right->share)
        return left->share < right->share ? -1 : 1;
    return strcmp(left->luck, right->luck);
}

static int by_file_order(const void *a, const void *b)
{
    const struct sample *left = *(const struct sample *const *)a, *right = *(const struct sample *const *)b;

    return left < right ? -1 : left > right;      /* samples of one data set stand in one array */
}

/* Ranks are sorted by category here; the middle of each rank's slice is its share, so each prefix is in proportion. */
static void set_shares(struct rank *ranks, size_t count)
{
    for (size_t begin = 0, end; begin < count; begin = end) {
        for (end = begin; end < count && strcmp(ranks[end].category, ranks[begin].category) == 0; end++)
            ;
        for (size_t i = begin; i < end; i++)
            ranks[i].share = ((double)(i - begin) + 0.5) / (double)(end - begin);
    }
}

static void select_stratified(const struct dataset *dataset, size_t count, uint64_t seed, const struct sample **out)
{
    struct rank *ranks = xcalloc(dataset->count, sizeof ranks[0]);

    for (size_t i = 0; i < dataset->count; i++) {
        ranks[i].sample = &dataset->samples[i];
        ranks[i].category = ranks[i].sample->category != NULL ? ranks[i].sample->category : "";
        draw_luck(&ranks[i], seed);
    }
    qsort(ranks, dataset->count, sizeof ranks[0], by_category);
    set_shares(ranks, dataset->count);
    qsort(ranks, dataset->count, sizeof ranks[0], by_share);
    for (size_t i = 0; i < count; i++)
        out[i] = ranks[i].sample;
    qsort(out, count, sizeof out[0], by_file_order);
    free(ranks);
}

static size_t drop_doubles(const struct sample **sorted, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (kept == 0 || sorted[kept - 1] != sorted[i])
            sorted[kept++] = sorted[i];
    return kept;
}

static int select_ids(const struct dataset *dataset, const struct plan_task *wanted, const struct sample **out,
                      size_t *count, struct err *err)
{
    *count = 0;
    for (size_t i = 0; i < wanted->sample_id_count; i++) {
        const struct sample *sample = dataset_find(dataset, wanted->sample_ids[i]);
        if (sample == NULL)
            return err_set_code(err, EXIT_USAGE, "%s has no sample \"%s\" (its first is \"%s\")", dataset->path,
                                wanted->sample_ids[i], dataset->samples[0].id);
        out[(*count)++] = sample;
    }
    qsort(out, *count, sizeof out[0], by_file_order);
    *count = drop_doubles(out, *count);
    return 0;
}

int select_samples(const struct dataset *dataset, const struct plan_task *wanted, uint64_t seed, struct arena *arena,
                   const struct sample ***out, size_t *count, struct err *err)
{
    size_t room = dataset->count > wanted->sample_id_count ? dataset->count : wanted->sample_id_count;

    *out = arena_calloc(arena, room, sizeof (*out)[0]);
    if (wanted->sample_id_count > 0)
        return select_ids(dataset, wanted, *out, count, err);
    *count = wanted->limit.count == 0 || wanted->limit.count > dataset->count ? dataset->count : wanted->limit.count;
    if (*count < dataset->count && !wanted->limit.first) {
        select_stratified(dataset, *count, seed, *out);
        return 0;
    }
    for (size_t i = 0; i < *count; i++)
        (*out)[i] = &dataset->samples[i];
    return 0;
}
