#include "runners/echo.h"

#include <stdint.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/json.h"
#include "harness/base/text.h"
#include "harness/engine/likelihood.h"

/* What rounding adds to a probability of 1. */
#define LOGPROB_MAX 0.001

/* A blank as SentencePiece writes it. */
#define LOW_LINE "\xe2\x96\x81"

struct token {
    const char *text;
    const struct json *logprob;
    size_t start, end;              /* bytes of the prompt; both its length: generated */
};

struct echo {
    const char *prompt;
    size_t length, context_length;
    struct token *tokens;
    size_t count;
};

bool echo_is_logprob(const struct json *value, double *out)
{
    return json_to_number(value, out) && *out <= LOGPROB_MAX;
}

static bool is_list(const struct json *value)
{
    return value != NULL && json_kind(value) == JSON_ARRAY;
}

/* NULL, or what is wrong with the lists. */
static const char *take_tokens(struct echo *echo, const struct json *logprobs, struct arena *arena)
{
    const struct json *texts = json_get(logprobs, "tokens"), *numbers = json_get(logprobs, "token_logprobs");
    const struct json *number = json_first(numbers);

    if (!is_list(texts) || !is_list(numbers))
        return "no log-probabilities of the prompt: expected \"logprobs\" with \"tokens\" and \"token_logprobs\"";
    echo->count = json_count(texts);
    if (echo->count != json_count(numbers))
        return arena_printf(arena, "%zu tokens with %zu log-probabilities", echo->count, json_count(numbers));
    echo->tokens = arena_calloc(arena, echo->count + 1, sizeof echo->tokens[0]);
    size_t i = 0;
    for (const struct json *text = json_first(texts); text != NULL; text = json_next(text), number = json_next(number)) {
        echo->tokens[i] = (struct token){ .text = json_text(text), .logprob = number };
        if (echo->tokens[i++].text == NULL)
            return "\"tokens\": expected texts";
    }
    return NULL;
}

/* How many bytes of text the token's text is, 0: not that. One blank before it may have been left out by the server, or
 * put there before the first word. */
static size_t match(const char *text, const char *token)
{
    size_t blank = strncmp(token, LOW_LINE, strlen(LOW_LINE)) == 0 ? strlen(LOW_LINE) : 0, length = strlen(token) - blank;

    if (blank + length == 0 || strncmp(text, token, blank + length) == 0)
        return blank + length;
    if (*text == ' ' && strncmp(text + 1, token + blank, length) == 0)
        return length + 1;
    return strncmp(text, token + blank, length) == 0 ? length : 0;
}

/* Whether a token is shown otherwise than by its text, since that is no whole character. */
static bool is_piece(const char *token)
{
    return *token == '\0' || strstr(token, TEXT_REPLACEMENT) != NULL || strncmp(token, "bytes:", 6) == 0 ||
           (strncmp(token, "<0x", 3) == 0 && strlen(token) == 6);
}

/* --- by offsets --- */

/* The byte at which that character begins; the length where there are no more. */
static size_t find_byte(const char *text, size_t *at, size_t *chars, int64_t wanted)
{
    while (text[*at] != '\0' && *chars < (size_t)wanted) {
        *at += 1;
        while (((unsigned char)text[*at] & 0xc0) == 0x80)
            *at += 1;
        *chars += 1;
    }
    return *at;
}

/* False: they are none that could be (missing, -1, going back). */
static bool take_offsets(struct echo *echo, const struct json *offsets)
{
    const struct json *item = json_first(offsets);
    size_t at = 0, chars = 0;
    int64_t offset, last = 0;

    if (!is_list(offsets) || json_count(offsets) != echo->count)
        return false;
    for (size_t i = 0; i < echo->count; i++, item = json_next(item)) {
        if (!json_to_int64(item, &offset) || offset < last)
            return false;
        echo->tokens[i].start = find_byte(echo->prompt, &at, &chars, offset);
        last = offset;
    }
    return true;
}

/* Whether the tokens' own texts stand where the offsets say, without a gap, from the prompt's begin to its end. */
static bool follow_offsets(struct echo *echo, const struct json *offsets)
{
    if (echo->count == 0 || !take_offsets(echo, offsets) || echo->tokens[0].start != 0)
        return false;
    for (size_t i = 0; i < echo->count; i++) {
        struct token *token = &echo->tokens[i];

        token->end = i + 1 < echo->count ? token[1].start : echo->length;
        if (token->start < echo->length && !is_piece(token->text) &&
            match(echo->prompt + token->start, token->text) != token->end - token->start)
            return false;
    }
    return true;
}

/* --- by texts --- */

/* Where what the pieces from first on may cover ends, which begins at at: bytes of characters that have several, and a
 * blank before them if the first piece has one. */
static size_t find_pieces_end(const struct echo *echo, size_t first, size_t at)
{
    size_t end = at + (echo->prompt[at] == ' ' && echo->tokens[first].text[0] == ' ');

    while (((unsigned char)echo->prompt[end] & 0x80) != 0)
        end++;
    return end;
}

/* Where token i stands after the pieces from first on, which begin at at; SIZE_MAX: nowhere that they could lead to. Those
 * that are shown as nothing may cover nothing. */
static size_t find_after_pieces(const struct echo *echo, size_t first, size_t i, size_t at)
{
    size_t last = find_pieces_end(echo, first, at), begin = at;

    for (size_t piece = first; piece < i; piece++)
        if (echo->tokens[piece].text[0] != '\0')
            begin = at + 1;
    for (; begin <= last; begin++)
        if (match(echo->prompt + begin, echo->tokens[i].text) > 0)
            return begin;
    return SIZE_MAX;
}

static void cover(struct echo *echo, size_t first, size_t after, size_t start, size_t end)
{
    for (size_t i = first; i < after; i++) {
        echo->tokens[i].start = start;
        echo->tokens[i].end = end;
    }
}

/* One token, which begins at at or after the pieces from first on (first == i: there are none). The new at; SIZE_MAX: it
 * stands nowhere. The first of all may be none of the prompt's: begin-of-text. */
static size_t lay(struct echo *echo, size_t first, size_t i, size_t at)
{
    size_t begin = first < i ? find_after_pieces(echo, first, i, at) : at;
    size_t length = begin < echo->length ? match(echo->prompt + begin, echo->tokens[i].text) : 0;

    if (length == 0 && first < i && find_pieces_end(echo, first, at) == echo->length) {
        cover(echo, first, i, at, echo->length);            /* the pieces were the prompt's last */
        cover(echo, i, i + 1, echo->length, echo->length);
        return echo->length;
    }
    if (length == 0 && i > 0)
        return SIZE_MAX;
    cover(echo, first, i, at, begin);
    cover(echo, i, i + 1, begin, begin + length);
    return begin + length;
}

/* False: the tokens are not that prompt, or not to its end. */
static bool follow_texts(struct echo *echo)
{
    size_t at = 0, first = 0;       /* of the pieces that are still to be laid */

    for (size_t i = 0; i < echo->count; i++) {
        const char *text = echo->tokens[i].text;

        if (at == echo->length && first == i) {
            cover(echo, i, echo->count, at, at);
            return true;
        }
        if (is_piece(text) && (*text == '\0' || match(echo->prompt + at, text) == 0))
            continue;
        at = lay(echo, first, i, at);
        if (at == SIZE_MAX)
            return false;
        first = i + 1;
    }
    return at == echo->length && first == echo->count;
}

/* --- the continuation's --- */

static bool is_of_continuation(const struct echo *echo, const struct token *token)
{
    if (token->start >= echo->length)
        return false;
    return token->end > echo->context_length || (token->start == token->end && token->start >= echo->context_length);
}

/* Several tokens that together cover something on both sides: which of them begins the continuation is not known. */
static bool is_blurred(const struct echo *echo, size_t first)
{
    const struct token *token = &echo->tokens[first];

    return token->start < echo->context_length && first + 1 < echo->count && token[1].start == token->start;
}

static const char *take_logprobs(const struct echo *echo, struct arena *arena, struct likelihood *out)
{
    double *logprobs = arena_calloc(arena, echo->count + 1, sizeof logprobs[0]);
    size_t count = 0;

    for (size_t i = 0; i < echo->count; i++) {
        const struct token *token = &echo->tokens[i];

        if (!is_of_continuation(echo, token))
            continue;
        if (count == 0 && is_blurred(echo, i))
            return "tokens of parts of characters span context and continuation";
        if (!echo_is_logprob(token->logprob, &logprobs[count]))
            return arena_printf(arena, "token %zu of %zu has no log-probability (%s)", i + 1, echo->count,
                                json_kind(token->logprob) == JSON_NUMBER ? "a number above 0"
                                                                        : json_kind_name(json_kind(token->logprob)));
        out->spans |= count == 0 && token->start < echo->context_length;
        count++;
    }
    likelihood_set(out, logprobs, count);
    return count > 0 ? NULL : "no token of the continuation was echoed";
}

const char *echo_read(const struct json *logprobs, const char *context, const char *continuation, struct arena *arena,
                      struct likelihood *out)
{
    struct echo echo = { .prompt = arena_printf(arena, "%s%s", context, continuation), .context_length = strlen(context) };
    const char *lack = take_tokens(&echo, logprobs, arena);

    echo.length = strlen(echo.prompt);
    if (lack != NULL)
        return lack;
    if (!follow_offsets(&echo, json_get(logprobs, "text_offset")) && !follow_texts(&echo))
        return arena_printf(arena, "the %zu tokens echoed are not the prompt from begin to end", echo.count);
    return take_logprobs(&echo, arena, out);
}
