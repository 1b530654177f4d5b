#include "runners/heard.h"

#include <string.h>
#include <strings.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/http.h"
#include "harness/base/json.h"
#include "harness/base/price.h"
#include "harness/base/redact.h"
#include "harness/base/text.h"

/* Columns of a server's words that are kept: enough to know them by, too few to hold a prompt that it echoes. */
#define WORDS_MAX 300

/* Bytes of a server's words on a failure that are looked at. Far more than can be kept, so a secret that is cut here is
 * not seen. */
#define LOOKED_AT_MAX 16384

/* The first range that holds a status counts. */
static const struct status_range { int first, last; struct heard_meaning meaning; } STATUSES[] = {
    { 200, 299, { HEARD_AGAIN, CAUSE_SERVER, "" } },      /* an error where an answer should be: nothing else is known */
    { 300, 399, { HEARD_NEVER, CAUSE_PLACE, "" } },       /* it is elsewhere: base_url is wrong */
    { 400, 400, { HEARD_NEVER, CAUSE_REFUSED, "" } },
    { 402, 402, { HEARD_NEVER, CAUSE_QUOTA, "" } },
    { 404, 406, { HEARD_NEVER, CAUSE_PLACE, "" } },
    { 401, 407, { HEARD_NEVER, CAUSE_KEY, "" } },         /* 407: a proxy's */
    { 408, 409, { HEARD_AGAIN, CAUSE_SERVER, "" } },
    { 410, 410, { HEARD_NEVER, CAUSE_PLACE, "" } },
    { 413, 414, { HEARD_NEVER, CAUSE_OVERFLOW, "" } },
    { 415, 422, { HEARD_NEVER, CAUSE_REFUSED, "" } },
    { 425, 425, { HEARD_AGAIN, CAUSE_SERVER, "" } },
    { 429, 429, { HEARD_LATER, CAUSE_LATER, "" } },
    { 499, 500, { HEARD_AGAIN, CAUSE_SERVER, "" } },
    { 501, 501, { HEARD_NEVER, CAUSE_REFUSED, "" } },
    { 502, 504, { HEARD_AGAIN, CAUSE_SERVER, "" } },
    { 505, 505, { HEARD_NEVER, CAUSE_REFUSED, "" } },
    { 529, 529, { HEARD_LATER, CAUSE_LATER, "" } },       /* Claude: overloaded */
    { 506, 599, { HEARD_AGAIN, CAUSE_SERVER, "" } },
};

static struct heard_meaning mean_by_status(int status)
{
    for (size_t i = 0; i < sizeof STATUSES / sizeof STATUSES[0]; i++)
        if (status >= STATUSES[i].first && status <= STATUSES[i].last)
            return STATUSES[i].meaning;
    return (struct heard_meaning){ HEARD_NEVER, CAUSE_SERVER, "" };
}

static struct heard_meaning mean(int status, const char *words, const struct heard_word *table)
{
    for (; table->part != NULL; table++)
        if (strstr(words, table->part) != NULL)
            return table->meaning;
    return mean_by_status(status);
}

void heard_fail(struct heard *out, enum heard_end end, enum cause cause, const char *words, struct arena *arena)
{
    bool is_ours = cause == CAUSE_OVERFLOW || cause == CAUSE_REFUSED;

    out->end = end;
    out->cost_nanousd = COST_UNKNOWN;
    out->note = redact_line(arena, words, strlen(words), WORDS_MAX);
    out->reply = reply_failed(is_ours ? ORIGIN_HARNESS : ORIGIN_PROVIDER, out->note);
    out->reply.cause = cause;
}

void heard_blame_model(struct heard *heard, struct arena *arena)
{
    heard->end = HEARD_ANSWER;
    heard->note = arena_printf(arena, "unparsable: %s", heard->note);
    heard->reply = reply_empty();
    heard->reply.stop = STOP_UNPARSABLE;
}

/* Who sent it may have worked on what was asked, and bill it. */
void heard_pardon_garbage(struct heard *heard, const struct http_call *call, struct arena *arena)
{
    if (call->end == HTTP_NOT_HTTP)
        heard_fail(heard, HEARD_AGAIN, CAUSE_GARBLED, call->error, arena);
}

/* What a proxy says of its own accord, and a server may say as well. */
static bool may_be_of_gate(int status)
{
    return status == 403 || (status >= 502 && status <= 504);
}

/* 407 no server gives: it speaks of the proxy alone. */
void heard_name_gate(struct heard *heard, const struct http_call *call, struct arena *arena)
{
    bool is_its_own = call->status == 407;

    if (call->gate[0] == '\0' || heard->note == NULL || heard->end == HEARD_ANSWER ||
        !(is_its_own || may_be_of_gate(call->status)))
        return;
    heard->note = arena_printf(arena, "%s (%s %s)", heard->note,
                               is_its_own ? "asked by" : "said by the server, or in its place by", call->gate);
    heard->reply.reason = heard->note;
}

/* What is refused at the door is not billed. Of all else nobody knows: a 200 with an error in it, and what a server
 * between says of one behind it that may have answered (408, 499, 500, 502, 504, 524). */
static bool is_unbilled(int status)
{
    if (status == 408 || status == 499)
        return false;
    return (status >= 300 && status <= 499) || status == 503 || status == 529;
}

void heard_refused(struct heard *out, int status, int told, const char *words, const struct heard_word *table,
                   struct arena *arena)
{
    struct heard_meaning meaning = mean(told, words, table);

    heard_fail(out, meaning.end, meaning.cause,
               arena_printf(arena, "%sHTTP %d%s%s", meaning.prefix, told, words[0] != '\0' ? ": " : "", words), arena);
    if (is_unbilled(status))
        out->cost_nanousd = 0;
}

void heard_body(struct heard *out, int status, const char *body, size_t length, const struct heard_tongue *tongue,
                struct arena *arena)
{
    struct err err = ERR_INIT;
    struct json_doc *doc = json_parse(body, length, &err);
    struct buf words;

    buf_init(&words, LOOKED_AT_MAX);
    if (doc != NULL)
        tongue->add_words(&words, doc);
    if (words.length == 0)
        text_repair(&words, body, length);
    heard_refused(out, status, status, words.data, tongue->table, arena);
    buf_fini(&words);
    json_free(doc);
}

void heard_document(struct heard *out, int status, int told, const struct json_doc *doc,
                    const struct heard_tongue *tongue, struct arena *arena)
{
    struct buf words;

    buf_init(&words, LOOKED_AT_MAX);
    tongue->add_words(&words, doc);
    heard_refused(out, status, told, words.data, tongue->table, arena);
    buf_fini(&words);
}

void heard_too_long(struct heard *out, struct arena *arena)
{
    heard_fail(out, HEARD_NEVER, CAUSE_USELESS, "the answer is too long", arena);
}

/* How a call that got no answer ended, and whether another try is of use. Where nobody was reached, nothing was sold. */
static const struct { enum heard_end end; enum cause cause; } CALL_ENDS[] = {
    [HTTP_REFUSED] = { HEARD_AGAIN, CAUSE_NOBODY },
    [HTTP_NO_HOST] = { HEARD_AGAIN, CAUSE_NOBODY },      /* name servers fail for moments too */
    [HTTP_TLS] = { HEARD_NEVER, CAUSE_NOBODY },
    [HTTP_BROKEN] = { HEARD_AGAIN, CAUSE_SERVER },
    [HTTP_TIMED_OUT] = { HEARD_AGAIN, CAUSE_SERVER },
    [HTTP_TOO_LONG] = { HEARD_NEVER, CAUSE_USELESS },
    [HTTP_NOT_HTTP] = { HEARD_NEVER, CAUSE_NOBODY },
    [HTTP_NO_DESCRIPTOR] = { HEARD_AGAIN, CAUSE_UNTOLD },
};

/* Where a page for people's eyes comes instead of an answer, somebody else is there: a proxy, a wall, a wrong address. */
static bool is_page(const struct http_call *call)
{
    return call->status == 200 && strncasecmp(call->content_type, "text/html", strlen("text/html")) == 0;
}

static void hear_page(const struct http_call *call, struct arena *arena, struct heard *out)
{
    int shown = call->body.length < LOOKED_AT_MAX ? (int)call->body.length : LOOKED_AT_MAX;

    heard_fail(out, HEARD_AGAIN, CAUSE_NOBODY,
               arena_printf(arena, "a page instead of an answer: %.*s", shown, call->body.data), arena);
}

static void hear_end(const struct http_call *call, struct arena *arena, struct heard *out)
{
    bool is_ours = call->end == HTTP_NO_DESCRIPTOR;

    heard_fail(out, CALL_ENDS[call->end].end, CALL_ENDS[call->end].cause, call->error, arena);
    if (is_ours)
        out->reply.origin = ORIGIN_HARNESS;
    if (is_ours || out->reply.cause == CAUSE_NOBODY)
        out->cost_nanousd = 0;
    if (call->end == HTTP_TIMED_OUT)
        out->reply.status = REPLY_TIMEOUT;
}

bool heard_nothing(const struct http_call *call, struct arena *arena, struct heard *out)
{
    if (call->end != HTTP_ANSWERED)
        hear_end(call, arena, out);
    else if (is_page(call))
        hear_page(call, arena, out);
    else
        return false;
    return true;
}

struct json_doc *heard_parse(const char *text, size_t length, struct arena *arena, struct heard *out)
{
    struct err err = ERR_INIT;
    struct json_doc *doc;

    if (length > JSON_SIZE_MAX) {
        heard_too_long(out, arena);
        return NULL;
    }
    doc = json_parse(text, length, &err);
    if (doc == NULL)
        heard_fail(out, HEARD_AGAIN, CAUSE_GARBLED, arena_printf(arena, "the answer is not JSON: %s", err.text), arena);
    return doc;
}
