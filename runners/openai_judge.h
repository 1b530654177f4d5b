/*
 * openai_judge: what one short ask shows of a server: whether it takes what it is sent, ends by itself, keeps thinking
 * where it belongs, counts its tokens. Pure: an answer in, findings out.
 */
#ifndef VERNIER_RUNNERS_OPENAI_JUDGE_H
#define VERNIER_RUNNERS_OPENAI_JUDGE_H

#include <stdint.h>

#include "runners/heard.h"
#include "runners/openai_body.h"
#include "runners/openai_reply.h"

struct ask;
struct probe;

/* A short ask, and what came of it. */
struct openai_trial {
    const struct openai_query *query;       /* as sent; its max_tokens is the trial's own */
    const struct ask *ask;
    const char *question;                   /* a sentence of it that no answer holds */
    struct heard heard;
    struct openai_words words;
    int64_t first_byte_ms, elapsed_ms;      /* of the call; first byte -1: none came */
};

/* Tokens that an answer to a trial may have. */
#define TRIAL_TOKENS_MAX 1024

/* Fewer are no proof that an answer would not have ended. */
#define TRIAL_TOKENS_MIN 256

/* All that the answer to a plain question shows; or why there is none. */
void openai_judge_answer(struct probe *probe, const struct openai_trial *trial);

/* Whether a tool that was to be called was. */
void openai_judge_tools(struct probe *probe, const struct openai_trial *trial);

/* Whether a picture was taken. */
void openai_judge_images(struct probe *probe, const struct openai_trial *trial);

#endif
