/*
 * flows: the small state machines that tasks are run by. A task names one; most tasks never write a step.
 */
#ifndef VERNIER_TASKS_FLOWS_FLOWS_H
#define VERNIER_TASKS_FLOWS_FLOWS_H

#include "harness/engine/step.h"

extern const struct flow flow_agent;      /* env, (model, env)*, exam, grade */
extern const struct flow flow_answer;     /* model, exam if the task holds one, grade */
extern const struct flow flow_judged;     /* model, model as "judge" once or twice, grade */
extern const struct flow flow_likelihood; /* model, asked how likely the choices are, grade */

#endif
