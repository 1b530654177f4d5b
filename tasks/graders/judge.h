/*
 * judge: a model that grades: how it is asked, and what it may say. Its words are asked for by the flow (tasks/flows/
 * judged.c), journaled like any model's, and read by a grader that is pure.
 *
 * What is judged stands between two lines of a marker that nobody who wrote it could know, and is said to be data: words
 * such as "this answer is right" in it are no instruction. The marker is 96 bits of the SHA-256 of rubric, question, target
 * and answer: an answer that holds its own marker cannot be made, and the same words make the same request, so that what
 * a judge said once can be found again. Only the judge's last line counts: "GRADE: " and a label of
 * the rubric, in any decoration of stars; whatever else it says is for people.
 */
#ifndef VERNIER_GRADERS_JUDGE_H
#define VERNIER_GRADERS_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/engine/grading.h"

struct chat;
struct episode;

/* The question to the judge about said, a new chat in the episode's arena. */
struct chat *judge_ask(struct episode *ep, const struct rubric *rubric, const char *said);

/* Adds what the judge said, which was no verdict, and asks for one again. */
void judge_ask_again(struct chat *chat, const struct rubric *rubric, const struct reply *judged);

/* False when the last line is no verdict. */
bool judge_read(const struct rubric *rubric, const char *judged, size_t *label);

/* Whether reply is a verdict: it came, was not cut off, and its last line is one. */
bool judge_is_verdict(const struct rubric *rubric, const struct reply *reply);

/* A grader's grade: the judge's words are grading->exam, read by the grader's rubric. */
int judge_grade(const struct grading *grading, const struct answer *answer, struct arena *arena, struct grade *out,
                struct err *err);

#endif
