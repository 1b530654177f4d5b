/*
 * grading_line: a grading as it is put to a program, and the program's verdict, a JSON object a line each.
 *
 *     {"grader":"maths","profile":"canonical","id":"test/17","target":"\\frac12","answer":"0.5"}
 *     {"score":1,"answer":"1/2","answer_class":"1/2","reason":"both are rational","verdict":"equal","us":7.1}
 *
 * To a grader that wants all, "input", "choices" (a list), "output" (the whole reply) and "stop" besides; "answer" is
 * null where nothing could be read. Of the verdict only "score" (0 to 1) is required; one without "answer" leaves the
 * answer as it was read, so a program that reads for itself says one, or null. {"error":"..."} says that this cannot be
 * graded, which makes the episode void. Members that are not named here are ignored.
 */
#ifndef VERNIER_ENGINE_GRADING_LINE_H
#define VERNIER_ENGINE_GRADING_LINE_H

#include <stddef.h>

#include "harness/base/err.h"

struct answer;
struct arena;
struct buf;
struct grade;
struct grading;

void grading_line_write(const struct grading *grading, const struct answer *answer, struct buf *out);

/* out comes with the answer as it was read; its new strings live in arena. *us is how long the program says it took, -1
 * where it does not. -1 with err set when the line is no verdict, or says an error. */
int grading_line_read(const char *line, size_t length, struct arena *arena, struct grade *out, double *us,
                      struct err *err);

#endif
