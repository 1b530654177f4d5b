/*
 * What tests of runners need again and again: a small task, an episode of it with one ask, a file to read.
 */
#ifndef TESTS_RUNNERS_SCENE_H
#define TESTS_RUNNERS_SCENE_H

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/file.h"
#include "harness/engine/episode.h"
#include "runners/runners.h"

struct scene {
    struct arena *arena;
    struct runner *runner;
    const struct runner_type *type;
    struct episode *episode;
    struct ask ask;
    char path[64];
};

static inline void scene_gold(struct episode *ep, struct buf *out)
{
    buf_addf(out, "The answer is %s", ep->sample->target);
}

static inline void scene_guess(struct episode *ep, struct buf *out)
{
    buf_addf(out, "%d", (int)episode_random(ep, 10));
}

static const struct flow SCENE_FLOW = { .name = "none" };
static const struct task SCENE_TASK = { .name = "sums", .flow = &SCENE_FLOW, .gold = scene_gold, .guess = scene_guess };
static const struct task SCENE_MUTE = { .name = "mute", .flow = &SCENE_FLOW };
static const struct sample SCENE_SAMPLES[] = { { .id = "s1", .target = "4" }, { .id = "s2", .target = "5" } };

/* A file of that text, named so that its ending is kept. */
static inline void scene_write(struct scene *scene, const char *ending, const char *text)
{
    struct err err = ERR_INIT;
    int fd;

    snprintf(scene->path, sizeof scene->path, "/tmp/vernier-XXXXXX%s", ending);
    fd = mkstemps(scene->path, (int)strlen(ending));
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(0, file_write(scene->path, text, strlen(text), false, &err));
}

/* Opens "PROVIDER/ID,settings"; false with err filled. */
static inline bool scene_open(struct scene *scene, struct http *http, const char *spec, struct err *err)
{
    struct model model;

    if (scene->arena == NULL)
        scene->arena = arena_new();
    if (model_parse(scene->arena, spec, "--model", &model, err) < 0)
        return false;
    scene->runner = runners_open(&model, &(struct runner_means){ .http = http }, err);
    if (scene->runner == NULL)
        return false;
    scene->type = runner_type(scene->runner);
    return true;
}

/* The same on the file that scene_write left. */
static inline bool scene_open_file(struct scene *scene, const char *provider, struct err *err)
{
    char spec[128];

    snprintf(spec, sizeof spec, "%s/%s", provider, scene->path);
    return scene_open(scene, NULL, spec, err);
}

/* An episode with one ask of that kind, not yet submitted. */
static inline struct ask *scene_ask(struct scene *scene, const struct task *task, size_t sample, int epoch)
{
    if (scene->episode != NULL)
        episode_free(scene->episode);
    scene->episode = episode_new(task, NULL, &SCENE_SAMPLES[sample], epoch, 7);
    scene->ask = (struct ask){ .episode = scene->episode, .chat = scene->episode->chat, .role = "model", .seed = 11 };
    return &scene->ask;
}

static inline bool scene_is_readable(const struct scene *scene)
{
    struct pollfd fd = { .fd = scene->type->fd(scene->runner), .events = POLLIN };

    return poll(&fd, 1, 0) == 1;
}

/* Submits and collects, for runners that answer at once. */
static inline const struct reply *scene_reply(struct scene *scene, const struct task *task, size_t sample, int epoch)
{
    struct ask *ask = scene_ask(scene, task, sample, epoch);

    scene->type->submit(scene->runner, ask);
    assert_true(scene_is_readable(scene));
    assert_ptr_equal(ask, scene->type->collect(scene->runner));
    assert_false(scene_is_readable(scene));
    assert_null(scene->type->collect(scene->runner));
    return &ask->reply;
}

static inline void scene_end(struct scene *scene)
{
    if (scene->runner != NULL)
        scene->type->close(scene->runner);
    if (scene->episode != NULL)
        episode_free(scene->episode);
    if (scene->path[0] != '\0')
        unlink(scene->path);
    arena_free(scene->arena);
    *scene = (struct scene){ .arena = NULL };
}

#endif
