#include "harness/engine/likelihood.h"

#include <ctype.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/base/text.h"

/* Characters of UTF-8: all bytes but those that go on with one. */
static size_t count_chars(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

bool likelihood_is_letter(const char *continuation)
{
    const char *letter = continuation + (*continuation == ' ');
    uint32_t code;

    return *letter != '\0' && letter[text_decode(letter, strlen(letter), &code)] == '\0';
}

struct likelihood likelihood_begin(const char *continuation)
{
    while (isspace((unsigned char)*continuation))
        continuation++;
    return (struct likelihood){ .chars = count_chars(continuation), .bytes = strlen(continuation) };
}

void likelihood_set(struct likelihood *likelihood, const double *logprobs, size_t count)
{
    likelihood->logprobs = logprobs;
    likelihood->token_count = count;
    likelihood->sum = 0;
    for (size_t i = 0; i < count; i++)
        likelihood->sum += logprobs[i];
}

static void write_one(struct json_write *w, const struct likelihood *likelihood)
{
    json_open(w, NULL, '{');
    if (likelihood->logprobs == NULL) {
        json_add_number(w, "below", likelihood->sum);
    } else {
        json_open(w, "logprobs", '[');
        for (size_t i = 0; i < likelihood->token_count; i++)
            json_add_number(w, NULL, likelihood->logprobs[i]);
        json_close(w);
    }
    json_add_int(w, "chars", (int64_t)likelihood->chars);
    json_add_int(w, "bytes", (int64_t)likelihood->bytes);
    if (likelihood->spans)
        json_add_bool(w, "spans", true);
    json_close(w);
}

void likelihood_write(const struct likelihood *likelihoods, size_t count, struct buf *out)
{
    struct json_write w = json_write_to(out);

    json_open(&w, NULL, '{');
    json_open(&w, "likelihoods", '[');
    for (size_t i = 0; i < count; i++)
        write_one(&w, &likelihoods[i]);
    json_close(&w);
    json_close(&w);
}

static int read_logprobs(const struct json *list, struct arena *arena, struct likelihood *out, struct err *err)
{
    double *logprobs = arena_calloc(arena, json_count(list) + 1, sizeof logprobs[0]);
    size_t count = 0;

    for (const struct json *item = json_first(list); item != NULL; item = json_next(item))
        if (!json_to_number(item, &logprobs[count++]))
            return err_set_code(err, EXIT_BAD_DATA, "\"logprobs\": expected numbers, found %s",
                                json_kind_name(json_kind(item)));
    if (count == 0)
        return err_set_code(err, EXIT_BAD_DATA, "expected \"logprobs\", a list of numbers, or \"below\", a number");
    likelihood_set(out, logprobs, count);
    return 0;
}

static int read_length(const struct json *one, const char *key, size_t *out, struct err *err)
{
    int64_t length;

    if (!json_get_int64(one, key, &length) || length < 0)
        return err_set_code(err, EXIT_BAD_DATA, "expected \"%s\", a whole number from 0", key);
    *out = (size_t)length;
    return 0;
}

static int read_one(const struct json *one, struct arena *arena, struct likelihood *out, struct err *err)
{
    if (read_length(one, "chars", &out->chars, err) < 0 || read_length(one, "bytes", &out->bytes, err) < 0)
        return -1;
    json_get_bool(one, "spans", &out->spans);
    if (json_get_number(one, "below", &out->sum))
        return 0;
    return read_logprobs(json_get(one, "logprobs"), arena, out, err);
}

static int read_all(const struct json *list, struct arena *arena, struct likelihood *out, struct err *err)
{
    size_t count = 0;

    if (json_kind(list) != JSON_ARRAY)
        return err_set_code(err, EXIT_BAD_DATA, "expected \"likelihoods\", a list");
    for (const struct json *one = json_first(list); one != NULL; one = json_next(one), count++)
        if (read_one(one, arena, &out[count], err) < 0)
            return err_prefix(err, "choice %zu: ", count + 1);
    return 0;
}

int likelihood_read(const char *text, struct arena *arena, struct likelihood **out, size_t *count, struct err *err)
{
    struct json_doc *doc = json_parse(text, strlen(text), err);
    const struct json *list = json_get(json_root(doc), "likelihoods");
    int status = -1;

    *count = json_count(list);
    *out = arena_calloc(arena, *count + 1, sizeof **out);
    if (doc != NULL)
        status = read_all(list, arena, *out, err);
    json_free(doc);
    return status;
}
