/*
 * settings: what a run's model was set to, as its plan records it, and what a plan called it: two runs of one model are
 * told apart by these.
 */
#ifndef VERNIER_REPORTS_SETTINGS_H
#define VERNIER_REPORTS_SETTINGS_H

#include <stddef.h>

struct arena;
struct json;

struct run_setting { const char *key, *value; };

struct run_settings {
    const char *plan;               /* the plan's name; NULL: it has none, or is not known */
    const char *called;             /* what the plan calls the model; NULL: as the model is called anyway, or not known */
    struct run_setting *list;           /* "dialect", "temperature", ..., each key once; values are text */
    size_t count;
};

/*
 * Of a run's plan and places (either NULL: nothing of it), in the arena. First what was asked for, "like=qwen3.5-27b",
 * then what it amounted to: the dialect spoken, all that was sent. A switch is "on" or "off".
 */
struct run_settings settings_read(struct arena *arena, const struct json *plan, const struct json *places);

/* NULL: it is not among them. */
const char *settings_find(const struct run_settings *settings, const char *key);

/* "temperature=0.1, dialect=vllm"; "" when there are none. */
const char *settings_text(struct arena *arena, const struct run_settings *settings);

#endif
