/*
 * fix: what mends a server, by what is wrong with it and which server it is: its own flag, in words for the person
 * who started it. All of it is data.
 */
#ifndef VERNIER_RUNNERS_FIX_H
#define VERNIER_RUNNERS_FIX_H

struct dialect;

enum flaw {
    FLAW_MODEL,             /* serves another model */
    FLAW_CONTEXT,           /* context too short */
    FLAW_SLOTS,             /* fewer answers at once than asks */
    FLAW_END,               /* answers do not end by themselves */
    FLAW_TEMPLATE,          /* tags of a chat template in the answer, or the prompt said again */
    FLAW_INLINE,            /* thinking stands in the text */
    FLAW_THINKS,            /* it thinks though it should not */
    FLAW_THINKS_NOT,        /* it does not though it should */
    FLAW_USAGE,             /* tokens are not counted */
    FLAW_SAMPLING,          /* a field of the request is refused */
    FLAW_TOOLS,             /* calls are refused, or stand in the text */
    FLAW_IMAGES,
    FLAW_KEY,
    FLAW_LIKELIHOOD,        /* it does not tell how likely a choice is */
    FLAW_EMPTY,             /* an answer without a word */
};
#define FLAWS 15

const char *fix_of(const struct dialect *dialect, enum flaw flaw);

#endif
