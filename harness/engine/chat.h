/*
 * chat: what has been said, as a list of turns of parts. Lives in an arena; only ever grows.
 */
#ifndef VERNIER_ENGINE_CHAT_H
#define VERNIER_ENGINE_CHAT_H

#include <stddef.h>

struct arena;
struct hash;
struct image;

enum chat_role { ROLE_SYSTEM, ROLE_USER, ROLE_MODEL };

enum part_kind {
    PART_TEXT,          /* text */
    PART_REASONING,     /* text the model thought aloud; sent back where a dialect wants it back */
    PART_IMAGE,         /* media_type, data in base64 as text, and perhaps the SHA-256 of its bytes as id */
    PART_TOOL_CALL,     /* id, name, text = its arguments, as JSON */
    PART_TOOL_RESULT,   /* id of the call it answers, text */
    PART_OPAQUE,        /* text = raw JSON of one dialect (name), sent back unchanged */
};

struct part {
    struct part *next;
    enum part_kind kind;
    const char *text, *id, *name, *media_type;     /* NULL where the kind has none */
};

struct turn {
    struct turn *next;
    enum chat_role role;
    struct part *first, *last;
};

struct chat {
    struct arena *arena;
    struct turn *first, *last;
};

struct chat *chat_new(struct arena *arena);

/* A new part in the arena, after last unless that is NULL. text is borrowed. */
struct part *part_append(struct arena *arena, struct part *last, enum part_kind kind, const char *text);

/* Text is copied into the arena. Adds to the last turn when it is of that role, else begins a turn. */
void chat_add_text(struct chat *chat, enum chat_role role, const char *text);
void chat_add_part(struct chat *chat, enum chat_role role, const struct part *part);

/* A picture of which nothing is copied: what image points to outlives the chat. */
void chat_add_image(struct chat *chat, enum chat_role role, const struct image *image);

/* All parts of a reply, as the model's turn. */
void chat_add_parts(struct chat *chat, enum chat_role role, const struct part *first);

size_t chat_count(const struct chat *chat, enum part_kind kind);

/* Feeds the whole chat to hash; the same chat gives the same hash on every machine. */
void chat_hash(const struct chat *chat, struct hash *hash);

/* The same for parts that stand in no chat. */
void parts_hash(const struct part *first, struct hash *hash);

/* A copy of part in the arena, without a next. */
struct part *part_copy(struct arena *arena, const struct part *part);

#endif
