#include "runners/openai_likelihood_probe.h"

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/http.h"
#include "harness/engine/ask.h"
#include "runners/fix.h"
#include "runners/heard.h"
#include "runners/openai_likelihood.h"
#include "runners/probe.h"
#include "runners/remote.h"

/* From what serves best to what some give at least: servers bound how many of the likeliest tokens they tell. */
static const struct attempt { enum likelihood_way way; int next_tokens; } ATTEMPTS[] = {
    { LIKELIHOOD_ECHO, 0 }, { LIKELIHOOD_ECHO_EACH, 0 }, { LIKELIHOOD_NEXT, 100 }, { LIKELIHOOD_NEXT, 20 },
    { LIKELIHOOD_NEXT, 5 },
};
#define ATTEMPT_COUNT (sizeof ATTEMPTS / sizeof ATTEMPTS[0])

static const char *const LETTERS[] = { " A", " B", " C", " D" };
static const char *const WORDS[] = { " five", " twenty-two" };
static const struct continuations ASKED_LETTERS = { "Question: Which letter comes after C?\nA. A\nB. B\nC. C\nD. D\nAnswer:",
                                                    LETTERS, 4 };
static const struct continuations ASKED_WORDS = { "Two and three are", WORDS, 2 };

static const char *const TOLD[] = {
    [LIKELIHOOD_ECHO] = "of whole choices, all in one call",
    [LIKELIHOOD_ECHO_EACH] = "of whole choices, a call for each",
    [LIKELIHOOD_NEXT] = "of the next token alone: single letters are looked up among the likeliest, and taken for one token",
};

/* The model need not find our letters likely; that tokens are listed is what counts. */
static bool does_tell(const struct heard *heard)
{
    return heard->end == HEARD_ANSWER || heard->end == HEARD_PAUSED;
}

/* False: interrupted. */
static bool try_way(struct probe *probe, const struct model *model, const struct remote *remote,
                    const struct openai_query *query, struct heard *out)
{
    const struct ask ask = { .kind = ASK_MODEL, .reply = reply_empty(),
                             .continuations = query->likelihood == LIKELIHOOD_NEXT ? &ASKED_LETTERS : &ASKED_WORDS };
    struct http_call *call;
    struct buf body;

    buf_init(&body, 0);
    openai_likelihood_write(query, &ask, 0, &body);
    call = probe_ask(probe, model, remote, &(struct probe_question){
        .url = arena_printf(probe->arena, "%s%s", remote->base, OPENAI_COMPLETIONS_PATH), .body = body.data,
        .body_length = body.length });
    buf_fini(&body);
    if (call == NULL)
        return false;
    openai_likelihood_read(query, &ask, call, probe->arena, out);
    http_free_call(call);
    return true;
}

static void conclude(struct probe *probe, struct openai_query *query, const struct openai_query *tried)
{
    if (tried->likelihood == LIKELIHOOD_NEXT && probe->wish.more_than_letters) {
        probe_find(probe, "likelihood", SEVERITY_BAD, fix_of(query->dialect, FLAW_LIKELIHOOD),
                   "the server tells only of the next token, and some choices are more than one letter");
        return;
    }
    query->likelihood = tried->likelihood;
    query->next_tokens = tried->next_tokens;
    probe_find(probe, "likelihood", SEVERITY_OK, NULL, "%s", TOLD[tried->likelihood]);
}

void openai_likelihood_probe(struct probe *probe, const struct model *model, const struct remote *remote,
                             struct openai_query *query)
{
    const char *words = NULL;

    for (size_t i = 0; i < ATTEMPT_COUNT; i++) {
        struct openai_query tried = *query;
        struct heard heard;

        if (query->likelihood != LIKELIHOOD_OPEN && query->likelihood != ATTEMPTS[i].way)
            continue;
        tried.likelihood = ATTEMPTS[i].way;
        tried.next_tokens = ATTEMPTS[i].next_tokens;
        if (!try_way(probe, model, remote, &tried, &heard))
            return;
        if (does_tell(&heard)) {
            conclude(probe, query, &tried);
            return;
        }
        words = words == NULL || ATTEMPTS[i].way == LIKELIHOOD_ECHO_EACH ? heard.note : words;
    }
    probe_find(probe, "likelihood", SEVERITY_BAD, fix_of(query->dialect, FLAW_LIKELIHOOD),
               "the server does not tell how likely a choice is: %s", words);
}
