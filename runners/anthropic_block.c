#include "runners/anthropic_block.h"

#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"

enum kind {
    KIND_TEXT,              /* pieces of a string */
    KIND_LAST,              /* a string; the last one counts */
    KIND_JSON,              /* pieces of a value's text */
    KIND_LIST,              /* members of an array */
};

static const struct { const char *delta, *field, *member; enum kind kind; } PIECES[BLOCK_PIECES] = {
    { "text_delta", "text", "text", KIND_TEXT },
    { "thinking_delta", "thinking", "thinking", KIND_TEXT },
    { "signature_delta", "signature", "signature", KIND_LAST },
    { "input_json_delta", "partial_json", "input", KIND_JSON },
    { "citations_delta", "citation", "citations", KIND_LIST },
};

bool block_begin(struct block *block, struct arena *arena, const struct json_doc *doc, const struct json *event)
{
    const struct json *start = json_get(event, "content_block");
    const char *raw;
    size_t length;

    if (start == NULL || json_kind(start) != JSON_OBJECT)
        return false;
    raw = json_raw(doc, start, &length);
    *block = (struct block){ .arena = arena, .start = arena_strndup(arena, raw, length) };
    json_get_int64(event, "index", &block->index);
    return true;
}

static void add_piece(struct block *block, size_t i, const struct json_doc *doc, const struct json *value)
{
    struct buf *piece = &block->pieces[i];
    size_t length;
    const char *raw;

    if (!block->has[i])
        buf_init(piece, 0);
    block->has[i] = true;
    if (PIECES[i].kind == KIND_LIST) {
        raw = json_raw(doc, value, &length);
        buf_add_string(piece, piece->length > 0 ? "," : "");
        buf_add(piece, raw, length);
        return;
    }
    if (PIECES[i].kind == KIND_LAST)
        buf_clear(piece);
    if (json_text(value) != NULL)
        buf_add_string(piece, json_text(value));
}

void block_add(struct block *block, const struct json_doc *doc, const struct json *delta)
{
    const char *type = json_string(delta, "type");

    for (size_t i = 0; type != NULL && i < BLOCK_PIECES; i++)
        if (strcmp(PIECES[i].delta, type) == 0 && json_get(delta, PIECES[i].field) != NULL)
            add_piece(block, i, doc, json_get(delta, PIECES[i].field));
}

static bool is_json(const struct buf *text)
{
    struct err err = ERR_INIT;
    struct json_doc *doc = json_parse(text->data, text->length, &err);

    json_free(doc);
    return doc != NULL;
}

static void write_piece(struct json_write *w, size_t i, const struct buf *piece)
{
    const char *member = PIECES[i].member;

    if (PIECES[i].kind == KIND_LIST) {
        json_open(w, member, '[');
        if (piece->length > 0)
            json_add_raw(w, NULL, piece->data, piece->length);
        json_close(w);
    } else if (PIECES[i].kind == KIND_JSON && is_json(piece)) {
        json_add_raw(w, member, piece->data, piece->length);
    } else {
        json_add_bytes(w, member, piece->data, piece->length);
    }
}

/* Which piece a member of the block is replaced by; BLOCK_PIECES: none. No pieces of a tool's input are no input. */
static size_t find_piece(const struct block *block, const char *member)
{
    size_t i = 0;

    while (i < BLOCK_PIECES && (!block->has[i] || strcmp(PIECES[i].member, member) != 0 ||
                                (PIECES[i].kind == KIND_JSON && block->pieces[i].length == 0)))
        i++;
    return i;
}

static void write_members(const struct block *block, const struct json_doc *doc, struct json_write *w)
{
    bool written[BLOCK_PIECES] = { false };

    for (const struct json *member = json_first(json_root(doc)); member != NULL; member = json_next(member)) {
        size_t i = find_piece(block, json_key(member)), length;
        const char *raw;

        if (i < BLOCK_PIECES && !written[i]) {
            write_piece(w, i, &block->pieces[i]);
            written[i] = true;
        } else if (i == BLOCK_PIECES) {
            raw = json_raw(doc, member, &length);
            json_add_raw(w, json_key(member), raw, length);
        }
    }
    for (size_t i = 0; i < BLOCK_PIECES; i++)
        if (!written[i] && find_piece(block, PIECES[i].member) == i)
            write_piece(w, i, &block->pieces[i]);
}

static bool is_cut(const struct block *block)
{
    bool cut = false;

    for (size_t i = 0; i < BLOCK_PIECES; i++)
        cut |= block->has[i] && block->pieces[i].cut;
    return cut;
}

const char *block_end(const struct block *block)
{
    struct err err = ERR_INIT;
    struct json_doc *doc = json_parse(block->start, strlen(block->start), &err);
    struct buf out;
    struct json_write w;
    const char *raw = NULL;

    buf_init(&out, 0);
    w = json_write_to(&out);
    json_open(&w, NULL, '{');
    write_members(block, doc, &w);
    json_close(&w);
    if (!out.cut && !is_cut(block))
        raw = arena_strndup(block->arena, out.data, out.length);
    buf_fini(&out);
    json_free(doc);
    return raw;
}

void block_fini(struct block *block)
{
    for (size_t i = 0; i < BLOCK_PIECES; i++)
        if (block->has[i])
            buf_fini(&block->pieces[i]);
}
