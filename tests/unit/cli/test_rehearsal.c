#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "harness/base/arena.h"
#include "harness/cli/resolve.h"
#include "harness/engine/chat.h"
#include "harness/engine/episode.h"

/* demo_choice with that profile (NULL: its first), rehearsed. The plan lives in arena. */
static void resolve_demo(struct arena *arena, const char *profile, struct resolved *out)
{
    struct plan *plan = plan_new(arena);
    struct places places = { 0 };
    struct err err = ERR_INIT;

    plan_add_task(plan, "demo_choice", "--task")->profile = profile;
    assert_int_equal(resolve_plan(plan, &places, out, &err), 0);
    resolved_rehearse(out);
}

static struct rehearsal rehearse_demo(const char *profile)
{
    struct arena *arena = arena_new();
    struct rehearsal rehearsal;
    struct resolved resolved;

    resolve_demo(arena, profile, &resolved);
    rehearsal = resolved.tasks[0].rehearsal;
    resolved_free(&resolved);
    arena_free(arena);
    return rehearsal;
}

static void test_rehearse_finds_the_longest_prompt(void **state)
{
    struct arena *arena = arena_new();
    struct resolved resolved;
    size_t longest = 0;

    (void)state;
    resolve_demo(arena, NULL, &resolved);
    const struct work *work = &resolved.works[0];
    const struct rehearsal *rehearsal = &resolved.tasks[0].rehearsal;
    for (size_t i = 0; i < work->sample_count; i++) {
        struct episode *ep = episode_new(work->task, work->profile, work->samples[i], 1, resolved.seed);
        work->task->prompt(ep);
        const char *prompt = ep->chat->first->first->text;
        longest = strlen(prompt) > longest ? strlen(prompt) : longest;
        assert_true(strlen(prompt) != rehearsal->prompt_bytes || strcmp(prompt, rehearsal->prompt) == 0);
        episode_free(ep);
    }
    assert_int_equal(rehearsal->prompt_bytes, longest);
    assert_int_equal(strlen(rehearsal->prompt), longest);
    resolved_free(&resolved);
    arena_free(arena);
}

static void test_rehearse_tells_words_from_likelihoods(void **state)
{
    struct rehearsal words = rehearse_demo(NULL), letters = rehearse_demo("likelihood"), texts = rehearse_demo("likelihood_text");

    (void)state;
    assert_true(words.words && !words.likelihoods && !words.more_than_letters);
    assert_true(!letters.words && letters.likelihoods && !letters.more_than_letters);
    assert_true(!texts.words && texts.likelihoods && texts.more_than_letters);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rehearse_finds_the_longest_prompt),
        cmocka_unit_test(test_rehearse_tells_words_from_likelihoods),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
