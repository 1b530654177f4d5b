#include "runners/anthropic_query.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/json_write.h"
#include "harness/engine/model.h"
#include "runners/known_models.h"

/* The API has no default for an answer's length; this one is for models without a card. */
#define MAX_TOKENS_FALLBACK 32000

/* An answer that is not streamed has ten minutes, at 128,000 tokens an hour: Anthropic's programs refuse more too. */
#define WHOLE_TOKENS_MAX 21333

#define BUDGET_MIN 1024
#define BUDGET_FALLBACK 32000
#define BUDGET_CHOSEN (-1)      /* half of the answer, up to the fallback */
#define THINKING_TOP_P_MIN 0.95

static const char *const EFFORTS_46[] = { "low", "medium", "high", "max", NULL };

/* The first whose prefix fits counts. Later Claudes take other things; the last line is any model that a server of this
 * shape has, as llama-server. */
static const struct claude CLAUDES[] = {
    { "claude-opus-4-6", .card = "claude-opus-4-6", .adaptive = true, .is_slow = true, .output_max = 128000,
      .efforts = EFFORTS_46 },
    { "claude-sonnet-4-6", .card = "claude-sonnet-4-6", .adaptive = true, .is_slow = true, .output_max = 128000,
      .efforts = EFFORTS_46 },
    { "claude-haiku-4-5", .card = "claude-haiku-4-5-20251001", .prefill = true, .is_slow = true, .output_max = 64000 },
    { "claude-", .prefill = true, .is_slow = true },
    { "", .prefill = true, .samples_freely = true },
};

static const struct claude *find_claude(const char *id)
{
    const struct claude *claude = CLAUDES;

    while (strncmp(id, claude->prefix, strlen(claude->prefix)) != 0)
        claude++;
    return claude;
}

static bool thinks(const struct anthropic_query *query)
{
    return query->thinking == CLAUDE_ADAPTIVE || query->thinking == CLAUDE_BUDGET;
}

static int refuse_thinking(const char *word, struct err *err)
{
    return err_set_code(err, EXIT_USAGE, "thinking: expected adaptive, off or a number of tokens, found \"%.40s\"",
                        word);
}

/* adaptive, off, or a budget. */
static int read_word(const char *word, struct anthropic_query *out, struct err *err)
{
    char *end;

    if (strcmp(word, "off") == 0) {
        out->thinking = CLAUDE_OFF;
    } else if (strcmp(word, "adaptive") == 0) {
        out->thinking = CLAUDE_ADAPTIVE;
    } else {
        errno = 0;
        out->thinking = CLAUDE_BUDGET;
        out->budget = strtoll(word, &end, 10);
        if (end == word || *end != '\0' || errno != 0 || out->budget < 0)
            return refuse_thinking(word, err);
    }
    if (out->thinking == CLAUDE_ADAPTIVE && out->takes->card != NULL && !out->takes->adaptive)
        return err_set_code(err, EXIT_USAGE, "%s takes no thinking=adaptive: say how many tokens, as in thinking=16000",
                            out->model);
    return 0;
}

/* reasoning=on where nothing more is said: the model's best way. */
static int choose_thinking(struct anthropic_query *out, struct err *err)
{
    if (out->takes->card == NULL)
        return err_set_code(err, EXIT_USAGE, "nobody knows how %s is told to think: say thinking=adaptive, or how many "
                            "tokens, as in thinking=16000", out->model);
    out->thinking = out->takes->adaptive ? CLAUDE_ADAPTIVE : CLAUDE_BUDGET;
    out->budget = BUDGET_CHOSEN;
    return 0;
}

static int read_thinking(const struct model *model, struct anthropic_query *out, struct err *err)
{
    const char *word = model_text(model, "thinking", NULL);
    bool is_said = model_has(model, "reasoning"), is_on = model_bool(model, "reasoning", false);

    if (word == NULL && is_on)
        return choose_thinking(out, err);
    out->thinking = is_said ? CLAUDE_OFF : CLAUDE_UNSAID;
    if (word == NULL)
        return 0;
    if (read_word(word, out, err) < 0)
        return -1;
    if (is_said && is_on != thinks(out))
        return err_set_code(err, EXIT_USAGE, "thinking=%.40s and reasoning=%s contradict each other", word,
                            is_on ? "on" : "off");
    return 0;
}

static int read_max_tokens(const struct model *model, const struct sampling *card, struct anthropic_query *out,
                           struct err *err)
{
    double recommended = card->value[SAMPLING_MAX_TOKENS];
    int64_t fallback = isnan(recommended) ? MAX_TOKENS_FALLBACK : (int64_t)recommended, most = out->takes->output_max;

    out->max_tokens = model_int(model, "max_tokens", fallback);
    if (most > 0 && out->max_tokens > most)
        return err_set_code(err, EXIT_USAGE, "max_tokens: %s writes at most %lld at once", out->model, (long long)most);
    if (!out->stream && out->takes->is_slow && out->max_tokens > WHOLE_TOKENS_MAX)
        return err_set_code(err, EXIT_USAGE, "stream=off is for max_tokens up to %d, and here it is %lld: a longer "
                            "answer is dropped on its way", WHOLE_TOKENS_MAX, (long long)out->max_tokens);
    return 0;
}

/* Thinking is a part of the answer: a budget leaves room for what is said after it. */
static int check_budget(struct anthropic_query *out, struct err *err)
{
    if (out->thinking != CLAUDE_BUDGET)
        return 0;
    if (out->budget == BUDGET_CHOSEN)
        out->budget = out->max_tokens / 2 < BUDGET_FALLBACK ? out->max_tokens / 2 : BUDGET_FALLBACK;
    if (out->budget < BUDGET_MIN)
        return err_set_code(err, EXIT_USAGE, "thinking: expected at least %d tokens, found %lld", BUDGET_MIN,
                            (long long)out->budget);
    if (out->budget >= out->max_tokens)
        return err_set_code(err, EXIT_USAGE, "thinking=%lld: max_tokens, thinking included, must be more than that and "
                            "is %lld", (long long)out->budget, (long long)out->max_tokens);
    return 0;
}

/* What a Claude refuses of the user's words; a card's are not sent then. */
static int check_sampling(const struct model *model, const struct anthropic_query *query, struct err *err)
{
    bool has_temperature = model_has(model, "temperature"), has_top_p = model_has(model, "top_p");

    if (query->takes->samples_freely)
        return 0;
    if (has_temperature && has_top_p)
        return err_set_code(err, EXIT_USAGE, "%s takes temperature or top_p, not both", query->model);
    if (!thinks(query))
        return 0;
    if (has_temperature && query->temperature < 1)
        return err_set_code(err, EXIT_USAGE, "%s takes no temperature but 1 while it thinks", query->model);
    if (has_top_p && query->top_p < THINKING_TOP_P_MIN)
        return err_set_code(err, EXIT_USAGE, "%s takes a top_p from %.2f to 1 while it thinks", query->model,
                            THINKING_TOP_P_MIN);
    if (query->top_k >= 0)
        return err_set_code(err, EXIT_USAGE, "%s takes no top_k while it thinks", query->model);
    return 0;
}

static int read_sampling(const struct model *model, const struct sampling *card, struct anthropic_query *out,
                         struct err *err)
{
    const double *recommended = card->value;
    bool is_free = out->takes->samples_freely;

    out->temperature = model_number(model, "temperature", recommended[SAMPLING_TEMPERATURE]);
    out->top_p = model_number(model, "top_p", is_free ? recommended[SAMPLING_TOP_P] : NAN);
    out->top_k = model_int(model, "top_k", is_free && !isnan(recommended[SAMPLING_TOP_K])
                                               ? (int64_t)recommended[SAMPLING_TOP_K] : -1);
    if (check_sampling(model, out, err) < 0)
        return -1;
    if (!is_free && (thinks(out) || model_has(model, "top_p")))
        out->temperature = NAN;
    return 0;
}

static int refuse_effort(const struct anthropic_query *query, struct err *err)
{
    struct buf words;
    const char *const *effort = query->takes->efforts;

    if (effort == NULL)
        return err_set_code(err, EXIT_USAGE, "%s takes no effort", query->model);
    buf_init(&words, 0);
    for (; *effort != NULL; effort++)
        buf_addf(&words, "%s%s", words.length == 0 ? "" : effort[1] != NULL ? ", " : " or ", *effort);
    err_set_code(err, EXIT_USAGE, "effort: %s takes %s, found \"%.40s\"", query->model, words.data, query->effort);
    buf_fini(&words);
    return -1;
}

static int read_effort(const struct model *model, struct arena *arena, struct anthropic_query *out, struct err *err)
{
    const char *const *effort = out->takes->efforts;

    out->effort = arena_strdup(arena, model_text(model, "effort", NULL));
    if (out->effort == NULL || out->takes->card == NULL)
        return 0;
    while (effort != NULL && *effort != NULL && strcmp(*effort, out->effort) != 0)
        effort++;
    return effort != NULL && *effort != NULL ? 0 : refuse_effort(out, err);
}

static int read_cache(const struct model *model, struct anthropic_query *out, struct err *err)
{
    static const struct { const char *word; enum claude_cache cache; } words[] = {
        { "off", CLAUDE_CACHE_OFF }, { "5m", CLAUDE_CACHE_5M }, { "1h", CLAUDE_CACHE_1H },
    };
    const char *word = model_text(model, "cache", NULL);

    out->cache = CLAUDE_CACHE_TURNS;
    if (word == NULL)
        return 0;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].word, word) == 0) {
            out->cache = words[i].cache;
            return 0;
        }
    return err_set_code(err, EXIT_USAGE, "cache: expected off, 5m or 1h, found \"%.40s\"", word);
}

static int read_beta(const struct model *model, struct arena *arena, struct anthropic_query *out, struct err *err)
{
    out->beta = arena_strdup(arena, model_text(model, "beta", NULL));
    for (const char *c = out->beta; c != NULL && *c != '\0'; c++)
        if ((unsigned char)*c <= ' ' || (unsigned char)*c > '~')
            return err_set_code(err, EXIT_USAGE, "beta: expected names with commas between, without blanks");
    return 0;
}

/* What is recommended for the model, or for the one it is like. */
static int find_card(const struct model *model, const struct anthropic_query *query, struct sampling *out,
                     struct err *err)
{
    const char *name = model_text(model, "like", query->takes->card);
    const struct known_model *card = name != NULL ? known_models_find(name, err) : NULL;

    *out = sampling_unstated();
    if (card != NULL)
        *out = *known_model_sampling(card, query->thinking == CLAUDE_UNSAID ? card->thinks : thinks(query));
    return card != NULL || name == NULL ? 0 : -1;
}

int anthropic_query_read(const struct model *model, struct arena *arena, struct anthropic_query *out, struct err *err)
{
    struct sampling card;

    *out = (struct anthropic_query){ .model = arena_strdup(arena, model->id), .takes = find_claude(model->id),
                                     .stream = model_bool(model, "stream", true) };
    if (read_thinking(model, out, err) < 0 || find_card(model, out, &card, err) < 0 ||
        read_max_tokens(model, &card, out, err) < 0 || check_budget(out, err) < 0 ||
        read_sampling(model, &card, out, err) < 0 || read_effort(model, arena, out, err) < 0 ||
        read_cache(model, out, err) < 0)
        return -1;
    return read_beta(model, arena, out, err);
}

void anthropic_query_add_sampling(const struct anthropic_query *query, struct json_write *w)
{
    if (!isnan(query->temperature))
        json_add_number(w, "temperature", query->temperature);
    if (!isnan(query->top_p))
        json_add_number(w, "top_p", query->top_p);
    if (query->top_k >= 0)
        json_add_int(w, "top_k", query->top_k);
}

static void describe_sampling(const struct anthropic_query *query, struct json_write *w)
{
    json_open(w, "sampling", '{');
    anthropic_query_add_sampling(query, w);
    json_add_int(w, "max_tokens", query->max_tokens);
    json_close(w);
}

void anthropic_query_describe(const struct anthropic_query *query, struct json_write *w)
{
    describe_sampling(query, w);
    if (query->thinking == CLAUDE_BUDGET)
        json_add_int(w, "thinking", query->budget);
    else if (query->thinking != CLAUDE_UNSAID)
        json_add_string(w, "thinking", query->thinking == CLAUDE_OFF ? "off" : "adaptive");
    if (query->effort != NULL)
        json_add_string(w, "effort", query->effort);
    if (query->beta != NULL)
        json_add_string(w, "beta", query->beta);
}
