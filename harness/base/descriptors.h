/*
 * descriptors: how many files, sockets and pipes this process may hold open at once.
 *
 * A login gives 1024 (the soft limit) though far more are allowed (the hard one). Nothing here uses select(), so we take
 * all there are.
 */
#ifndef VERNIER_BASE_DESCRIPTORS_H
#define VERNIER_BASE_DESCRIPTORS_H

#include <stddef.h>

/* Raises the soft limit to the hard one. A system that refuses leaves it as it is. */
void descriptors_raise(void);

/* What may be open at once; SIZE_MAX: no limit. */
size_t descriptors_max(void);

#endif
