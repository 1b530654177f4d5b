/*
 * model: who answers, as the user named it: "openai/ft7,base_url=http://gpu1:8000/v1,temperature=0.6", with settings
 * added by a plan or by -M. Settings are words until a runner reads them by its table, so every wrong key or value can
 * name the place it came from.
 */
#ifndef VERNIER_ENGINE_MODEL_H
#define VERNIER_ENGINE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/err.h"

struct arena;

struct setting {
    struct setting *next;
    const char *key, *value;
    const char *where;              /* "plan.json line 4", "--model", "-M" */
};

struct model {
    struct model *next;
    const char *name;               /* as called in the plan; the spec without settings where there is no plan */
    const char *provider;           /* "openai" */
    const char *id;                 /* "ft7"; what stands after the first slash */
    const char *where;              /* the spec stood: "plan.json line 4", "--model" */
    struct setting *settings;       /* in the order given; the last of a key counts */
};

/* What kind of value a setting takes. */
enum setting_kind { SETTING_TEXT, SETTING_NUMBER, SETTING_INT, SETTING_BOOL };

struct setting_spec {
    const char *key;                /* NULL ends the table */
    enum setting_kind kind;
    const char *help;
    bool is_place;                  /* says where or how fast, not what is asked: no part of the fingerprint */
    double min, max;                /* of numbers; both 0: any */
};

/*
 * Parses a spec into the arena: PROVIDER/ID, then settings. A comma begins a setting only where "key=" follows it, so
 * "replay/a,b.jsonl" is one path and a value may hold commas. -1 with err set: no slash, empty provider, empty id.
 *
 * Here and in model_check the code is EXIT_USAGE where the place is an option ("--model"), else EXIT_BAD_DATA.
 */
int model_parse(struct arena *arena, const char *spec, const char *where, struct model *out, struct err *err);

/* Adds a setting, which hides an earlier one of that key. All is copied. */
void model_set(struct arena *arena, struct model *model, const char *key, const char *value, const char *where);

/* The same model with settings of its own: those that are added to one do not reach the other. */
struct model *model_copy(struct arena *arena, const struct model *model);

/* What a wrong word there ends the program with: EXIT_USAGE on the command line, EXIT_BAD_DATA in a file. */
enum exit_code model_code(const char *where);

/* Every key known (specs NULL: none is), every value of its kind. -1 with err set naming place, key and the nearest
 * known one. */
int model_check(const struct model *model, const struct setting_spec *specs, struct err *err);

/* Values of checked settings; fallback when not given. */
const char *model_text(const struct model *model, const char *key, const char *fallback);
double model_number(const struct model *model, const char *key, double fallback);
int64_t model_int(const struct model *model, const char *key, int64_t fallback);
bool model_bool(const struct model *model, const char *key, bool fallback);
bool model_has(const struct model *model, const char *key);

#endif
