#include "harness/engine/ledger.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "harness/base/mem.h"
#include "harness/engine/sample.h"
#include "harness/engine/task.h"
#include "results/rows.h"

/* Where a sample's entries begin: its work and its number in it. */
struct spot {
    int64_t row_id;
    size_t work, sample;
    UT_hash_handle hh;
};

/* What a sample's epochs have scored so far. */
struct heard { double score_sum; size_t epochs; };

struct ledger {
    const struct work *work;
    size_t work_count;
    size_t *first;             /* of each work, its first entry; one more for the end */
    struct entry *entries;
    size_t *first_heard;       /* of each work, its first sample in heard */
    struct heard *heard;
    size_t count, cursor, truncated;
    bool in_voids;
};

struct ledger *ledger_new(const struct work *work, size_t work_count)
{
    struct ledger *ledger = xcalloc(1, sizeof *ledger);

    ledger->work = work;
    ledger->work_count = work_count;
    ledger->first = xcalloc(work_count + 1, sizeof ledger->first[0]);
    for (size_t i = 0; i < work_count; i++)
        ledger->first[i + 1] = ledger->first[i] + work[i].sample_count * (size_t)work[i].epochs;
    ledger->first_heard = xcalloc(work_count + 1, sizeof ledger->first_heard[0]);
    for (size_t i = 0; i < work_count; i++)
        ledger->first_heard[i + 1] = ledger->first_heard[i] + work[i].sample_count;
    ledger->heard = xcalloc(ledger->first_heard[work_count] + 1, sizeof ledger->heard[0]);
    ledger->count = ledger->first[work_count];
    ledger->entries = xcalloc(ledger->count + 1, sizeof ledger->entries[0]);
    return ledger;
}

void ledger_free(struct ledger *ledger)
{
    if (ledger == NULL)
        return;
    free(ledger->entries);
    free(ledger->heard);
    free(ledger->first_heard);
    free(ledger->first);
    free(ledger);
}

static struct spot *map_samples(const struct ledger *ledger, struct spot *spots)
{
    struct spot *map = NULL, *spot = spots;

    for (size_t w = 0; w < ledger->work_count; w++)
        for (size_t s = 0; s < ledger->work[w].sample_count; s++, spot++) {
            *spot = (struct spot){ .row_id = ledger->work[w].samples[s]->row_id, .work = w, .sample = s };
            HASH_ADD(hh, map, row_id, sizeof spot->row_id, spot);
        }
    return map;
}

static void add_score(struct ledger *ledger, size_t w, size_t s, double score)
{
    struct heard *heard = &ledger->heard[ledger->first_heard[w] + s];

    heard->score_sum += score;
    heard->epochs++;
}

static void take_row(struct ledger *ledger, struct spot *map, const struct result_row *row, double *score_sum)
{
    const struct episode_row *episode = &row->episode;
    struct spot *spot;

    HASH_FIND(hh, map, &episode->sample, sizeof episode->sample, spot);
    if (spot == NULL || episode->epoch > ledger->work[spot->work].epochs)
        return;     /* cannot be: the fingerprint fixes samples and epochs; leave a foreign row alone */
    struct entry *entry = &ledger->entries[ledger->first[spot->work] +
                                          (size_t)(episode->epoch - 1) * ledger->work[spot->work].sample_count +
                                          spot->sample];
    entry->row_id = episode->id;
    entry->restarts = (uint32_t)episode->restarts;
    entry->passes = (uint8_t)(episode->finished ? episode->passes : episode->passes - 1);   /* a pass cut short counts not */
    if (!episode->finished)
        return;
    entry->state = strcmp(episode->outcome, "scored") == 0 ? ENTRY_SCORED : ENTRY_VOID;
    ledger->truncated += episode->truncated;
    *score_sum += row->has_grade ? row->grade.score : 0;
    if (row->has_grade)
        add_score(ledger, spot->work, spot->sample, row->grade.score);
}

int ledger_load(struct ledger *ledger, struct store *store, int64_t run, double *score_sum, struct err *err)
{
    size_t sample_count = 0;
    struct result_row row;
    int got;

    for (size_t w = 0; w < ledger->work_count; w++)
        sample_count += ledger->work[w].sample_count;
    struct rows *rows = rows_open(store, run, NULL, NULL, err);
    if (rows == NULL)
        return -1;
    struct spot *spots = xcalloc(sample_count + 1, sizeof spots[0]);
    struct spot *map = map_samples(ledger, spots);
    while ((got = rows_next(rows, &row, err)) > 0)
        take_row(ledger, map, &row, score_sum);
    HASH_CLEAR(hh, map);
    free(spots);
    rows_close(rows);
    return got;
}

size_t ledger_truncated(const struct ledger *ledger)
{
    return ledger->truncated;
}

size_t ledger_count(const struct ledger *ledger)
{
    return ledger->count;
}

size_t ledger_count_state(const struct ledger *ledger, enum entry_state state)
{
    size_t count = 0;

    for (size_t i = 0; i < ledger->count; i++)
        count += ledger->entries[i].state == state;
    return count;
}

struct entry *ledger_entry(struct ledger *ledger, size_t index)
{
    return &ledger->entries[index];
}

size_t ledger_work_count(const struct ledger *ledger)
{
    return ledger->work_count;
}

const struct work *ledger_work(const struct ledger *ledger, size_t w)
{
    return &ledger->work[w];
}

size_t ledger_work_of(const struct ledger *ledger, size_t index)
{
    size_t w = 0;

    while (index >= ledger->first[w + 1])
        w++;
    return w;
}

void ledger_add_score(struct ledger *ledger, size_t index, double score)
{
    size_t w = ledger_work_of(ledger, index);

    add_score(ledger, w, (index - ledger->first[w]) % ledger->work[w].sample_count, score);
}

double ledger_mean(const struct ledger *ledger, size_t w, size_t s, size_t *epochs)
{
    const struct heard *heard = &ledger->heard[ledger->first_heard[w] + s];

    *epochs = heard->epochs;
    return heard->epochs > 0 ? heard->score_sum / (double)heard->epochs : 0;
}

const struct work *ledger_find(const struct ledger *ledger, size_t index, const struct sample **sample, int *epoch)
{
    size_t w = ledger_work_of(ledger, index);
    size_t inside = index - ledger->first[w];
    *sample = ledger->work[w].samples[inside % ledger->work[w].sample_count];
    *epoch = (int)(inside / ledger->work[w].sample_count) + 1;
    return &ledger->work[w];
}

bool ledger_is_done(const struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->count; i++) {
        const struct entry *entry = &ledger->entries[i];
        if (entry->state != ENTRY_SCORED && (entry->state != ENTRY_VOID || entry->passes < PASSES_MAX))
            return false;
    }
    return true;
}

static bool is_wanted(const struct ledger *ledger, const struct entry *entry)
{
    return ledger->in_voids ? entry->state == ENTRY_VOID && entry->passes < PASSES_MAX : entry->state == ENTRY_EXPECTED;
}

bool ledger_has_next(struct ledger *ledger)
{
    while (ledger->cursor < ledger->count && !is_wanted(ledger, &ledger->entries[ledger->cursor]))
        ledger->cursor++;
    return ledger->cursor < ledger->count;
}

size_t ledger_next(struct ledger *ledger)
{
    if (!ledger_has_next(ledger))
        return SIZE_MAX;
    ledger->entries[ledger->cursor].state = ENTRY_LIVE;
    ledger->entries[ledger->cursor].passes++;
    return ledger->cursor++;
}

void ledger_begin_voids(struct ledger *ledger)
{
    ledger->in_voids = true;
    ledger->cursor = 0;
}

size_t ledger_count_open_voids(const struct ledger *ledger)
{
    size_t count = 0;

    for (size_t i = 0; i < ledger->count; i++)
        count += ledger->entries[i].state == ENTRY_VOID && ledger->entries[i].passes < PASSES_MAX;
    return count;
}

bool ledger_in_voids(const struct ledger *ledger)
{
    return ledger->in_voids;
}
