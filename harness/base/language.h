/*
 * language: which language a text is written in. For "did the model answer in the language it was asked in?"
 *
 * Of the fifteen it knows (MMMLU's fourteen, and English). The script decides where a language has one of its own; kana tell
 * Japanese from Chinese; languages in Latin letters are told by the small words that each must use (of, und, los, katika).
 * It decides only where one is well ahead: a reply of "Answer: C", a formula, two languages side by side are undecided.
 * TeX's commands and single capitals are no words.
 */
#ifndef VERNIER_BASE_LANGUAGE_H
#define VERNIER_BASE_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>

/* ISO 639's word for a language that cannot be told. */
#define LANGUAGE_UNDECIDED "und"

#define LANGUAGES_KNOWN "ar bn de en es fr hi id it ja ko pt sw yo zh"

/* "de", or LANGUAGE_UNDECIDED. text is UTF-8; its first 64 kB count. */
const char *language_of(const char *text, size_t length);

/* Whether it is one of those it can tell. */
bool language_is_known(const char *code);

#endif
