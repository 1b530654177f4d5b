/*
 * What tests of the engine's nouns share: cmocka, a small task, and an episode of it.
 */
#ifndef TESTS_ENGINE_ASKED_H
#define TESTS_ENGINE_ASKED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/engine/episode.h"

static inline void asked_prompt(struct episode *ep)
{
    ep->target = ep->sample->target;
    chat_add_text(ep->chat, ROLE_USER, ep->sample->input);
}

static inline void asked_exam(struct episode *ep, struct exam *out)
{
    (void)ep;
    *out = (struct exam){ .timeout_ms = 5 };
}

static const struct reader ASKED_READER = { .name = "plain", .version = 1 };
static const struct grader ASKED_GRADER = { .name = "same", .version = 1 };
static const struct profile ASKED_PROFILE = { .name = "plain", .reader = &ASKED_READER };
static const struct sample ASKED_SAMPLE = { .id = "s1", .input = "2 + 2?", .target = "4", .hash = "h1" };

#endif
