/*
 * Answers as OpenAI's completions have them, to who asks how likely a prompt is: each token of it echoed with a
 * log-probability. A token is a word with the blank before it, or what stands between words; one that the rule likes has
 * -0.25, any other -2 less a little for each of its letters. Faults are those that servers have, or could.
 */
#include "tests/fake/weigh.h"

#include <string.h>

#include "harness/base/json.h"
#include "harness/base/json_write.h"

#define LIKED -0.25
#define BEGIN_OF_TEXT "<s>"

static const char *const FAULTS[] = {
    [WEIGH_SOUND] = "sound", [WEIGH_NO_OFFSETS] = "no_offsets", [WEIGH_SHIFTED] = "shifted", [WEIGH_CUT] = "cut",
    [WEIGH_LENGTHS] = "lengths", [WEIGH_NULL] = "null", [WEIGH_NAN] = "nan", [WEIGH_PIECES] = "pieces",
    [WEIGH_ONE] = "one", [WEIGH_FEWER] = "fewer", [WEIGH_DEAF] = "deaf", [WEIGH_SPANS] = "spans",
};

bool weigh_find_fault(const char *name, enum weigh_fault *out)
{
    for (size_t i = 0; i < sizeof FAULTS / sizeof FAULTS[0]; i++)
        if (strcmp(FAULTS[i], name) == 0) {
            *out = (enum weigh_fault)i;
            return true;
        }
    return false;
}

struct weighed { const char *at; size_t length; };

#define TOKENS_MAX 4096

static bool is_more(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}

/* Bytes of the token that text begins with. */
static size_t token_length(const char *text, enum weigh_fault fault)
{
    size_t length = *text == ' ' && text[1] != '\0';

    if (fault == WEIGH_PIECES && (unsigned char)text[length] >= 0x80)
        return 1 + length;                              /* a byte is a token: none is a character */
    if (fault == WEIGH_SPANS && strncmp(text, ": ", 2) == 0)
        return 2 + strcspn(text + 2, " \n:.");
    if (strchr(" \n:.", text[length]) != NULL)
        return length + 1;
    return length + strcspn(text + length, " \n:.");
}

static size_t split(const char *prompt, enum weigh_fault fault, struct weighed *out)
{
    size_t count = 0;

    for (const char *at = prompt; *at != '\0' && count < TOKENS_MAX; count++) {
        out[count] = (struct weighed){ at, token_length(at, fault) };
        at += out[count].length;
    }
    return count;
}

static bool is_liked(const struct draft *draft, const struct weighed *token)
{
    size_t blank = *token->at == ' ';

    return token->length > blank &&
           memmem(draft->rule->text.data, draft->rule->text.length, token->at + blank, token->length - blank) != NULL;
}

/* As servers show a token that is no whole character: U+FFFD. */
static void add_token(struct json_write *w, const struct weighed *token, enum weigh_fault fault)
{
    bool is_piece = fault == WEIGH_PIECES && (unsigned char)token->at[token->length - 1] >= 0x80;

    if (is_piece)
        json_add_string(w, NULL, token->length > 1 ? " \xef\xbf\xbd" : "\xef\xbf\xbd");
    else
        json_add_bytes(w, NULL, token->at, token->length);
}

static void add_logprobs(struct draft *draft, struct json_write *w, const struct weighed *tokens, size_t count)
{
    enum weigh_fault fault = draft->rule->weigh_fault;

    json_open(w, "token_logprobs", '[');
    for (size_t i = 0; i < count; i++)
        if (i == 0 || (fault == WEIGH_NULL && i + 1 == count))
            json_add_null(w, NULL);
        else if (fault == WEIGH_NAN && i + 1 == count)
            json_add_raw(w, NULL, "NaN", 3);
        else
            json_add_number(w, NULL, is_liked(draft, &tokens[i]) ? LIKED : -2 - (double)tokens[i].length / 100);
    if (fault != WEIGH_LENGTHS)
        json_add_number(w, NULL, -1.5);                  /* of the one that is generated */
    json_close(w);
}

static void add_offsets(struct json_write *w, const char *prompt, const struct weighed *tokens, size_t count,
                        size_t shift)
{
    size_t chars = 0;
    const char *at = prompt;

    json_open(w, "text_offset", '[');
    for (size_t i = 0; i <= count; i++) {
        const char *end = i < count ? tokens[i].at : tokens[count - 1].at + tokens[count - 1].length;
        for (; at < end; at++)
            chars += !is_more((unsigned char)*at);
        json_add_int(w, NULL, (int64_t)(chars + (i > 0 ? shift : 0)));
    }
    json_close(w);
}

/* One prompt's choice. */
static void add_choice(struct draft *draft, struct json_write *w, const char *prompt, size_t index)
{
    enum weigh_fault fault = draft->rule->weigh_fault;
    struct weighed tokens[TOKENS_MAX + 1] = { { BEGIN_OF_TEXT, strlen(BEGIN_OF_TEXT) } };
    size_t first = fault == WEIGH_SHIFTED, count = first + split(prompt, fault, tokens + first);

    count -= fault == WEIGH_CUT && count > 1;
    json_open(w, NULL, '{');
    json_add_int(w, "index", (int64_t)index);
    json_add_string(w, "text", prompt);
    json_add_string(w, "finish_reason", "length");
    json_open(w, "logprobs", '{');
    json_open(w, "tokens", '[');
    for (size_t i = 0; i < count; i++)
        add_token(w, &tokens[i], fault);
    json_add_string(w, NULL, " so");
    json_close(w);
    add_logprobs(draft, w, tokens, count);
    if (fault == WEIGH_SHIFTED)
        add_offsets(w, prompt, tokens + 1, count - 1, strlen(BEGIN_OF_TEXT));
    else if (fault != WEIGH_NO_OFFSETS && fault != WEIGH_PIECES)
        add_offsets(w, prompt, tokens, count, 0);
    json_close(w);
    json_close(w);
}

/* The choices in the opposite order: a client that goes by anything but their index is found out. */
static void add_choices(struct draft *draft, struct json_write *w, const struct json *prompt)
{
    size_t count = json_kind(prompt) == JSON_ARRAY ? json_count(prompt) : 1;
    size_t fewer = draft->rule->weigh_fault == WEIGH_FEWER && count > 1;

    json_open(w, "choices", '[');
    for (size_t i = count; i > fewer; i--) {
        const struct json *one = prompt;

        if (json_kind(prompt) == JSON_ARRAY) {
            one = json_first(prompt);
            for (size_t skip = i - 1; skip > 0; skip--)
                one = json_next(one);
        }
        add_choice(draft, w, json_text(one) != NULL ? json_text(one) : "", i - 1);
    }
    json_close(w);
}

/* No prompt is echoed: what comes is of the token that was generated. */
static void add_next(struct json_write *w)
{
    json_open(w, "choices", '[');
    json_open(w, NULL, '{');
    json_add_int(w, "index", 0);
    json_add_string(w, "text", " so");
    json_add_null(w, "logprobs");
    json_close(w);
    json_close(w);
}

void weigh_write(struct draft *draft)
{
    struct err err = ERR_INIT;
    struct json_doc *doc = json_parse(draft->request->body, draft->request->body_length, &err);
    const struct json *prompt = json_get(json_root(doc), "prompt");
    struct json_write w = json_write_to(&draft->body);
    int64_t in = draft->rule->usage_in >= 0 ? draft->rule->usage_in : 7;

    json_open(&w, NULL, '{');
    if (prompt == NULL || (draft->rule->weigh_fault == WEIGH_ONE && json_kind(prompt) == JSON_ARRAY)) {
        json_add_string(&w, "error", "expected one prompt, a text");
    } else if (draft->rule->weigh_fault == WEIGH_DEAF) {
        add_next(&w);
    } else {
        json_add_string(&w, "model", draft->request->model);
        add_choices(draft, &w, prompt);
        json_open(&w, "usage", '{');
        json_add_int(&w, "prompt_tokens", in);
        json_add_int(&w, "completion_tokens", 1);
        json_close(&w);
    }
    json_close(&w);
    json_free(doc);
}
