#include "runners/openai_body.h"

#include "harness/base/arena.h"
#include "harness/base/json_write.h"
#include "harness/engine/model.h"
#include "runners/known_models.h"

static const char *dialect_name(const struct dialect *dialect)
{
    return dialect->name != NULL ? dialect->name : "unnamed";
}

static int refuse(const struct openai_query *query, const char *key, struct err *err)
{
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
    return 0;
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

int openai_query_read(const struct model *model, const struct dialect *fallback, struct arena *arena,
                      struct openai_query *out, struct err *err)
{
    const char *dialect = model_text(model, "dialect", NULL), *like = model_text(model, "like", NULL);
    const struct known_model *card = like != NULL ? known_models_find(like, err) : NULL;

    *out = (struct openai_query){ .model = arena_strdup(arena, model->id) };
    out->dialect = dialect != NULL ? dialect_find(dialect, err) : fallback;
    if (out->dialect == NULL || (like != NULL && card == NULL))
        return -1;
    out->stream = model_bool(model, "stream", true);
    out->sends_seed = out->dialect->sends_seed || model_has(model, "seed");
    out->seed = model_int(model, "seed", -1);
    if (resolve_thinking(model, card, out, err) < 0 || resolve_effort(model, arena, out, err) < 0)
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
    json_add_string(w, "seed", query->seed >= 0 ? "fixed" : query->sends_seed ? "of each ask" : "none");
}
