/*
 * json_scan: the scanner that checks a document's text and builds its tree. For json.c only; all else includes json.h.
 */
#ifndef VERNIER_BASE_JSON_SCAN_H
#define VERNIER_BASE_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "harness/base/err.h"

/* 2^53 - 1. Past it two integers share a double, so the item of one keeps its digits in valuestring (else NULL). */
#define JSON_INTEGER_EXACT_MAX 9007199254740991.0

/*
 * The tree of text[0..length), which must be UTF-8 and end with the only NUL in it; what is no character, and comments,
 * are mended in text, which keeps its length. The nth item of the tree, parents first, is the nth value of the text. A
 * member's key is in its string. ours: see json_parse_ours. Freed with cJSON_Delete. NULL with err set (EXIT_BAD_DATA).
 */
cJSON *json_scan(char *text, size_t length, bool ours, struct err *err);

/* The line, from 1, of the byte at. */
size_t json_line_at(const char *text, size_t at);

#endif
