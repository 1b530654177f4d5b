#include "runners/fix.h"

#include <stddef.h>
#include <string.h>

#include "runners/dialect.h"

/* Of servers that nobody has named, and where a dialect has nothing of its own to say. */
static const char *const ANY[FLAWS] = {
    [FLAW_MODEL] = "name a model that is served, or give the --base-url of the server that serves it",
    [FLAW_CONTEXT] = "serve it with a longer context, or ask for less with --max-tokens",
    [FLAW_SLOTS] = "--max-connections as many as the server answers at once",
    [FLAW_END] = "serve the model with its own chat template and end token (generation_config.json, tokenizer_config.json)",
    [FLAW_TEMPLATE] = "serve the model with its own chat template",
    [FLAW_INLINE] = "serve it with its reasoning parser, which puts thinking into a field of its own",
    [FLAW_THINKS] = "the server heeds no request to think or not: switch thinking off at the server",
    [FLAW_THINKS_NOT] = "the server heeds no request to think or not, or the model cannot: leave --reasoning out",
    [FLAW_USAGE] = "nothing is broken, but tokens will not be counted; -M stream=off may bring them",
    [FLAW_SAMPLING] = ("name the server (-M dialect=vllm, llama-server, sglang, ollama, dashscope or openai), or leave "
                       "that setting out"),
    [FLAW_TOOLS] = "serve it with its tool-call parser",
    [FLAW_IMAGES] = "serve a model that sees images",
    [FLAW_KEY] = "-M api_key_env=VARIABLE names the environment variable that holds the server's key",
    [FLAW_LIKELIHOOD] = ("serve the model with vLLM or SGLang, which echo a prompt's log-probabilities at /v1/completions; "
                         "or take a profile that asks for words"),
    [FLAW_EMPTY] = "serve the model with its own chat template, and with its own reasoning parser or none",
};

/* Each server's own flags. */
static const struct { const char *dialect; const char *fixes[FLAWS]; } OWN[] = {
    { "dashscope", {
        [FLAW_KEY] = "key and region must match: -M api_key_env=DASHSCOPE_API_KEY, and the --base-url of its region",
        [FLAW_THINKS_NOT] = "this model takes no enable_thinking: leave --reasoning out",
    } },
    { "llama-server", {
        [FLAW_MODEL] = "llama-server answers whatever name is asked: start it with the right -m and --alias, or name what "
                       "it serves",
        [FLAW_CONTEXT] = "-c is shared among the slots: llama-server -c (slots x tokens wanted) -np SLOTS "
                         "--no-kv-unified; or ask for less with --max-tokens",
        [FLAW_SLOTS] = "llama-server -np as many (with -c so much larger), or --max-connections as many as its slots",
        [FLAW_END] = "llama-server --jinja, with the model's own template (--chat-template-file); or convert the GGUF "
                     "anew: its end token is wrong",
        [FLAW_TEMPLATE] = "llama-server --jinja, with the model's own template (--chat-template-file FILE)",
        [FLAW_INLINE] = "llama-server --jinja --reasoning-format deepseek",
        [FLAW_EMPTY] = "llama-server --jinja, with the model's own template (--chat-template-file FILE)",
        [FLAW_THINKS] = "llama-server --jinja, with a template that knows enable_thinking (--chat-template-file FILE); or "
                        "--reasoning off",
        [FLAW_THINKS_NOT] = "llama-server --jinja, with a template that knows enable_thinking (--chat-template-file "
                            "FILE), and without --reasoning off or --reasoning-budget 0",
        [FLAW_TOOLS] = "llama-server --jinja, with a template that knows tools (--chat-template-file FILE)",
        [FLAW_IMAGES] = "llama-server --mmproj FILE",
        [FLAW_LIKELIHOOD] = "llama-server tells only of the next token: a profile whose choices are single letters will do; "
                            "for whole choices serve the model with vLLM or SGLang",
        [FLAW_KEY] = "llama-server was started with --api-key: -M api_key_env=VARIABLE names the environment variable "
                     "that holds it",
    } },
    { "ollama", {
        [FLAW_MODEL] = "ollama pull it, or name what is there",
        [FLAW_CONTEXT] = "OLLAMA_CONTEXT_LENGTH=N ollama serve, or a model made with PARAMETER num_ctx N: Ollama shortens "
                         "what does not fit and says nothing; or ask for less with --max-tokens",
        [FLAW_SLOTS] = "OLLAMA_NUM_PARALLEL=N ollama serve, or --max-connections 1",
        [FLAW_END] = "the model's Modelfile needs its own TEMPLATE and PARAMETER stop",
        [FLAW_TEMPLATE] = "the model's Modelfile needs its own TEMPLATE",
        [FLAW_INLINE] = "a newer Ollama, and a model that `ollama show` lists with the capability thinking",
        [FLAW_THINKS] = "a newer Ollama: this one does not heed reasoning_effort \"none\"",
        [FLAW_TOOLS] = "a model that `ollama show` lists with the capability tools",
        [FLAW_IMAGES] = "a model that `ollama show` lists with the capability vision",
    } },
    { "openai", {
        [FLAW_THINKS] = "this model always thinks: leave --reasoning off out",
    } },
    { "sglang", {
        [FLAW_MODEL] = "start SGLang with --served-model-name, or name what it serves",
        [FLAW_CONTEXT] = "sglang.launch_server --context-length N, or ask for less with --max-tokens",
        [FLAW_TEMPLATE] = "sglang.launch_server --chat-template FILE",
        [FLAW_INLINE] = "sglang.launch_server --reasoning-parser qwen3 (or the model's own)",
        [FLAW_EMPTY] = "sglang.launch_server --chat-template FILE, and --reasoning-parser as the model's own, or none",
        [FLAW_THINKS] = "a chat template that knows enable_thinking (--chat-template FILE)",
        [FLAW_THINKS_NOT] = "a chat template that knows enable_thinking (--chat-template FILE)",
        [FLAW_TOOLS] = "sglang.launch_server --tool-call-parser qwen3_coder (or the model's own)",
        [FLAW_KEY] = "SGLang was started with --api-key: -M api_key_env=VARIABLE names the environment variable that "
                     "holds it",
    } },
    { "vllm", {
        [FLAW_MODEL] = "start vLLM with --served-model-name, or name what it serves",
        [FLAW_CONTEXT] = "vllm serve --max-model-len N, or ask for less with --max-tokens",
        [FLAW_END] = "vllm serve with the model's own tokenizer and generation config (not --generation-config vllm where "
                     "the end tokens stand only there), and its --chat-template",
        [FLAW_TEMPLATE] = "vllm serve --chat-template FILE",
        [FLAW_INLINE] = "vllm serve --reasoning-parser qwen3 (or the model's own)",
        [FLAW_EMPTY] = "vllm serve --chat-template FILE, and --reasoning-parser as the model's own, or none",
        [FLAW_THINKS] = "vllm serve with a --chat-template that knows enable_thinking",
        [FLAW_THINKS_NOT] = "vllm serve with a --chat-template that knows enable_thinking",
        [FLAW_TOOLS] = "vllm serve --enable-auto-tool-choice --tool-call-parser qwen3_coder (or the model's own)",
        [FLAW_IMAGES] = "vllm serve a model that sees, without --language-model-only",
        [FLAW_KEY] = "vLLM was started with --api-key: -M api_key_env=VARIABLE names the environment variable that holds it",
    } },
};

const char *fix_of(const struct dialect *dialect, enum flaw flaw)
{
    for (size_t i = 0; dialect->name != NULL && i < sizeof OWN / sizeof OWN[0]; i++)
        if (strcmp(OWN[i].dialect, dialect->name) == 0 && OWN[i].fixes[flaw] != NULL)
            return OWN[i].fixes[flaw];
    return ANY[flaw];
}
