#include "harness/cli/replies.h"

#include <string.h>

#include "harness/base/arena.h"

int replies_read(struct store *store, struct arena *arena, int64_t episode, struct replies *out, struct err *err)
{
    if (journal_read_asks(store, arena, episode, &out->asks, &out->count, err) < 0)
        return -1;
    out->said = arena_calloc(arena, out->count + 1, sizeof out->said[0]);
    for (size_t i = 0; i < out->count; i++)
        if (reply_read(out->asks[i].reply, out->asks[i].reply_length, arena, &out->said[i], err) < 0)
            return -1;
    return 0;
}

const struct reply *replies_last(const struct replies *replies, const char *kind, const char *role)
{
    for (size_t i = replies->count; i-- > 0;)
        if (strcmp(replies->asks[i].kind, kind) == 0 && strcmp(replies->asks[i].role, role) == 0 &&
            replies->said[i].status != REPLY_FAILED)
            return &replies->said[i];
    return NULL;
}
