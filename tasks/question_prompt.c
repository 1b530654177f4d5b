/*
 * How a question is put: the order of its choices in this epoch, the prompt from the profile, and what a perfect and a
 * blind reply would be.
 */
#include <stdio.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/hash.h"
#include "harness/base/random.h"
#include "harness/engine/episode.h"
#include "tasks/question.h"

static const struct question *question_of(const struct episode *ep)
{
    return (const struct question *)ep->task;
}

/* The first 8 bytes, big-endian, of sha256(id "#" epoch), "#" seed added when it is not 0, seed Python's generator: so
 * the order depends on nothing else and any other program can make it again. */
static uint64_t order_seed(const struct episode *ep)
{
    const char *name = ep->run_seed == 0
        ? arena_printf(ep->arena, "%s#%d", ep->sample->id, ep->epoch)
        : arena_printf(ep->arena, "%s#%d#%llu", ep->sample->id, ep->epoch, (unsigned long long)ep->run_seed);
    unsigned char digest[32];
    uint64_t seed = 0;

    hash_sha256(name, strlen(name), digest);
    for (int i = 0; i < 8; i++)
        seed = seed << 8 | digest[i];
    return seed;
}

static const unsigned char *make_order(const struct episode *ep)
{
    size_t count = ep->sample->choice_count;
    unsigned char *order = arena_alloc(ep->arena, count);
    struct twister random;

    for (size_t i = 0; i < count; i++)
        order[i] = (unsigned char)i;
    twister_seed(&random, order_seed(ep));
    twister_shuffle(&random, order, count);
    return order;
}

static size_t shown_choice(const struct episode *ep, size_t label)
{
    return ep->order != NULL ? ep->order[label] : label;
}

static const char *make_target(const struct episode *ep)
{
    size_t label = 0;

    if (ep->sample->choice_count == 0)
        return ep->sample->target;
    while (shown_choice(ep, label) != ep->sample->correct)
        label++;
    return arena_printf(ep->arena, "%c", (char)('A' + label));
}

static void add_choices(struct buf *out, const struct episode *ep, const char *format)
{
    for (size_t label = 0; label < ep->sample->choice_count; label++) {
        if (label > 0)
            buf_add_char(out, '\n');
        for (const char *at = format; *at != '\0';) {
            if (strncmp(at, "{letter}", 8) == 0) {
                buf_add_char(out, (char)('A' + label));
                at += 8;
            } else if (strncmp(at, "{text}", 6) == 0) {
                buf_add_string(out, ep->sample->choices[shown_choice(ep, label)]);
                at += 6;
            } else {
                buf_add_char(out, *at++);
            }
        }
    }
}

static void add_letters(struct buf *out, const struct episode *ep, const char *between)
{
    for (size_t label = 0; label < ep->sample->choice_count; label++) {
        if (label > 0)
            buf_add_string(out, between);
        buf_add_char(out, (char)('A' + label));
    }
}

/* Fills the slot that begins at text, and returns its length; 0 when none does. */
static size_t fill_slot(struct buf *out, const struct episode *ep, const char *text, const char *choice_format)
{
    static const char *const SLOTS[] = { "{question}", "{choices}", "{letters}", "{letters,}", "{letters/}" };
    size_t i = 0, count = sizeof SLOTS / sizeof SLOTS[0];

    while (i < count && strncmp(text, SLOTS[i], strlen(SLOTS[i])) != 0)
        i++;
    switch (i) {
    case 0: buf_add_string(out, ep->sample->input); break;
    case 1: add_choices(out, ep, choice_format); break;
    case 2: add_letters(out, ep, ""); break;
    case 3: add_letters(out, ep, ","); break;
    case 4: add_letters(out, ep, "/"); break;
    default: return 0;
    }
    return strlen(SLOTS[i]);
}

static void fill_prompt(struct buf *out, const struct episode *ep)
{
    const struct question *question = question_of(ep);
    const char *choice_format = question->choice_formats[ep->profile - question->task.profiles];

    for (const char *at = ep->profile->prompt; *at != '\0';) {
        size_t length = *at == '{' ? fill_slot(out, ep, at, choice_format) : 0;
        if (length == 0)
            buf_add_char(out, *at++);
        at += length;
    }
}

void question_prompt(struct episode *ep)
{
    struct buf prompt;

    if (question_of(ep)->shuffle && ep->sample->choice_count > 0)
        ep->order = make_order(ep);
    ep->target = make_target(ep);
    buf_init(&prompt, 0);
    fill_prompt(&prompt, ep);
    if (ep->profile->system != NULL)
        chat_add_text(ep->chat, ROLE_SYSTEM, ep->profile->system);
    chat_add_text(ep->chat, ROLE_USER, prompt.data);
    buf_fini(&prompt);
}

/* Said in words that every reader of our profiles understands. */
static void add_answer(const struct episode *ep, const char *answer, struct buf *out)
{
    buf_addf(out, ep->sample->choice_count > 0 ? "Answer: %s" : "\\boxed{%s}", answer);
}

void question_gold(struct episode *ep, struct buf *out)
{
    add_answer(ep, ep->target, out);
}

void question_guess(struct episode *ep, struct buf *out)
{
    char answer[16] = "";

    if (ep->sample->choice_count > 0)
        answer[0] = (char)('A' + episode_random(ep, ep->sample->choice_count));
    else
        snprintf(answer, sizeof answer, "%d", (int)episode_random(ep, 1000));
    add_answer(ep, answer, out);
}
