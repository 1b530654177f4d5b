/*
 * What stands at the other end of a store's socket may say anything: it is read as a glance or refused, and what is
 * drawn of it fits the terminal and holds no control character.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/err.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/base/text.h"
#include "harness/cli/block.h"
#include "harness/cli/glance.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct buf *drawn)
{
    for (size_t i = 0; i < drawn->length; i++)
        if (((unsigned char)drawn->data[i] < 0x20 && drawn->data[i] != '\n') || drawn->data[i] == 0x7f)
            abort();
    if (!text_is_utf8(drawn->data, drawn->length))
        abort();
}

/* A true glance, to be spoiled. */
static void write_true(struct buf *out)
{
    static struct glance_task task = { "one", 30, 12, 0.5, 0.25, 0.75 };
    static struct glance_wait wait = { "one", "s1", 2, "model", "h:1", "no byte yet", "given up", 61000, 3, 1795262400000,
                                       true };
    struct glance glance = { .run = "r", .model = "openai/x", .expected = 39, .scored = 10, .tokens_out = 7,
                             .stopping = "why", .tasks = &task, .task_count = 1, .waits = &wait, .wait_count = 1 };
    struct json_write w = json_write_to(out);

    json_open(&w, NULL, '{');
    glance_write(&glance, &w);
    json_close(&w);
}

/* Where (two bytes), how many bytes go, how many that follow come instead. */
static void spoil(struct buf *text, const uint8_t *data, size_t size)
{
    struct buf next;

    buf_init(&next, 0);
    while (size >= 4) {
        size_t at = ((size_t)data[0] << 8 | data[1]) % (text->length + 1), cut = data[2] % 32, more = data[3] % 64;
        more = more < size - 4 ? more : size - 4;
        cut = cut < text->length - at ? cut : text->length - at;
        buf_clear(&next);
        buf_add(&next, text->data, at);
        buf_add(&next, data + 4, more);
        buf_add(&next, text->data + at + cut, text->length - at - cut);
        buf_clear(text);
        buf_add(text, next.data, next.length);
        data += 4 + more;
        size -= 4 + more;
    }
    buf_fini(&next);
}

static void draw(const struct buf *text, const struct block_style *style)
{
    struct err err = ERR_INIT;
    struct arena *arena = arena_new();
    struct json_doc *doc = json_parse(text->data, text->length, &err);
    struct glance glance;
    struct buf drawn;

    buf_init(&drawn, 0);
    if (doc != NULL && glance_read(json_root(doc), arena, &glance, &err) == 0) {
        block_draw(&glance, style, &drawn);
        block_draw_line(&glance, style, &drawn);
        check(&drawn);
    }
    buf_fini(&drawn);
    json_free(doc);
    arena_free(arena);
}

/* The first two bytes say how wide the terminal is, and what it can show. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct block_style style = { .waits_max = 5, .all_waits = true };
    struct buf text;

    if (size < 2)
        return 0;
    style.columns = data[0];
    style.is_ascii = data[1] % 2 == 0;
    buf_init(&text, 0);
    write_true(&text);
    spoil(&text, data + 2, size - 2);
    draw(&text, &style);
    buf_fini(&text);
    return 0;
}
