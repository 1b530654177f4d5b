#include "runners/specimen.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "harness/base/price.h"
#include "runners/fix.h"
#include "runners/text_call.h"

/* What ends a turn, and what begins one, in the templates of models that are about. None belongs into an answer. */
static const char *const ENDS[] = { "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|end_of_text|>", "</s>",
                                    "<end_of_turn>", "<|end|>", "<|return|>", "[/INST]", NULL };
static const char *const BEGINS[] = { "<|im_start|>", "[INST]", "<<SYS>>", "<|start_header_id|>", "<start_of_turn>",
                                      "<|user|>", "<|assistant|>", "<|start|>", "<tool_call>", NULL };

/* How a call begins that no parser lifted out of the text. */
static const char *const CALLS[] = { "<tool_call>", "<function=", "[TOOL_CALLS]", "<|python_tag|>", NULL };

static const char *find_tag(const char *const *tags, const char *text)
{
    for (; *tags != NULL; tags++)
        if (strstr(text, *tags) != NULL)
            return *tags;
    return NULL;
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

static const char *fix(const struct specimen *specimen, enum flaw flaw)
{
    return fix_of(specimen->dialect, flaw);
}

/* Whether word stands in text by itself: "seed", not "seeded". */
static bool names(const char *text, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
        bool begins = at == text || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
        if (begins && !(isalnum((unsigned char)at[length]) || at[length] == '_'))
            return true;
    }
    return false;
}

/* The field of our request that a server's words name, or NULL. */
static const char *find_field(const struct specimen *specimen, const char *words)
{
    for (const char *const *field = specimen->fields; *field != NULL; field++)
        if (names(words, *field))
            return *field;
    return NULL;
}

/* Our request was turned down, perhaps for a field of it. */
static void judge_blamed(struct probe *probe, const struct specimen *specimen, const char *words)
{
    const char *field = find_field(specimen, words);

    if (field != NULL)
        probe_find(probe, "sampling", SEVERITY_BAD, fix(specimen, FLAW_SAMPLING), "the server refuses %s: %s", field, words);
    else
        probe_find(probe, "answer", SEVERITY_BAD, NULL, "%s", words);
}

/* What has a finding of its own, whatever the server says of it. */
static const struct { enum cause cause; const char *name; enum flaw flaw; } REFUSALS[] = {
    { CAUSE_KEY, "key", FLAW_KEY },
    { CAUSE_PLACE, "model", FLAW_MODEL },
    { CAUSE_OVERFLOW, "context", FLAW_CONTEXT },
};

/* A fault or a limit of the moment is what a run has its tries and its patience for. */
static bool may_pass(const struct heard *heard)
{
    return heard->end == HEARD_LATER || (heard->end == HEARD_AGAIN && !reply_shuts_out_all(&heard->reply));
}

static void judge_refused(struct probe *probe, const struct specimen *specimen)
{
    const struct reply *reply = &specimen->heard.reply;
    const char *words = specimen->heard.note;

    for (size_t i = 0; i < sizeof REFUSALS / sizeof REFUSALS[0]; i++)
        if (reply->cause == REFUSALS[i].cause) {
            probe_find(probe, REFUSALS[i].name, SEVERITY_BAD, fix(specimen, REFUSALS[i].flaw), "%s", words);
            return;
        }
    if (reply->status == REPLY_TIMEOUT)
        probe_find(probe, "answer", SEVERITY_WARN, "-M probe_s=N lets the probe wait longer; --no-probe leaves it out",
                   "no whole answer to a short question in %.0f s: the server is slow, or busy with others",
                   (double)specimen->elapsed_ms / 1000);
    else if (reply->origin == ORIGIN_HARNESS)
        judge_blamed(probe, specimen, words);
    else
        probe_find(probe, "answer", may_pass(&specimen->heard) ? SEVERITY_WARN : SEVERITY_BAD,
                   reply->cause == CAUSE_UNPARSABLE ? fix(specimen, FLAW_TEMPLATE) : NULL, "%s", words);
}

static void judge_length(struct probe *probe, const struct specimen *specimen)
{
    int64_t limit = specimen->limit;

    if (limit < SPECIMEN_TOKENS_MIN)
        probe_find(probe, "end", SEVERITY_OK, NULL, "cut at max_tokens %" PRId64 ", so whether answers end was not seen",
                   limit);
    else
        probe_find(probe, "end", SEVERITY_BAD, fix(specimen, FLAW_END), "a short answer ran to its limit of %" PRId64
                   " tokens: the model has no end token that works", limit);
}

static bool has_thought(const struct reply *reply)
{
    return (reply->reasoning != NULL && !is_blank(reply->reasoning)) || reply->tokens_reasoning > 0;
}

/* Thinking used up the tokens: seen, or not shown by a model that was not told to leave it. */
static bool ran_out_thinking(const struct specimen *specimen)
{
    const struct reply *reply = &specimen->heard.reply;

    return reply->stop == STOP_LENGTH &&
           (has_thought(reply) || (specimen->thinking != THINKING_OFF && 2 * reply->tokens_out >= specimen->limit));
}

/* No words are no answer, and every sample would come without one. */
static void judge_empty(struct probe *probe, const struct specimen *specimen)
{
    if (ran_out_thinking(specimen))
        probe_find(probe, "end", SEVERITY_WARN, "--max-tokens N, or --reasoning off",
                   "still thinking after %" PRId64 " tokens about the sum of two digits: an answer was not seen",
                   specimen->limit);
    else
        probe_find(probe, "answer", SEVERITY_BAD, fix(specimen, FLAW_EMPTY),
                   "the answer to a short question is empty%s (%s)",
                   has_thought(&specimen->heard.reply) ? ": all that came was taken for thinking" : "",
                   stop_name(specimen->heard.reply.stop));
}

static void judge_end(struct probe *probe, const struct specimen *specimen)
{
    const struct reply *reply = &specimen->heard.reply;
    const char *tag = find_tag(ENDS, reply->text);

    if (is_blank(reply->text))
        judge_empty(probe, specimen);
    else if (tag != NULL)
        probe_find(probe, "end", SEVERITY_BAD, fix(specimen, FLAW_END),
                   "%s stands in the answer: the server does not take it for an end token", tag);
    else if (reply->stop == STOP_LENGTH)
        judge_length(probe, specimen);
    else if (reply->stop == STOP_END)
        probe_find(probe, "end", SEVERITY_OK, NULL, "a short answer ends by itself");
    else
        probe_find(probe, "end", SEVERITY_WARN, NULL, "a short answer stopped otherwise than by its end (%s)",
                   stop_name(reply->stop));
}

/* Tags that begin a turn; one that comes behind an end token is the end token's fault. */
static void judge_template(struct probe *probe, const struct specimen *specimen)
{
    const char *text = specimen->heard.reply.text, *tag = find_tag(BEGINS, text), *end = find_tag(ENDS, text);

    if (tag != NULL && (end == NULL || strstr(text, tag) < strstr(text, end)))
        probe_find(probe, "template", SEVERITY_BAD, fix(specimen, FLAW_TEMPLATE),
                   "%s stands in the answer: the model was given another chat template than its own", tag);
    else if (strstr(text, specimen->question) != NULL)
        probe_find(probe, "template", SEVERITY_BAD, fix(specimen, FLAW_TEMPLATE),
                   "the answer says the question again: the model was given another chat template than its own");
    else
        probe_find(probe, "template", SEVERITY_OK, NULL, "no tags in the answer");
}

static void judge_thinking(struct probe *probe, const struct specimen *specimen)
{
    const struct reply *reply = &specimen->heard.reply;
    const char *content = specimen->content;
    bool has_tags = strstr(content, "<think>") != NULL || strstr(content, "</think>") != NULL;
    bool thinks = has_thought(reply);

    if (specimen->thinking == THINKING_OFF && thinks)
        probe_find(probe, "thinking", SEVERITY_BAD, fix(specimen, FLAW_THINKS), "the model thinks, though off was asked");
    else if (has_tags && (thinks || specimen->thinking != THINKING_OFF))
        probe_find(probe, "thinking", SEVERITY_BAD, fix(specimen, FLAW_INLINE),
                   "thinking stands in the text, between <think> and </think>: one that is cut off would be read as an "
                   "answer");
    else if (specimen->thinking == THINKING_ON && !thinks)
        probe_find(probe, "thinking", specimen->thinks_not, fix(specimen, FLAW_THINKS_NOT),
                   "the model does not think, though on was asked");
    else if (!thinks)
        probe_find(probe, "thinking", SEVERITY_OK, NULL, "none");
    else
        probe_find(probe, "thinking", SEVERITY_OK, NULL, "%s", is_blank(specimen->reasoning)
                                                                  ? "hidden, but counted" : "in a field of its own");
}

static void judge_usage(struct probe *probe, const struct specimen *specimen)
{
    const struct reply *reply = &specimen->heard.reply;

    if (reply->tokens_in == TOKENS_UNKNOWN || reply->tokens_out == TOKENS_UNKNOWN)
        probe_find(probe, "usage", SEVERITY_WARN, fix(specimen, FLAW_USAGE), "the server does not say how many tokens it "
                   "read and wrote");
    else
        probe_find(probe, "usage", SEVERITY_OK, NULL, "%" PRId64 " tokens read, %" PRId64 " written", reply->tokens_in,
                   reply->tokens_out);
}

/* Of a stream without the wait for its first byte. A few tokens say little, so nothing is judged by it. */
static void tell_speed(struct probe *probe, const struct specimen *specimen)
{
    int64_t first_ms = specimen->stream && specimen->first_byte_ms >= 0 ? specimen->first_byte_ms : 0;
    double tokens = (double)specimen->heard.reply.tokens_out, writing_s = (double)(specimen->elapsed_ms - first_ms) / 1000;

    if (tokens > 1 && writing_s > 0)
        probe_find(probe, "speed", SEVERITY_OK, NULL, "%.*f tokens a second in one stream, the whole answer after %.1f s",
                   tokens / writing_s < 10, tokens / writing_s, (double)specimen->elapsed_ms / 1000);
}

void specimen_judge_answer(struct probe *probe, const struct specimen *specimen)
{
    if (specimen->heard.end != HEARD_ANSWER) {
        judge_refused(probe, specimen);
        return;
    }
    probe_find(probe, "sampling", SEVERITY_OK, NULL, "every field of the request is taken");
    judge_end(probe, specimen);
    judge_template(probe, specimen);
    judge_thinking(probe, specimen);
    judge_usage(probe, specimen);
    tell_speed(probe, specimen);
}

static const struct part *find_call(const struct reply *reply)
{
    const struct part *part = reply->parts;

    while (part != NULL && part->kind != PART_TOOL_CALL)
        part = part->next;
    return part;
}

/* A call that stands in the text can be lifted out of it, but not from every model's form, and not from a cut one. */
static void judge_no_call(struct probe *probe, const struct specimen *specimen)
{
    const char *text = specimen->content;
    size_t before;

    if (text_calls_find(text, specimen->ask, probe->arena, &before) != NULL)
        probe_find(probe, "tools", SEVERITY_WARN, fix(specimen, FLAW_TOOLS), "a call stands in the text; it is taken from "
                   "there, and counted as tool_parse_fallback");
    else if (find_tag(CALLS, text) != NULL)
        probe_find(probe, "tools", SEVERITY_BAD, fix(specimen, FLAW_TOOLS), "a call stands in the text (%s)",
                   find_tag(CALLS, text));
    else
        probe_find(probe, "tools", SEVERITY_WARN, fix(specimen, FLAW_TOOLS),
                   "the model was asked to call a tool and did not");
}

void specimen_judge_tools(struct probe *probe, const struct specimen *specimen)
{
    const struct reply *reply = &specimen->heard.reply;

    if (reply->status == REPLY_TIMEOUT)
        probe_find(probe, "tools", SEVERITY_WARN, NULL, "no answer in time to an ask that offers a tool");
    else if (specimen->heard.end != HEARD_ANSWER)
        probe_find(probe, "tools", SEVERITY_BAD, fix(specimen, FLAW_TOOLS), "%s", specimen->heard.note);
    else if (find_call(reply) != NULL)
        probe_find(probe, "tools", SEVERITY_OK, NULL, "a call comes as a call");
    else
        judge_no_call(probe, specimen);
}

void specimen_judge_images(struct probe *probe, const struct specimen *specimen)
{
    if (specimen->heard.reply.status == REPLY_TIMEOUT)
        probe_find(probe, "images", SEVERITY_WARN, NULL, "no answer in time to an ask with a picture");
    else if (specimen->heard.end != HEARD_ANSWER)
        probe_find(probe, "images", SEVERITY_BAD, fix(specimen, FLAW_IMAGES), "%s", specimen->heard.note);
    else
        probe_find(probe, "images", SEVERITY_OK, NULL, "a picture is taken");
}
