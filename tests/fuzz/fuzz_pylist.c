/* fuzz_pylist: any bytes as a list that Python wrote. What is accepted can be written again and read alike. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "tasks/pylist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_item(struct buf *out, const char *item)
{
    buf_add_char(out, '"');
    for (; *item != '\0'; item++) {
        if (*item == '"' || *item == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, *item);
    }
    buf_add_string(out, "\",");
}

static void check_again(struct arena *arena, const char **items, size_t count)
{
    struct err err = ERR_INIT;
    const char **again;
    size_t again_count;
    struct buf out;

    buf_init(&out, 0);
    buf_add_char(&out, '[');
    for (size_t i = 0; i < count; i++)
        write_item(&out, items[i]);
    buf_add_char(&out, ']');
    assert(pylist_parse(arena, out.data, &again, &again_count, &err) == 0 && again_count == count);
    for (size_t i = 0; i < count; i++)
        assert(strcmp(items[i], again[i]) == 0);
    buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct err err = ERR_INIT;
    const char **items;
    size_t count;

    if (pylist_parse(arena, arena_strndup(arena, (const char *)data, size), &items, &count, &err) == 0)
        check_again(arena, items, count);
    else
        assert(strncmp(err.text, "character ", strlen("character ")) == 0 && err.code == EXIT_BAD_DATA);
    arena_free(arena);
    return 0;
}
