/*
 * probe: what is found out about a model's server before a run spends on it: a few short questions, each bounded in
 * time, and what came of them as findings. What is asked is the runner's business (its .probe); what to do about a
 * finding is the command's. Nothing of a probe is stored.
 *
 * Main thread only, and it blocks: a readable signal_fd ends it.
 */
#ifndef VERNIER_RUNNERS_PROBE_H
#define VERNIER_RUNNERS_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct http;
struct http_call;
struct model;
struct remote;

/* The settings that a probe reads, for a runner's table after REMOTE_SETTINGS. */
#define PROBE_SETTINGS \
    { "probe_s", SETTING_NUMBER, "longest wait for an answer to the probe before a run (60)", .is_place = true, \
      .min = 0.1, .max = 3600 }, \
    { "wait_s", SETTING_NUMBER, "how long a server that is still loading is waited for (600); one that refuses " \
      "connections 30 s, a proxy that does not let us through 0 s, unless this is set", .is_place = true, \
      .min = 0, .max = 24 * 3600.0 }

enum severity { SEVERITY_OK, SEVERITY_WARN, SEVERITY_BAD };

struct finding {
    struct finding *next;
    const char *name;               /* "context": one word, what was looked at */
    enum severity severity;
    const char *words;              /* what was seen, on one line, without secrets */
    const char *fix;                /* what mends it, naming the server's own flag; NULL: nothing is to be mended */
};

/* What a run is going to ask. Zeroed is nothing in particular. */
struct probe_wish {
    size_t prompt_bytes;            /* of the longest prompt; 0: not known */
    const char *prompt;             /* that one's text, which outlives the probe; NULL: not known */
    size_t connections;             /* asks at once; 0: not known */
    bool tools, images;             /* tasks offer tools, show images */
    bool likelihoods;               /* tasks ask how likely continuations are */
    bool more_than_letters;         /* and some of these are no single letter */
    bool no_words;                  /* and nothing else is asked: a model without a chat template will do */
};

struct probe;

/* Who looks on while a probe waits. */
struct probe_watcher {
    void (*look)(const struct probe *probe, void *of);      /* each second or so, and when guest_fd is readable; or NULL */
    void *of;
    int guest_fd;                   /* -1: none */
};

struct probe {
    struct http *http;
    int signal_fd;                  /* -1: none */
    struct probe_wish wish;
    struct arena *arena;            /* the probe's own */
    struct finding *first, *last;
    bool interrupted;               /* by signal_fd: findings are not whole */
    struct probe_watcher watcher;
    int64_t waiting_since_ms;       /* for a server that is loading, monotonic; 0: it was not waited for yet */
    const char *waits_for;          /* a constant, while it is waited for: "the server to load"; NULL: for an answer */
    double wait_s;                  /* then: for so long at most */
};

/* What is asked of a server. body NULL: a GET. */
struct probe_question { const char *url, *body; size_t body_length; };

struct probe probe_begin(struct http *http, int signal_fd, const struct probe_wish *wish);
void probe_end(struct probe *probe);

/* Adds a finding; words are foreign. fix is kept as it is. */
void probe_find(struct probe *probe, const char *name, enum severity severity, const char *fix, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

enum severity probe_worst(const struct probe *probe);
const char *severity_name(enum severity severity);      /* "ok", "warn", "bad" */

/*
 * Asks. A server that is loading, or not there yet, is waited for, with one line on stderr that says so; when the time
 * for it is over, its last answer comes back. NULL: interrupted. The call is freed by the caller with http_free_call.
 */
struct http_call *probe_ask(struct probe *probe, const struct model *model, const struct remote *remote,
                            const struct probe_question *question);

/* Whether the first call of a probe found somebody; false: nobody is there, or still loading, and a finding says so. */
bool probe_judge_presence(struct probe *probe, const struct http_call *call);

/* Whether call is what a server says, or does not say, while it loads its model. */
bool probe_is_loading(const struct http_call *call);

#endif
