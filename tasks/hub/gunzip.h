/*
 * gunzip: a .gz file unpacked. One that unpacks to more than the bound, is damaged or cut short is refused.
 */
#ifndef VERNIER_TASKS_HUB_GUNZIP_H
#define VERNIER_TASKS_HUB_GUNZIP_H

#include <stdint.h>

#include "harness/base/err.h"

/* Writes what from holds to to. -1 with err set. */
int gunzip(const char *from, const char *to, int64_t size_max, struct err *err);

#endif
