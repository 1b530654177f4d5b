/*
 * remote: the way to a model's server, whatever is said there: its address, the key that opens it, how long one waits.
 *
 * A key goes only to the host it belongs to: the provider's own key to the provider's own host, the one in api_key_env
 * to base_url.
 */
#ifndef VERNIER_RUNNERS_REMOTE_H
#define VERNIER_RUNNERS_REMOTE_H

#include <stdbool.h>

#include "harness/base/err.h"
#include "harness/engine/model.h"
#include "runners/courier.h"

struct arena;

/* The settings that remote_read reads: for a runner's table. */
#define REMOTE_SETTINGS \
    { "base_url", SETTING_TEXT, "the server's address with its version: http://gpu1:8000/v1", .is_place = true }, \
    { "api_key_env", SETTING_TEXT, "the environment variable that holds the server's key", .is_place = true }, \
    { "tries", SETTING_INT, "calls per ask at most (8); being told to come later counts for none", .is_place = true, \
      .min = 1, .max = 100 }, \
    { "patience_s", SETTING_NUMBER, "how long an ask lets itself be told to come later (3600)", .is_place = true, \
      .min = 0, .max = REMOTE_DAYS_S }, \
    { "connect_s", SETTING_NUMBER, "longest wait for a connection (10)", .is_place = true, .min = 0.01, .max = 3600 }, \
    { "first_byte_s", SETTING_NUMBER, "for the first byte, connecting included (1800)", .is_place = true, \
      .min = 0.01, .max = REMOTE_DAYS_S }, \
    { "idle_s", SETTING_NUMBER, "for the next one (300)", .is_place = true, .min = 0.01, .max = REMOTE_DAYS_S }, \
    { "total_s", SETTING_NUMBER, "for the whole answer (7200)", .is_place = true, .min = 0.01, .max = REMOTE_DAYS_S }, \
    { "reply_max_mb", SETTING_INT, "largest answer in MiB (64)", .is_place = true, .min = 1, .max = 1024 }
#define REMOTE_DAYS_S (7 * 24 * 3600.0)

/* What a provider is known by. */
struct remote_kind {
    const char *own_host;           /* "https://api.openai.com" */
    const char *version;            /* what base_url ends with: "/v1" */
    const char *url_variable;       /* "OPENAI_BASE_URL" */
    const char *key_variable;       /* "OPENAI_API_KEY" */
    const char *key_header;         /* a format with one %s: "Authorization: Bearer %s" */
    const char *path;               /* "/chat/completions" */
    const char *const *headers;     /* sent with every call; NULL-terminated, at most REMOTE_HEADERS_MAX */
    int start_in_flight;            /* on the own host; 0: as many as there are */
};

#define REMOTE_HEADERS_MAX 6

struct remote {
    const char *base;               /* without a slash at its end */
    bool is_own;                    /* the provider's own host */
    const char *headers[REMOTE_HEADERS_MAX + 2];
    struct courier_route route;     /* refers to headers */
};

/* Strings go to the arena, keys and passwords to the redactor. out must stay where it is. -1 with err set: EXIT_USAGE for
 * wrong words, EXIT_UNAVAILABLE without a key. */
int remote_read(const struct model *model, const struct remote_kind *kind, struct arena *arena, struct remote *out,
                struct err *err);

#endif
