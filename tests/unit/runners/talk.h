/*
 * talk: one ask through a whole runner, from submit to its reply, against a peer that plays one raw answer a connection.
 */
#ifndef TESTS_RUNNERS_TALK_H
#define TESTS_RUNNERS_TALK_H

#include "tests/unit/runners/scene.h"

#include "harness/base/call.h"
#include "harness/base/clock.h"
#include "harness/base/http.h"
#include "tests/unit/runners/peer.h"

struct talk {
    struct scene scene;
    struct http *http;
    char heard[65536];
    int64_t took_ms;
};

/* words: the model's spec, without the base_url that path ends. */
static inline const struct reply *talk_hold(struct talk *talk, const char *const *answers, const char *path,
                                            const char *words)
{
    struct err err = ERR_INIT;
    struct peer peer = peer_start(answers);
    struct scene *scene = &talk->scene;
    struct ask *ask;
    char spec[300];

    *talk = (struct talk){ .http = http_open(&err) };
    snprintf(spec, sizeof spec, "%s,base_url=http://127.0.0.1:%d%s", words, peer.port, path);
    if (!scene_open(scene, talk->http, spec, &err))
        fail_msg("%s", err.text);
    scene_ask(scene, &SCENE_TASK, 0, 1);
    chat_add_text(scene->episode->chat, ROLE_USER, "2+2?");
    talk->took_ms = clock_monotonic_ms();
    scene->type->submit(scene->runner, &scene->ask);
    while ((ask = scene->type->collect(scene->runner)) == NULL) {
        int fd = scene->type->fd(scene->runner);

        http_wait(talk->http, &fd, 1, 10000);
        assert_true(clock_monotonic_ms() - talk->took_ms < 60000);
    }
    talk->took_ms = clock_monotonic_ms() - talk->took_ms;
    assert_ptr_equal(&scene->ask, ask);
    assert_null(scene->type->collect(scene->runner));
    peer_stop(&peer, talk->heard, sizeof talk->heard);
    return &scene->ask.reply;
}

static inline void talk_end(struct talk *talk)
{
    scene_end(&talk->scene);
    http_close(talk->http);
}

static inline size_t talk_count_calls(const struct talk *talk)
{
    size_t count = 0;

    for (const struct call *call = talk->scene.ask.calls; call != NULL; call = call->next)
        assert_int_equal(++count, call->try_number);
    return count;
}

#endif
