#include "tasks/hub/hub.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/base/arena.h"
#include "harness/base/backoff.h"
#include "harness/base/buf.h"
#include "harness/base/download.h"
#include "harness/base/http.h"
#include "harness/base/json.h"
#include "harness/base/redact.h"

#define REPLY_MAX ((size_t)64 << 20)
#define NAME_MAX_BYTES 512

/* Where nobody is there at all, which is soon said. */
#define TRIES_WITHOUT_NETWORK 3

static int read_endpoint(struct hub *hub, const char *variable, const char *usual, const char **out, struct err *err)
{
    const char *value = getenv(variable);
    size_t length;

    if (value == NULL || *value == '\0')
        value = usual;
    if (strncmp(value, "http://", 7) != 0 && strncmp(value, "https://", 8) != 0)
        return err_set_code(err, EXIT_USAGE, "%s: expected an address that begins with https:// or http://", variable);
    redact_register_url(variable, value);
    for (length = strlen(value); value[length - 1] == '/'; length--)
        continue;
    *out = arena_strndup(hub->arena, value, length);
    return 0;
}

static bool is_set(const char *variable)
{
    static const char *const WORDS[] = { "1", "on", "yes", "true" };
    const char *value = getenv(variable);

    for (size_t i = 0; value != NULL && i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (strcasecmp(value, WORDS[i]) == 0)
            return true;
    return false;
}

/* A line's end in it would begin a header of its own. */
static int read_token(struct hub *hub, struct err *err)
{
    const char *token = getenv("HF_TOKEN");

    hub->headers[0] = "User-Agent: vernier/" VERNIER_VERSION;
    if (token == NULL || *token == '\0')
        return 0;
    for (const char *c = token; *c != '\0'; c++)
        if (!isgraph((unsigned char)*c))
            return err_set_code(err, EXIT_USAGE, "HF_TOKEN: expected a token without blanks or line ends");
    redact_register("HF_TOKEN", token);
    hub->headers[1] = arena_printf(hub->arena, "Authorization: Bearer %s", token);
    hub->has_token = true;
    return 0;
}

int hub_open(struct hub *hub, struct http *http, struct arena *arena, struct err *err)
{
    *hub = (struct hub){ .arena = arena, .http = http, .is_offline = is_set("HF_HUB_OFFLINE") };
    if (read_endpoint(hub, "HF_ENDPOINT", "https://huggingface.co", &hub->endpoint, err) < 0 ||
        read_endpoint(hub, "HF_ROWS_ENDPOINT", "https://datasets-server.huggingface.co", &hub->rows_endpoint, err) < 0)
        return -1;
    return read_token(hub, err);
}

/* --- names --- */

/* One part of an id or a path: no dot alone, nothing that a file system or a terminal takes for more than a letter. */
static bool is_part(const char *text, size_t length)
{
    if (length == 0 || (text[0] == '.' && (length == 1 || (length == 2 && text[1] == '.'))))
        return false;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f || text[i] == '\\')
            return false;
    return true;
}

static bool are_parts(const char *text, size_t count_max)
{
    size_t count = 0;

    if (strlen(text) > NAME_MAX_BYTES)
        return false;
    for (;; text++) {
        size_t length = strcspn(text, "/");
        if (!is_part(text, length) || ++count > count_max)
            return false;
        text += length;
        if (*text == '\0')
            return true;
    }
}

bool hub_is_id(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if (!isalnum((unsigned char)*c) && strchr("-_./", *c) == NULL)
            return false;
    return are_parts(text, 2);
}

bool hub_is_path(const char *text)
{
    return are_parts(text, 32);
}

bool hub_is_commit(const char *text)
{
    return strlen(text) == HUB_COMMIT_LENGTH && strspn(text, "0123456789abcdef") == HUB_COMMIT_LENGTH;
}

/* --- addresses --- */

static void add_escaped(struct buf *out, const char *text, const char *keep)
{
    for (; *text != '\0'; text++)
        if (isalnum((unsigned char)*text) || strchr("-._~", *text) != NULL || strchr(keep, *text) != NULL)
            buf_add_char(out, *text);
        else
            buf_addf(out, "%%%02X", (unsigned char)*text);
}

static const char *keep_text(const struct hub *hub, struct buf *text)
{
    const char *copy = arena_strndup(hub->arena, text->data, text->length);

    buf_fini(text);
    return copy;
}

const char *hub_file_url(const struct hub *hub, const char *id, const char *commit, const char *path)
{
    struct buf url;

    buf_init(&url, 0);
    buf_addf(&url, "%s/datasets/%s/resolve/%s/", hub->endpoint, id, commit);
    add_escaped(&url, path, "/");
    return keep_text(hub, &url);
}

const char *hub_info_url(const struct hub *hub, const char *id, const char *revision)
{
    return arena_printf(hub->arena, "%s/api/datasets/%s/revision/%s", hub->endpoint, id, revision);
}

const char *hub_rows_url(const struct hub *hub, const char *id, const char *config, const char *split, size_t offset,
                         size_t length)
{
    const char *const values[][2] = { { "dataset", id }, { "config", config }, { "split", split } };
    struct buf url;

    buf_init(&url, 0);
    buf_addf(&url, "%s/rows?", hub->rows_endpoint);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        buf_addf(&url, "%s=", values[i][0]);
        add_escaped(&url, values[i][1], "");
        buf_add_char(&url, '&');
    }
    buf_addf(&url, "offset=%zu&length=%zu", offset, length);
    return keep_text(hub, &url);
}

/* --- asking --- */

int hub_check_online(const struct hub *hub, const char *what, struct err *err)
{
    if (!hub->is_offline)
        return 0;
    return err_set_code(err, EXIT_BAD_DATA, "%s is not here, and HF_HUB_OFFLINE forbids to fetch it", what);
}

static const char *words_of_refusal(const struct hub *hub, const char *id)
{
    if (hub->has_token)
        return arena_printf(hub->arena, "the token in HF_TOKEN may not read %s: accept its terms once at "
                            "%s/datasets/%s with the account that owns the token", id, hub->endpoint, id);
    return arena_printf(hub->arena, "%s is gated, or there is none: accept its terms once at %s/datasets/%s and set "
                        "HF_TOKEN to a token of that account", id, hub->endpoint, id);
}

static int refuse(const struct hub *hub, const char *id, const char *url, const struct http_call *call, struct err *err)
{
    int origin = (int)(strcspn(url + 8, "/") + 8);
    struct err ignored = ERR_INIT;
    struct json_doc *doc = json_parse(call->body.data, call->body.length, &ignored);
    const char *said = json_string(json_root(doc), "error");

    if (call->status == 401 || call->status == 403)
        err_set_code(err, EXIT_UNAVAILABLE, "%.*s: HTTP %d: %s", origin, url, call->status, words_of_refusal(hub, id));
    else if (call->end != HTTP_ANSWERED)
        err_set_code(err, EXIT_UNAVAILABLE, "%.*s: %s", origin, url, call->error);
    else
        err_set_code(err, EXIT_UNAVAILABLE, "%.*s: %s: HTTP %d%s%.300s", origin, url, id, call->status,
                     said != NULL ? ": " : "", said != NULL ? said : "");
    json_free(doc);
    return -1;
}

/* Of the rows service's errors only "being computed" goes by itself; without a name it may be a bad moment. */
static bool may_pass(const struct http_call *call, int tries)
{
    const char *error = call->got[HUB_WANTS_ERROR];

    if (call->end == HTTP_REFUSED || call->end == HTTP_NO_HOST)
        return tries < TRIES_WITHOUT_NETWORK - 1;
    if (call->end != HTTP_ANSWERED)
        return call->end != HTTP_TLS && call->end != HTTP_NOT_HTTP && call->end != HTTP_TOO_LONG;
    if (call->status >= 500)
        return error == NULL || strcmp(error, "ResponseNotReady") == 0;
    return call->status == 408 || call->status == 425 || call->status == 429;
}

static struct http_request new_request(const char *url, const char *const *headers, size_t reply_max)
{
    return (struct http_request){
        .method = "GET", .url = url, .headers = headers, .wants = { "x-revision", "x-error-code" },
        .reply_max = reply_max, .connect_ms = 30000, .first_byte_ms = 120000, .idle_ms = 60000, .total_ms = 600000,
    };
}

struct http_call *hub_get(struct hub *hub, const char *id, const char *url, struct err *err)
{
    const struct http_request request = new_request(url, hub->headers, REPLY_MAX);
    struct backoff backoff = backoff_new();

    for (;;) {
        struct http_call *call = http_perform(hub->http, &request);
        int64_t wait_ms = -1;

        if (call->end == HTTP_ANSWERED && call->status == 200)
            return call;
        if (may_pass(call, backoff.tries))
            wait_ms = backoff_next_ms(&backoff, call->retry_after_ms);
        if (wait_ms < 0)
            refuse(hub, id, url, call, err);
        http_free_call(call);
        if (wait_ms < 0)
            return NULL;
        backoff_sleep(wait_ms, NULL, NULL);
    }
}

/* Addresses of pictures come from what a server said: the token is for the two that the user named. */
static bool is_ours(const char *url, const char *endpoint)
{
    size_t length = strlen(endpoint);

    return strncmp(url, endpoint, length) == 0 && (url[length] == '/' || url[length] == '?');
}

static bool is_trusted(const struct hub *hub, const char *url)
{
    return is_ours(url, hub->endpoint) || is_ours(url, hub->rows_endpoint);
}

void hub_start(struct hub *hub, const char *url, size_t size_max, struct http_inbox *inbox, void *owner)
{
    const char *const bare[] = { hub->headers[0], NULL };
    const struct http_request request = new_request(url, is_trusted(hub, url) ? hub->headers : bare, size_max);

    http_start(hub->http, &request, inbox, owner);
}

struct shown { const struct hub *hub; const char *as; };

static int show_bytes(void *shown_to, int64_t done, int64_t total)
{
    const struct shown *shown = shown_to;
    const struct hub_progress progress = { .what = shown->as, .done = done, .total = total };

    return shown->hub->show == NULL ? 0 : shown->hub->show(shown->hub->shown_to, &progress);
}

int hub_download(struct hub *hub, const char *id, const char *url, const char *path, const char *shown_as,
                 int64_t size_max, char sha256[65], struct err *err)
{
    const char *const bare[] = { hub->headers[0], NULL };
    struct shown shown = { hub, shown_as };
    const struct download download = {
        .url = url, .headers = is_trusted(hub, url) ? hub->headers : bare, .path = path, .size_max = size_max,
        .refused = words_of_refusal(hub, id), .show = show_bytes, .shown_to = &shown,
    };

    if (download_file(hub->http, &download, sha256, err) < 0)
        return err_prefix(err, "%s: ", shown_as);
    return 0;
}
