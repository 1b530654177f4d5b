#include "results/long_text.h"

#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "results/blob.h"
#include "results/statement.h"

/* SQLite takes no text longer than 10^9 bytes, so neither did this one have more. */
#define TEXT_BYTES_MAX 1000000000

int long_text_bind(struct store *store, struct statement *statement, const char *text, size_t length, struct err *err)
{
    char sha256[65];

    text = statement_clean(store, text, &length);
    if (length <= BLOB_TEXT_MIN) {
        statement_bind_cleaned(statement, text, length);
        statement_bind_null(statement);
        return 0;
    }
    if (blob_put(store, text, length, sha256, err) < 0)
        return -1;
    statement_bind_text(statement, "");
    statement_bind_cleaned(statement, sha256, strlen(sha256));
    return 0;
}

char *long_text_read(struct store *store, struct statement *statement, struct arena *arena, size_t *length,
                     struct err *err)
{
    const char *text = statement_read_text(statement);
    const char *sha256 = statement_read_text(statement);
    struct buf buf;
    char *copy = NULL;

    if (sha256 == NULL) {
        *length = strlen(text);
        return arena_strndup(arena, text, *length);
    }
    buf_init(&buf, TEXT_BYTES_MAX);
    if (blob_get(store, sha256, &buf, err) == 0) {
        *length = buf.length;
        copy = arena_strndup(arena, buf.data, buf.length);
    }
    buf_fini(&buf);
    return copy;
}
