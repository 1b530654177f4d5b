/*
 * openai_quiz: short asks, made as a run makes them, of a server of OpenAI's shape that a probe looks at; what each answer
 * shows is told by specimen. An interrupt ends one without a finding.
 */
#ifndef VERNIER_RUNNERS_OPENAI_QUIZ_H
#define VERNIER_RUNNERS_OPENAI_QUIZ_H

#include <stdbool.h>

struct model;
struct openai_query;
struct probe;
struct remote;

struct openai_quiz {
    struct probe *probe;            /* gets the findings */
    const struct model *model;
    const struct remote *remote;
    const struct openai_query *query;
};

/* False: it makes no sense to go on asking. */
bool openai_quiz_answer(const struct openai_quiz *quiz);

/* A call of a tool is wanted. */
void openai_quiz_tools(const struct openai_quiz *quiz);

/* A picture is shown. */
void openai_quiz_images(const struct openai_quiz *quiz);

#endif
