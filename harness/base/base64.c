#include "harness/base/base64.h"

#include <stdint.h>
#include <string.h>
#include <nettle/base64.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"

#define CHUNK 4096

char *base64_encode(struct arena *arena, const void *data, size_t length)
{
    size_t size = BASE64_ENCODE_RAW_LENGTH(length);
    char *text = arena_alloc(arena, size + 1);

    base64_encode_raw(text, length, data);
    text[size] = '\0';
    return text;
}

int base64_decode(const char *text, struct buf *out)
{
    struct base64_decode_ctx ctx;
    uint8_t bytes[BASE64_DECODE_LENGTH(CHUNK)];
    size_t left = strlen(text);

    base64_decode_init(&ctx);
    while (left > 0) {
        size_t part = left < CHUNK ? left : CHUNK, length = sizeof bytes;
        if (!base64_decode_update(&ctx, &length, bytes, part, text))
            return -1;
        buf_add(out, bytes, length);
        text += part;
        left -= part;
    }
    return base64_decode_final(&ctx) ? 0 : -1;
}
