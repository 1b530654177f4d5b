/*
 * question_slots: the slots of the texts of a task file: which there are, and how a word in braces is written that is none.
 *
 * A lower-case word in braces is a slot: {question}. Any other brace stands for itself: \boxed{}, {"answer": 1}, {X}. A
 * lower-case word in braces that is to stand there is written with two: {{answer}} shows {answer}.
 */
#ifndef VERNIER_TASKS_QUESTION_SLOTS_H
#define VERNIER_TASKS_QUESTION_SLOTS_H

#include <stddef.h>

#include "tasks/question_file.h"

/* The bytes of the slot, braces too, that text begins with, known or not; 0: it begins with none. */
size_t slot_length(const char *text);

/* The bytes of a "{{word}}" that text begins with; 0: it begins with none. */
size_t slot_literal_length(const char *text);

/* Every text of a profile has slots that there are, and shows the choices where the task has some and the profile does not
 * say ("choices": "elsewhere") that they stand elsewhere. -1 with err set. */
int question_check_profile_slots(struct reading *r, const struct json *profile, const struct draft *draft);

/* The same of texts that stand for slots: those have no slots of the task's own. */
int question_check_text_slots(struct reading *r, const struct json *texts);

#endif
