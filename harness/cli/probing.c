#include "harness/cli/probing.h"

#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/log.h"
#include "harness/cli/cast.h"
#include "harness/cli/rehearsal.h"
#include "harness/cli/resolve.h"
#include "harness/cli/vigil.h"
#include "harness/engine/runner.h"

struct probe_wish probing_wish(const struct resolved *resolved, size_t connections)
{
    struct probe_wish wish = { .connections = connections, .no_words = resolved->count > 0 };

    for (size_t i = 0; i < resolved->count; i++) {
        const struct rehearsal *rehearsal = &resolved->tasks[i].rehearsal;

        if (rehearsal->prompt_bytes > wish.prompt_bytes) {
            wish.prompt_bytes = rehearsal->prompt_bytes;
            wish.prompt = rehearsal->prompt;
        }
        wish.images = wish.images || rehearsal->images;
        wish.likelihoods = wish.likelihoods || rehearsal->likelihoods;
        wish.more_than_letters = wish.more_than_letters || rehearsal->more_than_letters;
        wish.no_words = wish.no_words && !rehearsal->words;
        wish.tools = wish.tools || resolved->tasks[i].work.task->tool_count > 0;
    }
    return wish;
}

/* How a setting of a model is given, and how the judge's. */
static const struct { const char *model, *judge; } FLAGS[] = {
    { "-M ", "--judge SPEC," },
    { "--base-url", "--judge SPEC,base_url=URL" },
};

/* Of the flag that stands there; FLAGS' end: none does. */
static size_t find_flag(const char *at)
{
    size_t i = 0;

    while (i < sizeof FLAGS / sizeof FLAGS[0] && strncmp(at, FLAGS[i].model, strlen(FLAGS[i].model)) != 0)
        i++;
    return i;
}

static const char *tell_of_judge(const char *fix, struct arena *arena)
{
    const char *told;
    struct buf text;

    buf_init(&text, 0);
    while (*fix != '\0') {
        size_t flag = find_flag(fix);
        if (flag == sizeof FLAGS / sizeof FLAGS[0]) {
            buf_add(&text, fix++, 1);
            continue;
        }
        buf_add_string(&text, FLAGS[flag].judge);
        fix += strlen(FLAGS[flag].model);
    }
    told = arena_strdup(arena, text.data);
    buf_fini(&text);
    return told;
}

struct probe probing_runner(const struct probing *probing, struct runner *runner, const char *model)
{
    struct probe probe = probe_begin(probing->http, probing->signal_fd, probing->wish);

    probe.watcher = vigil_watch(probing->vigil, model);
    if (runner_type(runner)->probe != NULL)
        runner_type(runner)->probe(runner, &probe);
    for (struct finding *finding = probe.first; finding != NULL && probing->is_judges; finding = finding->next)
        finding->fix = finding->fix != NULL ? tell_of_judge(finding->fix, probe.arena) : NULL;
    return probe;
}

static void tell(const struct finding *finding, bool is_judges)
{
    const char *whose = is_judges ? " of the judge" : "";
    const char *between = finding->fix != NULL ? "; to mend it: " : "", *fix = finding->fix != NULL ? finding->fix : "";

    if (finding->severity == SEVERITY_BAD)
        log_error("probe%s: %s: %s%s%s", whose, finding->name, finding->words, between, fix);
    else if (finding->severity == SEVERITY_WARN)
        log_warn("probe%s: %s: %s%s%s", whose, finding->name, finding->words, between, fix);
}

static int conclude(const struct probe *probe, bool is_judges, struct err *err)
{
    if (probe->interrupted)
        return err_set_code(err, EXIT_INCOMPLETE, "interrupted before anything was begun; the same command begins it");
    for (const struct finding *finding = probe->first; finding != NULL; finding = finding->next)
        tell(finding, is_judges);
    if (probe_worst(probe) == SEVERITY_BAD)
        return err_set_code(err, EXIT_UNAVAILABLE, "the server cannot do what this run wants, so nothing was begun; "
                            "--no-probe begins it all the same");
    return 0;
}

int probing_cast(const struct probing *probing, const struct cast *cast, const char *model, struct err *err)
{
    int status = 0;

    for (size_t i = 0; i < cast->count && status == 0; i++) {
        struct probe_wish wanted = *probing->wish;
        struct probing one = *probing;

        one.wish = &wanted;
        one.is_judges = strcmp(cast->bindings[i].role, "judge") == 0;
        if (cast->bindings[i].runner != cast_model(cast))       /* who judges is asked for words */
            wanted.likelihoods = wanted.no_words = false;
        struct probe probe = probing_runner(&one, cast->bindings[i].runner, one.is_judges ? "the judge" : model);

        status = conclude(&probe, one.is_judges, err);
        probe_end(&probe);
    }
    return status;
}
