/*
 * hub: where data sets are published: files of a commit, what a commit holds, and a service that gives rows as JSON.
 *
 *     ENDPOINT/datasets/OWNER/NAME/resolve/COMMIT/PATH      a file, as it was at that commit; may send on to a CDN
 *     ENDPOINT/api/datasets/OWNER/NAME/revision/COMMIT      its commit ("main": the newest) and its files' names
 *     ROWS/rows?dataset=&config=&split=&offset=&length=     rows of the newest commit, and of no other
 *
 * HF_ENDPOINT and HF_ROWS_ENDPOINT name others than huggingface.co; HF_TOKEN is sent to these two and to nobody they
 * send us on to; with HF_HUB_OFFLINE the network is never touched. What a hub says is foreign: names are checked
 * before they become paths. Blocks; main thread only.
 */
#ifndef VERNIER_TASKS_HUB_HUB_H
#define VERNIER_TASKS_HUB_HUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"

struct arena;
struct http;
struct http_call;
struct http_inbox;

#define HUB_COMMIT_LENGTH 40

/* How far a file is (bytes), or a table (rows); total < 0: not known. */
struct hub_progress {
    const char *what;
    int64_t done, total;
    bool is_rows;
};

struct hub {
    struct arena *arena;
    struct http *http;
    const char *endpoint, *rows_endpoint;      /* no slash at their end */
    const char *headers[3];                    /* NULL-terminated; the token's among them, where there is one */
    bool has_token, is_offline;
    /* NULL: nobody looks. A result other than 0 stops it. */
    int (*show)(void *shown_to, const struct hub_progress *progress);
    void *shown_to;
};

/* http and arena outlive it; there is nothing to close. -1 with err set (EXIT_USAGE): an address in the environment
 * that is none. */
int hub_open(struct hub *hub, struct http *http, struct arena *arena, struct err *err);

/* "name" or "owner/name"; a path within a repository; 40 hex digits. Anything else must not go into an address or
 * path. */
bool hub_is_id(const char *text);
bool hub_is_path(const char *text);
bool hub_is_commit(const char *text);

const char *hub_file_url(const struct hub *hub, const char *id, const char *commit, const char *path);
const char *hub_info_url(const struct hub *hub, const char *id, const char *revision);
const char *hub_rows_url(const struct hub *hub, const char *id, const char *config, const char *split, size_t offset,
                         size_t length);

/* -1 with err set where the network is not to be touched (EXIT_BAD_DATA); what: that which is missing. */
int hub_check_online(const struct hub *hub, const char *what, struct err *err);

enum { HUB_WANTS_REVISION, HUB_WANTS_ERROR };      /* of a call's got */

/* A small reply, 200 and whole, freed by the caller. Broken connections, 408, 425, 429, 5xx are tried again. NULL
 * with err set. */
struct http_call *hub_get(struct hub *hub, const char *id, const char *url, struct err *err);

/* Starts to fetch what fits into memory, once: how it ended lies in inbox (see http.h). The token goes along where the
 * address is that of the hub. */
void hub_start(struct hub *hub, const char *url, size_t size_max, struct http_inbox *inbox, void *owner);

/* A file to the disk (see download.h); *bytes its length. A part of it that is there already is gone on with. */
int hub_download(struct hub *hub, const char *id, const char *url, const char *path, const char *shown_as,
                 int64_t size_max,
                 char sha256[65], struct err *err);

#endif
