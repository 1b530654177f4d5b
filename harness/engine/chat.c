#include "harness/engine/chat.h"

#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/hash.h"
#include "harness/engine/sample.h"

struct part *part_append(struct arena *arena, struct part *last, enum part_kind kind, const char *text)
{
    struct part *part = arena_alloc(arena, sizeof *part);

    part->kind = kind;
    part->text = text;
    if (last != NULL)
        last->next = part;
    return part;
}

struct chat *chat_new(struct arena *arena)
{
    struct chat *chat = arena_alloc(arena, sizeof *chat);

    chat->arena = arena;
    return chat;
}

struct part *part_copy(struct arena *arena, const struct part *part)
{
    struct part *copy = arena_alloc(arena, sizeof *copy);

    copy->kind = part->kind;
    copy->text = arena_strdup(arena, part->text);
    copy->id = arena_strdup(arena, part->id);
    copy->name = arena_strdup(arena, part->name);
    copy->media_type = arena_strdup(arena, part->media_type);
    return copy;
}

static struct turn *turn_of(struct chat *chat, enum chat_role role)
{
    struct turn *turn = chat->last;

    if (turn != NULL && turn->role == role)
        return turn;
    turn = arena_alloc(chat->arena, sizeof *turn);
    turn->role = role;
    if (chat->last != NULL)
        chat->last->next = turn;
    else
        chat->first = turn;
    chat->last = turn;
    return turn;
}

static void append(struct chat *chat, enum chat_role role, struct part *part)
{
    struct turn *turn = turn_of(chat, role);

    if (turn->last != NULL)
        turn->last->next = part;
    else
        turn->first = part;
    turn->last = part;
}

void chat_add_part(struct chat *chat, enum chat_role role, const struct part *part)
{
    append(chat, role, part_copy(chat->arena, part));
}

void chat_add_image(struct chat *chat, enum chat_role role, const struct image *image)
{
    struct part *part = arena_alloc(chat->arena, sizeof *part);

    *part = (struct part){ .kind = PART_IMAGE, .text = image->base64, .id = image->sha256,
                           .media_type = image->media_type };
    append(chat, role, part);
}

void chat_add_parts(struct chat *chat, enum chat_role role, const struct part *first)
{
    for (const struct part *part = first; part != NULL; part = part->next)
        chat_add_part(chat, role, part);
}

void chat_add_text(struct chat *chat, enum chat_role role, const char *text)
{
    chat_add_part(chat, role, &(struct part){ .kind = PART_TEXT, .text = text });
}

size_t chat_count(const struct chat *chat, enum part_kind kind)
{
    size_t count = 0;

    for (const struct turn *turn = chat->first; turn != NULL; turn = turn->next)
        for (const struct part *part = turn->first; part != NULL; part = part->next)
            count += part->kind == kind;
    return count;
}

/* An absent field and an empty one are told apart by the length that hash_string writes, so NULL gets its own mark. */
static void hash_field(struct hash *hash, const char *text)
{
    hash_int(hash, text != NULL);
    if (text != NULL)
        hash_string(hash, text);
}

/* No kind and no role is this: it tells where parts and turns end, so no two chats run into the same bytes. */
#define END (-1)

/* Of a picture that has a name its megabytes were hashed when it got it. */
static const char *hashed_text(const struct part *part)
{
    return part->kind == PART_IMAGE && part->id != NULL ? NULL : part->text;
}

void parts_hash(const struct part *first, struct hash *hash)
{
    for (const struct part *part = first; part != NULL; part = part->next) {
        hash_int(hash, part->kind);
        hash_field(hash, hashed_text(part));
        hash_field(hash, part->id);
        hash_field(hash, part->name);
        hash_field(hash, part->media_type);
    }
    hash_int(hash, END);
}

void chat_hash(const struct chat *chat, struct hash *hash)
{
    for (const struct turn *turn = chat->first; turn != NULL; turn = turn->next) {
        hash_int(hash, turn->role);
        parts_hash(turn->first, hash);
    }
    hash_int(hash, END);
}
