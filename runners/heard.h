/*
 * heard: what one HTTP call to a model brought: its reply, or why there is none and whether another try is of use.
 */
#ifndef VERNIER_RUNNERS_HEARD_H
#define VERNIER_RUNNERS_HEARD_H

#include "harness/engine/reply.h"

enum heard_end {
    HEARD_ANSWER,           /* reply is what the model said */
    HEARD_AGAIN,            /* reply is a failure or a timeout; another try may do better */
    HEARD_NEVER,            /* reply is a failure, and no try will do better */
};

struct heard {
    enum heard_end end;
    struct reply reply;     /* of a failure: status, origin and reason */
    const char *note;       /* what went wrong with this call, short, on one line, without secrets; NULL: nothing */
};

#endif
