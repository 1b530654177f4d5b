/*
 * Three ways, as servers allow:
 *
 *     echo        all prompts in one call, each context + continuation, and their tokens' log-probabilities come back
 *     echo_each   the same, a call for each
 *     next        the context alone, once, and the N likeliest next tokens. A continuation of one letter is looked up
 *                 among them by its text; one that is not there is less likely than the last of them, and only that
 *                 is said of it. Assumed: after this context the tokenizer makes one token of it, the one listed.
 */
#include "runners/openai_likelihood.h"

#include <float.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/http.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/base/price.h"
#include "harness/engine/ask.h"
#include "runners/count.h"
#include "runners/echo.h"
#include "runners/heard.h"
#include "runners/openai_amend.h"
#include "runners/openai_error.h"

/* Adds the prompts of the ask's next call; earlier: how many calls there were that brought something. */
typedef void prompts_fn(struct json_write *w, const struct continuations *asked, size_t earlier);

/* Into out, with room for as many as were asked for; *count: how many stand there, of earlier calls too. NULL, or why
 * not. */
typedef const char *choices_fn(const struct json *root, const struct ask *ask, struct arena *arena,
                               struct likelihood *out, size_t *count);

static prompts_fn add_all, add_one, add_context;
static choices_fn read_all, read_one, read_next;

/* Where none was named or found out, a call for each is what most servers take. */
static const struct way {
    const char *name, *told;
    prompts_fn *add_prompts;
    choices_fn *read;
    bool echoes;                /* the prompt comes back with its tokens' log-probabilities; else the next token's come */
} WAYS[] = {
    [LIKELIHOOD_OPEN] = { NULL, NULL, add_one, read_one, .echoes = true },
    [LIKELIHOOD_ECHO] = { "echo", "echo", add_all, read_all, .echoes = true },
    [LIKELIHOOD_ECHO_EACH] = { "echo_each", "echo", add_one, read_one, .echoes = true },
    [LIKELIHOOD_NEXT] = { "next", "next", add_context, read_next },
};
#define WAY_COUNT (int)(sizeof WAYS / sizeof WAYS[0])

const char *likelihood_way_told(enum likelihood_way way)
{
    return WAYS[way].told;
}

int likelihood_way_find(const char *name, enum likelihood_way *out, struct err *err)
{
    for (int way = LIKELIHOOD_OPEN + 1; way < WAY_COUNT; way++)
        if (strcmp(WAYS[way].name, name) == 0) {
            *out = (enum likelihood_way)way;
            return 0;
        }
    return err_set_code(err, EXIT_USAGE, "likelihood: expected echo, echo_each or next, found \"%.40s\"", name);
}

const char *openai_likelihood_objection(const struct openai_query *query, const struct ask *ask)
{
    if (WAYS[query->likelihood].echoes)
        return NULL;
    for (size_t i = 0; i < ask->continuations->count; i++)
        if (!likelihood_is_letter(ask->continuations->texts[i]))
            return "the server tells only of the next token, and a choice is more than one letter";
    return NULL;
}

/* --- what is asked --- */

static void add_prompt(struct json_write *w, const char *key, const struct continuations *asked, size_t i)
{
    struct buf prompt;

    buf_init(&prompt, w->out->ceiling);
    buf_add_string(&prompt, asked->context);
    buf_add_string(&prompt, asked->texts[i]);
    json_add_bytes(w, key, prompt.data, prompt.length);
    w->out->cut |= prompt.cut;
    buf_fini(&prompt);
}

static void add_all(struct json_write *w, const struct continuations *asked, size_t earlier)
{
    (void)earlier;
    json_open(w, "prompt", '[');
    for (size_t i = 0; i < asked->count; i++)
        add_prompt(w, NULL, asked, i);
    json_close(w);
}

static void add_one(struct json_write *w, const struct continuations *asked, size_t earlier)
{
    add_prompt(w, "prompt", asked, earlier);
}

static void add_context(struct json_write *w, const struct continuations *asked, size_t earlier)
{
    (void)earlier;
    json_add_string(w, "prompt", asked->context);
}

/* What extra must not say here: it is said already, or the template's, which has no part in this. */
static bool is_ours(const char *key)
{
    static const char *const OURS[] = { "prompt", "logprobs", "echo", "max_tokens", "temperature", "chat_template_kwargs" };

    for (size_t i = 0; i < sizeof OURS / sizeof OURS[0]; i++)
        if (strcmp(key, OURS[i]) == 0)
            return true;
    return false;
}

static void add_extra(struct json_write *w, const struct openai_query *query)
{
    struct err ignored = ERR_INIT;
    struct json_doc *doc = query->extra != NULL ? json_parse(query->extra, strlen(query->extra), &ignored) : NULL;

    for (const struct json *member = json_first(json_root(doc)); member != NULL; member = json_next(member))
        if (!is_ours(json_key(member)))
            json_add_value(w, json_key(member), member);
    json_free(doc);
}

/* One token is generated, and left aside: not every server takes 0 for none (llama-cpp-python: until the context is
 * full). */
void openai_likelihood_write(const struct openai_query *query, const struct ask *ask, size_t earlier, struct buf *out)
{
    const struct way *way = &WAYS[query->likelihood];
    struct json_write w = json_write_to(out);

    json_open(&w, NULL, '{');
    json_add_string(&w, "model", query->model);
    way->add_prompts(&w, ask->continuations, earlier);
    json_add_int(&w, "max_tokens", 1);
    json_add_int(&w, "temperature", 0);
    json_add_int(&w, "logprobs", way->echoes ? 1 : query->next_tokens);
    if (way->echoes)
        json_add_bool(&w, "echo", true);
    add_extra(&w, query);
    json_close(&w);
}

/* --- what is answered --- */

/* The choice of that index: servers may answer several prompts in any order. Without an index it counts where it stands. */
static const struct json *find_choice(const struct json *root, size_t wanted)
{
    const struct json *choices = json_get(root, "choices");
    size_t at = 0;

    for (const struct json *choice = json_first(choices); choice != NULL; choice = json_next(choice), at++) {
        int64_t index = (int64_t)at;

        json_get_int64(choice, "index", &index);
        if (index == (int64_t)wanted)
            return choice;
    }
    return NULL;
}

/* NULL, or why not. */
static const char *read_echo(const struct json *root, size_t index, const struct continuations *asked, size_t i,
                             struct arena *arena, struct likelihood *out)
{
    const struct json *choice = find_choice(root, index);

    if (choice == NULL)
        return "the answer holds fewer choices than prompts";
    *out = likelihood_begin(asked->texts[i]);
    return echo_read(json_get(choice, "logprobs"), asked->context, asked->texts[i], arena, out);
}

/* How likely that token is among the likeliest next ones, each given as a member {"token": -1.2} or as an object. *least:
 * of the last of them. */
static bool find_next(const struct json *list, const char *token, double *logprob, double *least, size_t *listed)
{
    bool is_object = json_kind(list) == JSON_OBJECT, found = false;

    *least = DBL_MAX;
    *listed = 0;
    for (const struct json *one = json_first(list); one != NULL; one = json_next(one)) {
        const char *text = is_object ? json_key(one) : json_string(one, "token");
        double value;

        if (text == NULL || !echo_is_logprob(is_object ? one : json_get(one, "logprob"), &value))
            continue;
        *listed += 1;
        *least = value < *least ? value : *least;
        if (strcmp(text, token) != 0 || (found && value <= *logprob))
            continue;
        *logprob = value;
        found = true;
    }
    return found;
}

/* The legacy shape, or that of chats, which llama-server has here too. */
static const struct json *find_list(const struct json *root)
{
    const struct json *logprobs = json_get(find_choice(root, 0), "logprobs");
    const struct json *content = json_get(logprobs, "content");

    return content != NULL ? json_get(json_first(content), "top_logprobs") : json_first(json_get(logprobs, "top_logprobs"));
}

/* Where no choice is listed that is an answer too: the model was heard, and holds none of them likely. */
static const char *read_next(const struct json *root, const struct ask *ask, struct arena *arena, struct likelihood *out,
                             size_t *count)
{
    const struct continuations *asked = ask->continuations;
    const struct json *list = find_list(root);
    size_t listed = 0;

    *count = asked->count;
    for (size_t i = 0; i < asked->count; i++) {
        double *logprob = arena_alloc(arena, sizeof *logprob), least;
        bool found = find_next(list, asked->texts[i], logprob, &least, &listed);

        out[i] = likelihood_begin(asked->texts[i]);
        out[i].sum = least;
        if (found)
            likelihood_set(&out[i], logprob, 1);
    }
    return listed > 0 ? NULL : "no log-probabilities of the next token";
}

/* What earlier calls brought: read again from what the ask holds, which is all there is of it. */
static size_t read_earlier(const struct ask *ask, struct arena *arena, struct likelihood **out)
{
    struct err ignored = ERR_INIT;
    size_t count = 0;

    *out = NULL;
    if (ask->reply.text[0] == '\0' || likelihood_read(ask->reply.text, arena, out, &count, &ignored) < 0)
        return 0;
    return count;
}

static const char *read_all(const struct json *root, const struct ask *ask, struct arena *arena, struct likelihood *out,
                            size_t *count)
{
    const char *lack = NULL;

    *count = ask->continuations->count;
    for (size_t i = 0; i < *count && lack == NULL; i++)
        lack = read_echo(root, i, ask->continuations, i, arena, &out[i]);
    return lack;
}

static const char *read_one(const struct json *root, const struct ask *ask, struct arena *arena, struct likelihood *out,
                            size_t *count)
{
    struct likelihood *earlier;
    size_t earlier_count = read_earlier(ask, arena, &earlier);

    if (earlier_count > 0)
        memcpy(out, earlier, earlier_count * sizeof *out);
    *count = earlier_count + 1;
    return read_echo(root, 0, ask->continuations, earlier_count, arena, &out[earlier_count]);
}

static const char *write_text(const struct likelihood *all, size_t count, struct arena *arena)
{
    const char *kept;
    struct buf text;

    buf_init(&text, 0);
    likelihood_write(all, count, &text);
    kept = arena_strndup(arena, text.data, text.length);
    buf_fini(&text);
    return kept;
}

/* What is out of the ordinary; NULL: nothing. */
static const char *note_odd(const struct likelihood *all, size_t count, struct arena *arena)
{
    bool is_one_known = false;

    for (size_t i = 0; i < count; i++) {
        if (all[i].spans)
            return arena_printf(arena, "%s: choice %zu", openai_note_name(OPENAI_TOKEN_SPANS), i + 1);
        is_one_known |= all[i].logprobs != NULL;
    }
    return is_one_known ? NULL : arena_printf(arena, "%s: all are below %g", openai_note_name(OPENAI_NONE_LISTED),
                                              all[0].sum);
}

static void take_usage(const struct json *usage, struct reply *reply)
{
    count_take(usage, "prompt_tokens", &reply->tokens_in);
    count_take(usage, "completion_tokens", &reply->tokens_out);
    count_take(json_get(usage, "prompt_tokens_details"), "cached_tokens", &reply->tokens_cache);
}

static void read_document(const struct openai_query *query, const struct ask *ask, const struct json *root,
                          struct arena *arena, struct heard *out)
{
    struct likelihood *all = arena_calloc(arena, ask->continuations->count + 1, sizeof *all);
    size_t count;
    const char *lack = WAYS[query->likelihood].read(root, ask, arena, all, &count);

    if (lack != NULL) {
        heard_fail(out, HEARD_NEVER, CAUSE_USELESS, lack, arena);
        return;
    }
    *out = (struct heard){ .end = count < ask->continuations->count ? HEARD_PAUSED : HEARD_ANSWER,
                           .reply = reply_empty(), .note = note_odd(all, count, arena) };
    out->reply.text = write_text(all, count, arena);
    out->reply.model = arena_strdup(arena, json_string(root, "model"));
}

void openai_likelihood_read(const struct openai_query *query, const struct ask *ask, const struct http_call *call,
                            struct arena *arena, struct heard *out)
{
    struct err err = ERR_INIT;
    struct json_doc *doc;

    if (heard_nothing(call, arena, out))
        return;
    if (call->status < 200 || call->status > 299) {
        openai_error_read(call->status, call->body.data, call->body.length, arena, out);
        return;
    }
    doc = json_parse(call->body.data, call->body.length, &err);
    if (doc == NULL)
        heard_fail(out, HEARD_AGAIN, CAUSE_GARBLED, arena_printf(arena, "the answer is not JSON: %s", err.text), arena);
    else if (json_get(json_root(doc), "choices") == NULL)
        openai_error_read_json(call->status, doc, arena, out);
    else
        read_document(query, ask, json_root(doc), arena, out);
    take_usage(json_get(json_root(doc), "usage"), &out->reply);     /* paid for, whatever else it holds */
    json_free(doc);
}

/* Of what one call did not tell, the sum is not known. */
static void add_count(int64_t *total, int64_t more)
{
    *total = *total < 0 || more < 0 ? TOKENS_UNKNOWN : *total + more;
}

void openai_likelihood_join(const struct ask *ask, struct heard *out)
{
    if (ask->reply.text[0] == '\0')
        return;
    add_count(&out->reply.tokens_in, ask->reply.tokens_in);
    add_count(&out->reply.tokens_out, ask->reply.tokens_out);
    add_count(&out->reply.tokens_cache, ask->reply.tokens_cache);
}
