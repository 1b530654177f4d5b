/*
 * hash: SHA-256 (nettle), in one go or piece by piece; hex is in small letters, with its NUL. The same on every machine.
 *
 * A struct hash is the caller's, who begins with hash_init; it holds nothing that had to be freed. Any thread may have its
 * own.
 */
#ifndef VERNIER_BASE_HASH_H
#define VERNIER_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <nettle/sha2.h>

#define HASH_HEX_SIZE 65

struct hash { struct sha256_ctx sha256; };

void hash_init(struct hash *hash);
void hash_add(struct hash *hash, const void *data, size_t length);
void hash_string(struct hash *hash, const char *text);      /* its length first, so ("ab","c") is not ("a","bc") */
void hash_int(struct hash *hash, int64_t value);            /* as eight bytes, the least first */
void hash_hex(const struct hash *hash, char hex[HASH_HEX_SIZE]);     /* of what was added so far; more may be added */

void hash_sha256(const void *data, size_t length, unsigned char digest[32]);
void hash_sha256_hex(const void *data, size_t length, char hex[HASH_HEX_SIZE]);

struct err;

/* Of a file, which may be large and is read in pieces; *size becomes its bytes. -1 with err set (EXIT_BAD_DATA): it cannot
 * be read. */
int hash_file(const char *path, char hex[HASH_HEX_SIZE], int64_t *size, struct err *err);

#endif
