#include "harness/cli/probing.h"

#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/log.h"
#include "harness/cli/cast.h"
#include "harness/cli/resolve.h"
#include "harness/cli/vigil.h"
#include "harness/engine/chat.h"
#include "harness/engine/episode.h"
#include "harness/engine/runner.h"

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

/* What the first step asks for: words, or how likely some are. */
static void measure_asks(const struct episode *ep, struct probe_wish *out)
{
    for (size_t i = 0; i < ep->ask_count; i++) {
        const struct continuations *asked = ep->asks[i]->continuations;

        out->no_words = out->no_words && asked != NULL;
        out->likelihoods = out->likelihoods || asked != NULL;
        for (size_t at = 0; asked != NULL && at < asked->count; at++)
            out->more_than_letters = out->more_than_letters || !likelihood_is_letter(asked->texts[at]);
    }
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

/* What grows while an agent works is not known beforehand: its first prompt stands for it. */
static void measure_work(const struct work *work, const struct resolved *resolved, struct probe_wish *out)
{
    for (size_t i = 0; i < work->sample_count; i++) {
        struct episode *ep = episode_new(work->task, work->profile, work->samples[i], 1, resolved->seed);
        size_t bytes;

        episode_start(ep);
        measure_asks(ep, out);
        bytes = measure_chat(ep->chat, &out->images);
        if (bytes > out->prompt_bytes) {
            out->prompt_bytes = bytes;
            out->prompt = join_chat(ep->chat, resolved->arena);
        }
        episode_free(ep);
    }
    out->tools = out->tools || work->task->tool_count > 0;
}

struct probe_wish probing_wish(const struct resolved *resolved, size_t connections)
{
    struct probe_wish wish = { .connections = connections, .no_words = resolved->count > 0 };

    for (size_t i = 0; i < resolved->count; i++)
        measure_work(&resolved->works[i], resolved, &wish);
    return wish;
}

struct probe probing_runner(const struct probing *probing, struct runner *runner, const char *model)
{
    struct probe probe = probe_begin(probing->http, probing->signal_fd, probing->wish);

    probe.watcher = vigil_watch(probing->vigil, model);
    if (runner_type(runner)->probe != NULL)
        runner_type(runner)->probe(runner, &probe);
    return probe;
}

static void tell(const struct finding *finding)
{
    const char *between = finding->fix != NULL ? "; to mend it: " : "", *fix = finding->fix != NULL ? finding->fix : "";

    if (finding->verdict == VERDICT_BAD)
        log_error("probe: %s: %s%s%s", finding->name, finding->words, between, fix);
    else if (finding->verdict == VERDICT_WARN)
        log_warn("probe: %s: %s%s%s", finding->name, finding->words, between, fix);
}

static int conclude(const struct probe *probe, struct err *err)
{
    if (probe->interrupted)
        return err_set_code(err, EXIT_INCOMPLETE, "interrupted before anything was begun; the same command begins it");
    for (const struct finding *finding = probe->first; finding != NULL; finding = finding->next)
        tell(finding);
    if (probe_worst(probe) == VERDICT_BAD)
        return err_set_code(err, EXIT_UNAVAILABLE, "the server cannot do what this run wants, so nothing was begun; "
                            "--no-probe begins it all the same");
    return 0;
}

int probing_cast(const struct probing *probing, const struct cast *cast, const char *model, struct err *err)
{
    int status = 0;

    for (size_t i = 0; i < cast->count && status == 0; i++) {
        const char *name = strcmp(cast->bindings[i].role, "judge") == 0 ? "the judge" : model;
        struct probe_wish wanted = *probing->wish;
        struct probing one = *probing;

        one.wish = &wanted;
        if (cast->bindings[i].runner != cast_model(cast))       /* who judges is asked for words */
            wanted.likelihoods = wanted.no_words = false;
        struct probe probe = probing_runner(&one, cast->bindings[i].runner, name);

        status = conclude(&probe, err);
        probe_end(&probe);
    }
    return status;
}
