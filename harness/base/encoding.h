/*
 * encoding: whether a file's bytes are UTF-8 text, for those files whose words count as they are: data sets, plans, task
 * files, predictions. What a server sends is mended instead (text_repair): there nobody can save it anew.
 */
#ifndef VERNIER_BASE_ENCODING_H
#define VERNIER_BASE_ENCODING_H

#include <stddef.h>

#include "harness/base/err.h"

/* -1 with err set (EXIT_BAD_DATA), "line 3: not UTF-8 ...", at the first byte that is none, or NUL; UTF-16 is told as
 * such. */
int encoding_check(const char *text, size_t length, struct err *err);

#endif
