/*
 * recorded: replies read from a file, found by task, sample and epoch.
 */
#ifndef VERNIER_RUNNERS_RECORDED_H
#define VERNIER_RUNNERS_RECORDED_H

#include <stddef.h>

struct arena;
struct recorded;
struct reply;

/* Keys and replies are borrowed: they live in the arena given, or longer. */
struct recorded *recorded_new(struct arena *arena);
void recorded_free(struct recorded *recorded);      /* NULL is allowed */

/*
 * task NULL: of any task; epoch 0: for all epochs. place says where in the file it stands (> 0).
 * Returns 0, or the place of the one that is already there under the very same key; then nothing is added.
 */
size_t recorded_add(struct recorded *recorded, const char *task, const char *sample, int epoch, size_t place,
                    const struct reply *reply);

/* What names this task and epoch comes before what serves any. NULL when there is none. */
const struct reply *recorded_find(const struct recorded *recorded, const char *task, const char *sample, int epoch);

#endif
