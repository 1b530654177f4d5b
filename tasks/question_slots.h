/*
 * question_slots: the slots of the texts of a task file: which there are, and how a word in braces is written that is none.
 *
 * A lower-case word in braces is a slot: {question}. Any other brace stands for itself: \boxed{}, {"answer": 1}, {X}. A
 * lower-case word in braces that is to stand there is written with two: {{answer}} shows {answer}.
 *
 * The reading functions return -1 with the reading's err set.
 */
#ifndef VERNIER_TASKS_QUESTION_SLOTS_H
#define VERNIER_TASKS_QUESTION_SLOTS_H

#include <stddef.h>

struct draft;
struct json;
struct reading;

/* The bytes of a "{{word}}" that text begins with; 0: it begins with none. */
size_t slot_literal_length(const char *text);

/* The slot of that name, made when it is new. */
int question_find_slot(struct reading *r, const struct json *value, struct draft *draft, size_t *slot);

/* An object of texts by slot, into texts (of DRAFT_SLOTS_MAX). They stand for slots, so they have none of the task's own. */
int question_read_texts(struct reading *r, const struct json *value, struct draft *draft, const char **texts);

/* Every text of a profile has slots that there are, and shows the choices where the task has some and the profile does not
 * say ("choices": "elsewhere") that they stand elsewhere. */
int question_check_profile_slots(struct reading *r, const struct json *profile, const struct draft *draft);

#endif
