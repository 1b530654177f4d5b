/*
 * base64: bytes as text and back (RFC 4648, with padding).
 */
#ifndef VERNIER_BASE_BASE64_H
#define VERNIER_BASE_BASE64_H

#include <stddef.h>

struct arena;
struct buf;

/* In the arena, NUL-terminated. */
char *base64_encode(struct arena *arena, const void *data, size_t length);

/* Adds the bytes to out, blanks and newlines in text passed over. -1 when it is no base64; out may hold a part then. */
int base64_decode(const char *text, struct buf *out);

#endif
