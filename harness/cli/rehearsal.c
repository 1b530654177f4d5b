#include "harness/cli/rehearsal.h"

#include <assert.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/hash.h"
#include "harness/engine/chat.h"
#include "harness/engine/episode.h"
#include "harness/engine/grading.h"
#include "harness/engine/ledger.h"
#include "harness/engine/likelihood.h"

/* Bytes of text in a chat; *images: it holds pictures too. */
static size_t measure_chat(const struct chat *chat, bool *images)
{
    size_t bytes = 0;

    for (const struct turn *turn = chat->first; turn != NULL; turn = turn->next)
        for (const struct part *part = turn->first; part != NULL; part = part->next)
            if (part->kind == PART_IMAGE)
                *images = true;
            else
                bytes += strlen(part->text);
    return bytes;
}

static const char *join_chat(const struct chat *chat, struct arena *arena)
{
    struct buf text;
    const char *kept;

    buf_init(&text, 0);
    for (const struct turn *turn = chat->first; turn != NULL; turn = turn->next)
        for (const struct part *part = turn->first; part != NULL; part = part->next)
            if (part->kind != PART_IMAGE)
                buf_add_string(&text, part->text);
    kept = arena_strndup(arena, text.data, text.length);
    buf_fini(&text);
    return kept;
}

/* What the first step asks for: words, or how likely some are. */
static void measure_asks(const struct episode *ep, struct rehearsal *out)
{
    for (size_t i = 0; i < ep->ask_count; i++) {
        const struct continuations *asked = ep->asks[i]->continuations;

        out->words = out->words || asked == NULL;
        out->likelihoods = out->likelihoods || asked != NULL;
        for (size_t at = 0; asked != NULL && at < asked->count; at++)
            out->more_than_letters = out->more_than_letters || !likelihood_is_letter(asked->texts[at]);
    }
}

/* Makes the prompt. An ask hashes all that it asks for, so the first step runs only where its asks tell what the reader
 * does not. What grows while an agent works is not known beforehand: its first prompt stands for it. */
static void begin(struct episode *ep, struct rehearsal *out)
{
    if (!ep->profile->reader->weighs) {
        ep->task->prompt(ep);
        out->words = true;
        return;
    }
    episode_start(ep);
    measure_asks(ep, out);
}

static void rehearse_sample(struct episode *ep, struct hash *hash, struct arena *arena, struct rehearsal *out)
{
    size_t bytes;

    begin(ep, out);
    chat_hash(ep->chat, hash);
    bytes = measure_chat(ep->chat, &out->images);
    if (bytes <= out->prompt_bytes)
        return;
    out->prompt_bytes = bytes;
    out->prompt = join_chat(ep->chat, arena);
}

void rehearse(const struct work *work, uint64_t seed, struct arena *arena, struct rehearsal *out)
{
    struct hash hash;

    assert(out->prompts_sha256[0] == '\0');
    hash_init(&hash);
    for (size_t i = 0; i < work->sample_count; i++) {
        struct episode *ep = episode_new(work->task, work->profile, work->samples[i], 1, seed);

        rehearse_sample(ep, &hash, arena, out);
        episode_free(ep);
    }
    hash_hex(&hash, out->prompts_sha256);
}
