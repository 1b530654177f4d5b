#include "harness/cli/assay.h"

#include <stdio.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/cli/judging.h"
#include "harness/cli/print.h"
#include "harness/engine/episode.h"
#include "harness/engine/reply.h"
#include "harness/engine/sample.h"

/* The expected answer in its bare words, in arena. */
static const char *make_gold(const struct work *work, const struct sample *sample, struct arena *arena)
{
    struct episode *ep = episode_new(work->task, work->profile, sample, 1, 0);
    const char *text;

    work->task->prompt(ep);
    text = arena_strdup(arena, ep->target);
    episode_free(ep);
    return text;
}

/* Whether the judge is asked what said is worth. */
static bool comes_before_judge(const struct work *work, const struct sample *sample, const char *said)
{
    struct episode *ep = episode_new(work->task, work->profile, sample, 1, 0);
    bool comes;

    episode_start(ep);
    ep->asks[0]->reply = reply_empty();
    ep->asks[0]->reply.text = said;
    ep->ask_open = 0;
    episode_step(ep);
    comes = ep->outcome == OUTCOME_NONE && ep->ask_count > 0 && strcmp(ep->asks[0]->role, "judge") == 0;
    episode_free(ep);
    return comes;
}

static bool report(const char *what, size_t count, size_t wanted, size_t of, const char *expected)
{
    printf("%-6s %zu of %zu %s (%s)\n", what, count, of, count == wanted ? "ok" : "NOT AS EXPECTED", expected);
    return count == wanted;
}

static bool check_way(const struct work *work)
{
    struct arena *arena = arena_new();
    size_t gold = 0, empty = 0, count = work->sample_count;
    bool good;

    for (size_t i = 0; i < count; i++) {
        gold += comes_before_judge(work, work->samples[i], make_gold(work, work->samples[i], arena));
        empty += comes_before_judge(work, work->samples[i], "");
        arena_clear(arena);
    }
    arena_free(arena);
    good = report("gold", gold, count, count, "right replies must come before the judge");
    return report("empty", empty, 0, count, "an empty reply is not worth a verdict") && good;
}

/* The right reply to another question: what a blind one would look like. NULL: all have the same answer. */
static const char *make_blind(const struct work *work, size_t at, struct arena *arena)
{
    for (size_t i = 1; i < work->sample_count; i++) {
        const struct sample *other = work->samples[(at + i) % work->sample_count];

        if (strcmp(other->target, work->samples[at]->target) != 0)
            return make_gold(work, other, arena);
    }
    return NULL;
}

struct assay {
    const struct work *work;
    struct judging *judging;
    int signal_fd;
    struct arena *arena;
    size_t asked, wrong;
};

/* Tells of a verdict that is not as it should be. -1 with err set. */
static int ask(struct assay *assay, const struct sample *sample, const char *what, const char *said, struct err *err)
{
    bool is_gold = strcmp(what, "gold") == 0;
    struct grade grade;

    if (said == NULL)
        return 0;
    if (judging_perform(assay->judging, sample, said, assay->signal_fd, assay->arena, &grade, err) < 0)
        return -1;
    assay->asked++;
    if (is_gold ? grade.score == 1 : grade.score < 1 && (grade.verdict == NULL || strcmp(grade.verdict, "undecided") != 0))
        return 0;
    assay->wrong++;
    printf("judge  ");
    print_foreign(sample->id);
    printf(": %s scored %g", is_gold ? "the right reply" : "the reply to another question", grade.score);
    if (grade.reason != NULL) {
        printf(": ");
        print_foreign(grade.reason);
    }
    putchar('\n');
    return 0;
}

static int check_judge(struct assay *assay, struct err *err)
{
    const struct work *work = assay->work;
    size_t all = work->sample_count, count = all < ASSAY_SAMPLES_MAX ? all : ASSAY_SAMPLES_MAX;

    for (size_t i = 0; i < count; i++) {
        size_t at = i * all / count;

        arena_clear(assay->arena);
        if (ask(assay, work->samples[at], "gold", make_gold(work, work->samples[at], assay->arena), err) < 0 ||
            ask(assay, work->samples[at], "blind", make_blind(work, at, assay->arena), err) < 0)
            return -1;
    }
    printf("judge  %zu of %zu verdicts %s (right replies right, those to other questions not; of %zu samples %zu)\n",
           assay->wrong == 0 ? assay->asked : assay->wrong, assay->asked, assay->wrong == 0 ? "ok" : "NOT AS EXPECTED", all,
           count);
    return assay->wrong == 0;
}

int assay_perform(const struct work *work, const struct model *judge, int signal_fd, struct err *err)
{
    struct assay assay = { .work = work, .signal_fd = signal_fd };
    bool good = check_way(work);
    int status;

    if (judge == NULL) {
        printf("judge  not checked: its verdicts; --judge SPEC lets it grade right and blind replies of up to %d samples\n",
               ASSAY_SAMPLES_MAX);
        return good;
    }
    assay.judging = judging_open(judge, work->task, work->profile, err);
    if (assay.judging == NULL)
        return -1;
    assay.arena = arena_new();
    status = check_judge(&assay, err);
    arena_free(assay.arena);
    judging_close(assay.judging);
    return status < 0 ? -1 : status && good;
}
