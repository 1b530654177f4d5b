#include "harness/cli/judging.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/http.h"
#include "harness/base/mem.h"
#include "harness/cli/interrupt.h"
#include "harness/engine/episode.h"
#include "harness/engine/runner.h"
#include "runners/runners.h"

struct judging {
    const struct task *task;
    const struct profile *profile;
    struct http *http;
    struct runner *runner;
    int signal_fd;                  /* -1: none is heeded */
};

struct judging *judging_open(const struct model *judge, const struct task *task, const struct profile *profile,
                             struct err *err)
{
    struct judging *judging = xcalloc(1, sizeof *judging);

    judging->task = task;
    judging->profile = profile;
    judging->http = http_open(err);
    if (judging->http != NULL)
        judging->runner = runners_open(judge, &(struct runner_means){ .http = judging->http }, err);
    if (judging->runner != NULL)
        return judging;
    judging_close(judging);
    return NULL;
}

void judging_close(struct judging *judging)
{
    if (judging == NULL)
        return;
    if (judging->runner != NULL)
        runner_type(judging->runner)->close(judging->runner);
    http_close(judging->http);
    free(judging);
}

static int wait_for_judge(struct judging *judging, struct ask *ask, struct err *err)
{
    const struct runner_type *type = runner_type(judging->runner);

    type->submit(judging->runner, ask);
    while (type->collect(judging->runner) == NULL) {
        if (interrupt_came(judging->signal_fd)) {
            type->drop(judging->runner);
            return err_set_code(err, EXIT_INTERRUPTED, "interrupted");
        }
        http_wait(judging->http, &judging->signal_fd, judging->signal_fd >= 0, 1000);
    }
    return 0;
}

/* -1 with err set where it is of no use to go on. */
static int answer(struct judging *judging, struct ask *ask, const char *said, struct err *err)
{
    if (ask->kind == ASK_GRADE)
        return grading_run(&ask->grading, ask->episode->arena, &ask->reply.grade, err);
    if (strcmp(ask->role, "judge") != 0) {
        ask->reply.text = said;
        return 0;
    }
    if (wait_for_judge(judging, ask, err) < 0)
        return -1;
    if (reply_shuts_out_all(&ask->reply))
        return err_set_code(err, EXIT_UNAVAILABLE, "the judge: %s", ask->reply.reason);
    return 0;
}

static void conclude(const struct episode *ep, struct arena *arena, struct grade *out)
{
    *out = ep->grade;
    if (ep->outcome == OUTCOME_VOID)
        *out = (struct grade){ .verdict = "undecided", .reason = ep->reason };
    out->answer = arena_strdup(arena, out->answer);
    out->answer_class = arena_strdup(arena, out->answer_class);
    out->reason = arena_strdup(arena, out->reason);
    out->verdict = arena_strdup(arena, out->verdict);
}

int judging_perform(struct judging *judging, const struct sample *sample, const char *said, int signal_fd,
                    struct arena *arena, struct grade *out, struct err *err)
{
    struct episode *ep = episode_new(judging->task, judging->profile, sample, 1, 0);
    int status = 0;

    judging->signal_fd = signal_fd;
    episode_start(ep);
    while (status == 0 && ep->outcome == OUTCOME_NONE) {
        for (size_t i = 0; status == 0 && i < ep->ask_count; i++)
            status = answer(judging, ep->asks[i], said, err);
        ep->ask_open = 0;
        if (status == 0)
            episode_step(ep);
    }
    conclude(ep, arena, out);
    episode_free(ep);
    return status;
}
