/*
 * openai_amend: what a reply means once it is known what was asked: calls that stand in the text, calls that were cut
 * off, a prompt that was shortened, an answer that the context had no room for. No network.
 */
#ifndef VERNIER_RUNNERS_OPENAI_AMEND_H
#define VERNIER_RUNNERS_OPENAI_AMEND_H

#include <stdint.h>

struct arena;
struct ask;
struct chat;
struct heard;
struct openai_query;

/* What there was to say of a reply; a note on a call begins with its name and a colon. */
enum openai_note {
    OPENAI_CALL_IN_TEXT,        /* "tool_parse_fallback": calls stood in the text, and were taken from there */
    OPENAI_CALL_CUT,            /* "tool_call_cut": the answer ended within a call, which is left out */
    OPENAI_CONTEXT_FULL,        /* "context_full": the answer was cut before its own limit */
    OPENAI_TOKEN_SPANS,         /* "token_spans": of likelihoods: a token spans prompt and choice */
    OPENAI_NONE_LISTED,         /* "none_listed": of likelihoods: no choice is among the next tokens that the server tells */
};
#define OPENAI_NOTES 5

const char *openai_note_name(int note);
const char *openai_note_words(int note);      /* after "5 replies": "cut by a full context" */
int openai_note_find(const char *text);       /* the kind that text is a note of; OPENAI_NOTES: of none */

/*
 * Of an answer, which may get a note: one whose prompt the server cannot have read whole becomes a failure of the
 * provider's. Of a failure: what llama-server could not parse becomes an empty answer; all else stays as it is.
 */
void openai_amend(const struct openai_query *query, const struct ask *ask, struct arena *arena, struct heard *heard);

/*
 * Tokens that a chat's texts are at the very least: one for eight bytes, bytes that repeat the one before left out, since
 * a run of blanks or dashes may be one token. English is four or five bytes a token, other scripts less.
 */
int64_t openai_tokens_min(const struct chat *chat);

#endif
