#include "runners/dialect.h"

#include <string.h>

#include "harness/base/buf.h"
#include "harness/engine/word.h"

/*
 * Defaults differ from server to server and with the files that lie beside a model, so a named local server is told all
 * it knows: neutral values, which leave the model's own distribution as it is. OpenAI's own models refuse some of
 * these fields even at their defaults, so that dialect is told only what was set.
 */
const struct dialect dialects[] = {
    {
        .name = "dashscope", .summary = "Alibaba Model Studio",
        .fields = {
            [SAMPLING_TEMPERATURE] = { "temperature", 1 },
            [SAMPLING_TOP_P] = { "top_p", 1 },
            [SAMPLING_TOP_K] = { "top_k", NAN },
            [SAMPLING_PRESENCE_PENALTY] = { "presence_penalty", 0 },
            [SAMPLING_REPETITION_PENALTY] = { "repetition_penalty", 1 },
            [SAMPLING_MAX_TOKENS] = { "max_tokens", NAN },
        },
        .sends_seed = true, .thinking = THINKING_TOP_LEVEL,
        .budget = "thinking_budget", .thinks_apart = true, .streams_thinking = true, .host = ".aliyuncs.com/",
        .tool_choice = USE_ALWAYS, .parallel_calls = USE_ALWAYS, .keeps_reasoning = true,
    },
    {
        .name = "llama-server", .summary = "llama.cpp",
        .fields = {
            [SAMPLING_TEMPERATURE] = { "temperature", 1 },
            [SAMPLING_TOP_P] = { "top_p", 1 },
            [SAMPLING_TOP_K] = { "top_k", 0 },
            [SAMPLING_MIN_P] = { "min_p", 0 },
            [SAMPLING_PRESENCE_PENALTY] = { "presence_penalty", 0 },
            [SAMPLING_FREQUENCY_PENALTY] = { "frequency_penalty", 0 },
            [SAMPLING_REPETITION_PENALTY] = { "repeat_penalty", 1 },
            [SAMPLING_MAX_TOKENS] = { "max_tokens", NAN },
        },
        .sends_seed = true, .takes_effort = true, .thinking = THINKING_KWARGS,
        .budget = "thinking_budget_tokens", .mark = { "/props", "default_generation_settings" },
        .tool_choice = USE_ALWAYS, .parallel_calls = USE_ALWAYS, .keeps_reasoning = true,
        .loses_unparsed = true, .speaks_claude = true,
    },
    {
        .name = "ollama", .summary = "Ollama: cuts long prompts silently, knows no top_k",
        .fields = {
            [SAMPLING_TEMPERATURE] = { "temperature", 1 },
            [SAMPLING_TOP_P] = { "top_p", 1 },
            [SAMPLING_PRESENCE_PENALTY] = { "presence_penalty", 0 },
            [SAMPLING_FREQUENCY_PENALTY] = { "frequency_penalty", 0 },
            [SAMPLING_MAX_TOKENS] = { "max_tokens", NAN },
        },
        .sends_seed = true, .takes_effort = true, .thinking = THINKING_EFFORT,
        .cuts_silently = true, .keeps_reasoning = true, .mark = { "/api/version", "version" },
    },
    {
        .name = "openai", .summary = "OpenAI's own service",
        .fields = {
            [SAMPLING_TEMPERATURE] = { "temperature", NAN },
            [SAMPLING_TOP_P] = { "top_p", NAN },
            [SAMPLING_PRESENCE_PENALTY] = { "presence_penalty", NAN },
            [SAMPLING_FREQUENCY_PENALTY] = { "frequency_penalty", NAN },
            [SAMPLING_MAX_TOKENS] = { "max_completion_tokens", NAN },
        },
        .takes_effort = true, .thinking = THINKING_EFFORT,
        .tool_choice = USE_IF_SET, .parallel_calls = USE_IF_SET,
    },
    {
        .name = "sglang", .summary = "SGLang",
        .fields = {
            [SAMPLING_TEMPERATURE] = { "temperature", 1 },
            [SAMPLING_TOP_P] = { "top_p", 1 },
            [SAMPLING_TOP_K] = { "top_k", -1 },
            [SAMPLING_MIN_P] = { "min_p", 0 },
            [SAMPLING_PRESENCE_PENALTY] = { "presence_penalty", 0 },
            [SAMPLING_FREQUENCY_PENALTY] = { "frequency_penalty", 0 },
            [SAMPLING_REPETITION_PENALTY] = { "repetition_penalty", 1 },
            [SAMPLING_MAX_TOKENS] = { "max_tokens", NAN },
        },
        .sends_seed = true, .takes_effort = true, .thinking = THINKING_KWARGS,
        .mark = { "/get_server_info", "version" },
        .tool_choice = USE_ALWAYS, .parallel_calls = USE_ALWAYS, .keeps_reasoning = true,
    },
    {
        .name = "vllm", .summary = "vLLM",
        .fields = {
            [SAMPLING_TEMPERATURE] = { "temperature", 1 },
            [SAMPLING_TOP_P] = { "top_p", 1 },
            [SAMPLING_TOP_K] = { "top_k", -1 },
            [SAMPLING_MIN_P] = { "min_p", 0 },
            [SAMPLING_PRESENCE_PENALTY] = { "presence_penalty", 0 },
            [SAMPLING_FREQUENCY_PENALTY] = { "frequency_penalty", 0 },
            [SAMPLING_REPETITION_PENALTY] = { "repetition_penalty", 1 },
            [SAMPLING_MAX_TOKENS] = { "max_tokens", NAN },
        },
        .sends_seed = true, .takes_effort = true, .thinking = THINKING_KWARGS,
        .budget = "thinking_token_budget", .mark = { "/version", "version" },
        .tool_choice = USE_ALWAYS, .parallel_calls = USE_ALWAYS, .keeps_reasoning = true,
    },
    { .name = NULL },
};

const struct dialect dialect_unnamed = {
    .summary = "unknown",
    .fields = {
        [SAMPLING_TEMPERATURE] = { "temperature", NAN },
        [SAMPLING_TOP_P] = { "top_p", NAN },
        [SAMPLING_TOP_K] = { "top_k", NAN },
        [SAMPLING_MIN_P] = { "min_p", NAN },
        [SAMPLING_PRESENCE_PENALTY] = { "presence_penalty", NAN },
        [SAMPLING_FREQUENCY_PENALTY] = { "frequency_penalty", NAN },
        [SAMPLING_REPETITION_PENALTY] = { "repetition_penalty", NAN },
        [SAMPLING_MAX_TOKENS] = { "max_tokens", NAN },
    },
    .takes_effort = true, .tool_choice = USE_IF_SET, .parallel_calls = USE_IF_SET, .keeps_reasoning = true,
};

#define NAMES_MAX (sizeof dialects / sizeof dialects[0])

const struct dialect *dialect_find(const char *name, struct err *err)
{
    const char *names[NAMES_MAX];
    struct buf text;
    size_t i;

    for (i = 0; dialects[i].name != NULL; i++) {
        if (strcmp(dialects[i].name, name) == 0)
            return &dialects[i];
        names[i] = dialects[i].name;
    }
    names[i] = NULL;
    buf_init(&text, 0);
    buf_addf(&text, "unknown dialect \"%.80s\"", name);
    word_add_nearest(&text, name, names);
    err_set_code(err, EXIT_USAGE, "%s", text.data);
    buf_fini(&text);
    return NULL;
}
