#include "runners/known_models.h"

#include <string.h>

#include "harness/base/buf.h"
#include "harness/engine/word.h"

/* One line a sampling, in the order of enum sampling_field: temperature, top_p, top_k, min_p, presence penalty,
 * frequency penalty, repetition penalty, max_tokens. */
#define UNSTATED SAMPLING_UNSTATED

/* Claude's own defaults, and room for what it says. With thinking the temperature is always 1. */
#define CLAUDE(max_tokens) \
    { { 1.0, UNSTATED, UNSTATED, UNSTATED, UNSTATED, UNSTATED, UNSTATED, max_tokens } }
static const struct sampling CLAUDE_THINKING = CLAUDE(64000), CLAUDE_PLAIN = CLAUDE(32000);

/* Qwen3.5's cards, thinking, general tasks; they allow 81920 tokens for contest mathematics and code. */
static const struct sampling QWEN35_THINKING = { { 1.0, 0.95, 20, 0, 1.5, 0, 1.0, 32768 } };
static const struct sampling QWEN35_PLAIN = { { 0.7, 0.8, 20, 0, 1.5, 0, 1.0, 32768 } };
static const struct sampling QWEN36_THINKING = { { 1.0, 0.95, 20, 0, 0, 0, 1.0, 32768 } };
static const struct sampling QWEN3_THINKING = { { 0.6, 0.95, 20, 0, UNSTATED, UNSTATED, UNSTATED, 32768 } };
static const struct sampling QWEN3_PLAIN = { { 0.7, 0.8, 20, 0, UNSTATED, UNSTATED, UNSTATED, 32768 } };
static const struct sampling QWEN3_CODER_NEXT = { { 1.0, 0.95, 40, 0, 0, 0, 1.0, UNSTATED } };
static const struct sampling GPT_OSS = { { 1.0, 1.0, UNSTATED, UNSTATED, UNSTATED, UNSTATED, UNSTATED, UNSTATED } };
static const struct sampling DEEPSEEK_R1 = { { 0.6, 0.95, UNSTATED, UNSTATED, UNSTATED, UNSTATED, UNSTATED, 32768 } };
static const struct sampling SMOLLM2 = { { 0.2, 0.9, UNSTATED, UNSTATED, UNSTATED, UNSTATED, UNSTATED, UNSTATED } };
static const struct sampling SMOLLM3 = { { 0.6, 0.95, UNSTATED, UNSTATED, UNSTATED, UNSTATED, UNSTATED, 32768 } };

#define THINKS(sampling, other) .thinking = &(sampling), .plain = &(other), .thinks = true
#define QUIET(sampling, other) .thinking = &(sampling), .plain = &(other), .thinks = false

const struct known_model known_models[] = {
    { "claude-haiku-4-5-20251001", "Claude Haiku 4.5: reads 200k tokens, writes 64k; thinks when told to "
      "(thinking=TOKENS)", QUIET(CLAUDE_THINKING, CLAUDE_PLAIN) },
    { "claude-opus-4-6", "Claude Opus 4.6: reads 1M tokens, writes 128k; thinks when told to (thinking=adaptive), "
      "effort low to max", QUIET(CLAUDE_THINKING, CLAUDE_PLAIN) },
    { "claude-sonnet-4-6", "Claude Sonnet 4.6: reads 1M tokens, writes 128k; thinks when told to (thinking=adaptive), "
      "effort low to max", QUIET(CLAUDE_THINKING, CLAUDE_PLAIN) },
    { "deepseek-r1", "DeepSeek-R1: always thinks", .thinking = &DEEPSEEK_R1, .thinks = true },
    { "gpt-oss-120b", "gpt-oss, 117B: always thinks, as long as reasoning_effort says", .thinking = &GPT_OSS,
      .thinks = true },
    { "gpt-oss-20b", "gpt-oss, 21B: always thinks, as long as reasoning_effort says", .thinking = &GPT_OSS,
      .thinks = true },
    { "qwen3-14b", "Qwen3, 14B: thinks by default", THINKS(QWEN3_THINKING, QWEN3_PLAIN) },
    { "qwen3-235b-a22b", "Qwen3, 235B: thinks by default", THINKS(QWEN3_THINKING, QWEN3_PLAIN) },
    { "qwen3-30b-a3b", "Qwen3, 30B: thinks by default", THINKS(QWEN3_THINKING, QWEN3_PLAIN) },
    { "qwen3-32b", "Qwen3, 32B: thinks by default", THINKS(QWEN3_THINKING, QWEN3_PLAIN) },
    { "qwen3-4b", "Qwen3, 4B: thinks by default", THINKS(QWEN3_THINKING, QWEN3_PLAIN) },
    { "qwen3-8b", "Qwen3, 8B: thinks by default", THINKS(QWEN3_THINKING, QWEN3_PLAIN) },
    { "qwen3-coder-next", "Qwen3-Coder-Next, 80B: never thinks, for coding agents", .plain = &QWEN3_CODER_NEXT },
    { "qwen3.5-0.8b", "Qwen3.5, 0.8B: thinks when told to", QUIET(QWEN35_THINKING, QWEN35_PLAIN) },
    { "qwen3.5-122b-a10b", "Qwen3.5, 122B: thinks by default", THINKS(QWEN35_THINKING, QWEN35_PLAIN) },
    { "qwen3.5-27b", "Qwen3.5, 27B: thinks by default", THINKS(QWEN35_THINKING, QWEN35_PLAIN) },
    { "qwen3.5-2b", "Qwen3.5, 2B: thinks when told to", QUIET(QWEN35_THINKING, QWEN35_PLAIN) },
    { "qwen3.5-35b-a3b", "Qwen3.5, 35B: thinks by default", THINKS(QWEN35_THINKING, QWEN35_PLAIN) },
    { "qwen3.5-397b-a17b", "Qwen3.5, 397B: thinks by default", THINKS(QWEN35_THINKING, QWEN35_PLAIN) },
    { "qwen3.5-4b", "Qwen3.5, 4B: thinks by default", THINKS(QWEN35_THINKING, QWEN35_PLAIN) },
    { "qwen3.5-9b", "Qwen3.5, 9B: thinks by default", THINKS(QWEN35_THINKING, QWEN35_PLAIN) },
    { "qwen3.5-flash", "the 35B as hosted: thinks by default", THINKS(QWEN35_THINKING, QWEN35_PLAIN) },
    { "qwen3.5-plus", "the 397B as hosted: thinks by default", THINKS(QWEN35_THINKING, QWEN35_PLAIN) },
    { "qwen3.6-27b", "Qwen3.6, 27B: thinks by default", THINKS(QWEN36_THINKING, QWEN35_PLAIN) },
    { "smollm2-1.7b-instruct", "SmolLM2, 1.7B: never thinks", .plain = &SMOLLM2 },
    { "smollm2-135m-instruct", "SmolLM2, 135M: never thinks; small enough for any machine", .plain = &SMOLLM2 },
    { "smollm2-360m-instruct", "SmolLM2, 360M: never thinks", .plain = &SMOLLM2 },
    { "smollm3-3b", "SmolLM3, 3B: thinks by default", THINKS(SMOLLM3, SMOLLM3) },
    { .name = NULL },
};

#define NAMES_MAX (sizeof known_models / sizeof known_models[0])

const struct known_model *known_models_find(const char *name, struct err *err)
{
    const char *names[NAMES_MAX];
    struct buf text;
    size_t i;

    for (i = 0; known_models[i].name != NULL; i++) {
        if (strcmp(known_models[i].name, name) == 0)
            return &known_models[i];
        names[i] = known_models[i].name;
    }
    names[i] = NULL;
    buf_init(&text, 0);
    buf_addf(&text, "no known model \"%.80s\"", name);
    word_add_nearest(&text, name, names);
    err_set_code(err, EXIT_USAGE, "%s", text.data);
    buf_fini(&text);
    return NULL;
}

const struct sampling *known_model_sampling(const struct known_model *model, bool thinks)
{
    const struct sampling *wanted = thinks ? model->thinking : model->plain;
    const struct sampling *other = thinks ? model->plain : model->thinking;

    return wanted != NULL ? wanted : other;
}

void known_model_show(const struct known_model *model, struct buf *out)
{
    const struct sampling *sampling = known_model_sampling(model, model->thinks);
    const char *comma = "";

    for (int field = 0; field < SAMPLING_FIELDS; field++)
        if (!isnan(sampling->value[field])) {
            buf_addf(out, "%s%s %.15g", comma, sampling_key((enum sampling_field)field), sampling->value[field]);
            comma = ", ";
        }
}
