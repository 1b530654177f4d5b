#include "runners/openai_body.h"

#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/base/redact.h"
#include "harness/engine/model.h"
#include "runners/known_models.h"
#include "runners/openai_likelihood.h"

static const char *dialect_name(const struct dialect *dialect)
{
    return dialect->name != NULL ? dialect->name : "unnamed";
}

/* Left out where the dialect is still to be found: it may know the field. */
static int refuse(const struct openai_query *query, const char *key, struct err *err)
{
    if (query->dialect_is_open)
        return 0;
    if (query->dialect->name == NULL)
        return err_set_code(err, EXIT_USAGE, "%s needs a dialect: say which server it is (dialect=vllm, llama-server, "
                            "sglang, ollama, dashscope or openai)", key);
    return err_set_code(err, EXIT_USAGE, "dialect %s takes no %s", query->dialect->name, key);
}

/* What the user set, else the card's, else neutral. A field the server does not know stays unsaid. */
static int resolve_field(const struct model *model, const struct sampling *card, enum sampling_field field,
                         struct openai_query *out, struct err *err)
{
    const struct dialect_field *known = &out->dialect->fields[field];
    const char *key = sampling_key(field);
    double fallback = isnan(card->value[field]) ? known->neutral : card->value[field];

    if (known->name == NULL && model_has(model, key))
        return refuse(out, key, err);
    out->sampling.value[field] = known->name == NULL ? NAN : model_number(model, key, fallback);
    return 0;
}

static int resolve_sampling(const struct model *model, const struct known_model *card, struct openai_query *out,
                            struct err *err)
{
    const struct sampling unstated = sampling_unstated(), *recommended = &unstated;

    if (card != NULL)
        recommended = known_model_sampling(card, out->thinking == THINKING_UNSAID ? card->thinks
                                                                                 : out->thinking == THINKING_ON);
    for (int field = 0; field < SAMPLING_FIELDS; field++)
        if (resolve_field(model, recommended, (enum sampling_field)field, out, err) < 0)
            return -1;
    return 0;
}

/* A card that knows both ways says its default aloud, where the server can be told. */
static int resolve_thinking(const struct model *model, const struct known_model *card, struct openai_query *out,
                            struct err *err)
{
    bool is_said = model_has(model, "reasoning");
    bool has_both = card != NULL && card->thinking != NULL && card->plain != NULL;

    if (is_said && out->dialect->thinking == THINKING_FIXED)
        return refuse(out, "reasoning", err);
    if (is_said)
        out->thinking = model_bool(model, "reasoning", true) ? THINKING_ON : THINKING_OFF;
    else if (has_both && out->dialect->thinking != THINKING_FIXED)
        out->thinking = card->thinks ? THINKING_ON : THINKING_OFF;
    else
        out->thinking = THINKING_UNSAID;
    if (out->thinking == THINKING_ON && out->dialect->streams_thinking && !out->stream)
        return err_set_code(err, EXIT_USAGE, "dialect %s thinks only in a stream: expected stream=on with reasoning=on",
                            out->dialect->name);
    return 0;
}

static int resolve_budget(const struct model *model, struct openai_query *out, struct err *err)
{
    out->thinking_budget = -1;
    if (!model_has(model, "thinking_budget"))
        return 0;
    if (out->dialect->budget == NULL)
        return refuse(out, "thinking_budget", err);
    out->thinking_budget = model_int(model, "thinking_budget", -1);
    return 0;
}

/* A function of one's choice would be one task's business, and llama-server takes it for "auto" in silence. */
static int resolve_tool_choice(const struct model *model, struct arena *arena, struct openai_query *out,
                               struct err *err)
{
    static const char *const CHOICES[] = { "auto", "none", "required" };
    const char *said = model_text(model, "tool_choice", NULL);
    bool is_known = said == NULL;

    for (size_t i = 0; i < sizeof CHOICES / sizeof CHOICES[0]; i++)
        is_known = is_known || strcmp(said, CHOICES[i]) == 0;
    if (!is_known)
        return err_set_code(err, EXIT_USAGE, "tool_choice: expected auto, none or required, found \"%.40s\"", said);
    if (said != NULL && out->dialect->tool_choice == USE_UNKNOWN)
        return refuse(out, "tool_choice", err);
    out->tool_choice = said != NULL ? arena_strdup(arena, said)
                                    : out->dialect->tool_choice == USE_ALWAYS ? "auto" : NULL;
    return 0;
}

static int resolve_tools(const struct model *model, struct arena *arena, struct openai_query *out, struct err *err)
{
    bool is_said = model_has(model, "parallel_tool_calls");

    if (is_said && out->dialect->parallel_calls == USE_UNKNOWN)
        return refuse(out, "parallel_tool_calls", err);
    out->sends_parallel = is_said || out->dialect->parallel_calls == USE_ALWAYS;
    out->parallel = model_bool(model, "parallel_tool_calls", true);
    return resolve_tool_choice(model, arena, out, err);
}

/* Whether a key of extra says what is ours to say: twice in one body, nobody knows which counts. */
static bool is_ours(const struct openai_query *query, const char *key)
{
    static const char *const OURS[] = { "model", "messages", "stream", "stream_options", "tools", "tool_choice",
                                        "parallel_tool_calls", "n", "seed", "reasoning_effort", "enable_thinking" };
    const char *budget = query->dialect->budget;

    for (size_t i = 0; i < sizeof OURS / sizeof OURS[0]; i++)
        if (strcmp(key, OURS[i]) == 0)
            return true;
    for (int field = 0; field < SAMPLING_FIELDS; field++) {
        const char *name = query->dialect->fields[field].name;
        if ((name != NULL && strcmp(key, name) == 0) || strcmp(key, sampling_key((enum sampling_field)field)) == 0)
            return true;
    }
    return budget != NULL && strcmp(key, budget) == 0;
}

static int check_extra(const struct openai_query *query, const struct json *root, struct err *err)
{
    const struct json *kwargs = json_get(root, "chat_template_kwargs");

    if (root == NULL || json_kind(root) != JSON_OBJECT)
        return err_set_code(err, EXIT_USAGE, "extra: expected a JSON object, as in extra={\"top_n_sigma\":1}");
    for (const struct json *member = json_first(root); member != NULL; member = json_next(member))
        if (is_ours(query, json_key(member)))
            return err_set_code(err, EXIT_USAGE, "extra: \"%.60s\" is said by vernier itself; where it can be set, it has "
                                "a setting of its own (`vernier list runners`)", json_key(member));
    if (kwargs != NULL && json_kind(kwargs) != JSON_OBJECT)
        return err_set_code(err, EXIT_USAGE, "extra: expected an object for chat_template_kwargs");
    if (json_get(kwargs, "enable_thinking") != NULL)
        return err_set_code(err, EXIT_USAGE, "extra: enable_thinking is said with reasoning=on or reasoning=off");
    return 0;
}

static int resolve_extra(const struct model *model, struct arena *arena, struct openai_query *out, struct err *err)
{
    struct json_doc *doc;
    int status;

    out->extra = arena_strdup(arena, model_text(model, "extra", NULL));
    if (out->extra == NULL)
        return 0;
    doc = json_parse(out->extra, strlen(out->extra), err);
    if (doc == NULL) {
        err->code = EXIT_USAGE;
        return err_prefix(err, "extra: ");
    }
    redact_register_members("extra", json_root(doc));
    status = check_extra(out, json_root(doc), err);
    json_free(doc);
    return status;
}

static int resolve_effort(const struct model *model, struct arena *arena, struct openai_query *out, struct err *err)
{
    out->effort = arena_strdup(arena, model_text(model, "reasoning_effort", NULL));
    if (out->effort != NULL && !out->dialect->takes_effort)
        return refuse(out, "reasoning_effort", err);
    if (out->thinking != THINKING_OFF || out->dialect->thinking != THINKING_EFFORT)
        return 0;
    if (out->effort != NULL)
        return err_set_code(err, EXIT_USAGE, "reasoning=off and reasoning_effort=%.40s contradict each other",
                            out->effort);
    out->effort = "none";
    return 0;
}

/* More tokens are better; a probe that finds that the server gives fewer asks for fewer. */
#define NEXT_TOKENS 100

static int resolve_likelihood(const struct model *model, struct openai_query *out, struct err *err)
{
    const char *way = model_text(model, "likelihood", NULL);

    out->next_tokens = NEXT_TOKENS;
    return way != NULL ? likelihood_way_find(way, &out->likelihood, err) : 0;
}

int openai_query_read(const struct model *model, const struct dialect *fallback, struct arena *arena,
                      struct openai_query *out, struct err *err)
{
    const char *dialect = model_text(model, "dialect", NULL), *like = model_text(model, "like", NULL);
    const struct known_model *card = like != NULL ? known_models_find(like, err) : NULL;

    *out = (struct openai_query){ .model = arena_strdup(arena, model->id) };
    out->dialect_is_open = dialect == NULL && fallback == NULL;
    out->dialect = dialect != NULL ? dialect_find(dialect, err) : out->dialect_is_open ? &dialect_unnamed : fallback;
    if (out->dialect == NULL || (like != NULL && card == NULL))
        return -1;
    out->stream = model_bool(model, "stream", true);
    out->sends_seed = out->dialect->sends_seed || model_has(model, "seed");
    out->seed = model_int(model, "seed", -1);
    if (resolve_thinking(model, card, out, err) < 0 || resolve_effort(model, arena, out, err) < 0 ||
        resolve_budget(model, out, err) < 0 || resolve_tools(model, arena, out, err) < 0 ||
        resolve_extra(model, arena, out, err) < 0 || resolve_likelihood(model, out, err) < 0)
        return -1;
    return resolve_sampling(model, card, out, err);
}

void openai_query_describe(const struct openai_query *query, struct json_write *w)
{
    json_add_string(w, "dialect", dialect_name(query->dialect));
    json_open(w, "sampling", '{');
    for (int field = 0; field < SAMPLING_FIELDS; field++)
        if (!isnan(query->sampling.value[field]))
            json_add_number(w, sampling_key((enum sampling_field)field), query->sampling.value[field]);
    json_close(w);
    if (query->thinking != THINKING_UNSAID)
        json_add_bool(w, "thinking", query->thinking == THINKING_ON);
    if (query->effort != NULL)
        json_add_string(w, "effort", query->effort);
    if (query->likelihood != LIKELIHOOD_OPEN)
        json_add_string(w, "likelihood", likelihood_way_told(query->likelihood));
    json_add_string(w, "seed", query->seed >= 0 ? "fixed" : query->sends_seed ? "of each ask" : "none");
}
