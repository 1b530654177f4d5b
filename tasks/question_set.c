#include "tasks/question_set.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/hash.h"
#include "harness/base/mem.h"
#include "harness/engine/sample.h"

/* SHA-256 of the answers, without zeros in front, sorted as bytes and joined by newlines. */
static const struct { const char *task; size_t count; const char *sha256; } SETS[] = {
    { "aime2024", 30, "26b2e319e14bdec51519f4cbb0a47ad57a80751c03b39c937514c67994cea9f2" },
    { "aime2025", 30, "a0239316151158f3806ad95fec73b0b2189857a41968a29ef2f334aaef4fd367" },
    { "aime2026", 30, "0e33319f8ba6bfae2f410bb1d44ebbcdb5f8320b042c9ce42cebb17b213e8511" },
};
#define SET_COUNT (sizeof SETS / sizeof SETS[0])

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "073" and "73" are one answer. */
static const char *bare(const char *target)
{
    while (target[0] == '0' && target[1] != '\0')
        target++;
    return target;
}

static void hash_targets(const struct sample *samples, size_t count, char hex[HASH_HEX_SIZE])
{
    const char **targets = xcalloc(count + 1, sizeof targets[0]);
    struct buf text;

    for (size_t i = 0; i < count; i++)
        targets[i] = samples[i].target != NULL ? bare(samples[i].target) : "";
    qsort(targets, count, sizeof targets[0], compare);
    buf_init(&text, 0);
    for (size_t i = 0; i < count; i++)
        buf_addf(&text, "%s%s", i > 0 ? "\n" : "", targets[i]);
    hash_sha256_hex(text.data, text.length, hex);
    buf_fini(&text);
    free(targets);
}

const char *question_set_find(const struct sample *samples, size_t count)
{
    char hex[HASH_HEX_SIZE] = "";

    for (size_t i = 0; i < SET_COUNT; i++) {
        if (SETS[i].count != count)
            continue;
        if (hex[0] == '\0')
            hash_targets(samples, count, hex);
        if (strcmp(SETS[i].sha256, hex) == 0)
            return SETS[i].task;
    }
    return NULL;
}

bool question_set_is(const char *task)
{
    for (size_t i = 0; i < SET_COUNT; i++)
        if (strcmp(SETS[i].task, task) == 0)
            return true;
    return false;
}
