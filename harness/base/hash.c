#include "harness/base/hash.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/err.h"

static void to_hex(const unsigned char digest[SHA256_DIGEST_SIZE], char hex[HASH_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < SHA256_DIGEST_SIZE; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[HASH_HEX_SIZE - 1] = '\0';
}

void hash_init(struct hash *hash)
{
    sha256_init(&hash->sha256);
}

void hash_add(struct hash *hash, const void *data, size_t length)
{
    sha256_update(&hash->sha256, length, data);
}

/* Eight bytes, little end first, so that a hash is the same on every machine. */
void hash_int(struct hash *hash, int64_t value)
{
    uint64_t bytes = htole64((uint64_t)value);

    hash_add(hash, &bytes, sizeof bytes);
}

void hash_string(struct hash *hash, const char *text)
{
    size_t length = strlen(text);

    hash_int(hash, (int64_t)length);
    hash_add(hash, text, length);
}

/* nettle resets a context when it gives the digest, so a copy is asked. */
void hash_hex(const struct hash *hash, char hex[HASH_HEX_SIZE])
{
    struct sha256_ctx copy = hash->sha256;
    unsigned char digest[SHA256_DIGEST_SIZE];

    sha256_digest(&copy, sizeof digest, digest);
    to_hex(digest, hex);
}

void hash_sha256(const void *data, size_t length, unsigned char digest[32])
{
    struct sha256_ctx sha256;

    sha256_init(&sha256);
    sha256_update(&sha256, length, data);
    sha256_digest(&sha256, SHA256_DIGEST_SIZE, digest);
}

void hash_sha256_hex(const void *data, size_t length, char hex[HASH_HEX_SIZE])
{
    unsigned char digest[SHA256_DIGEST_SIZE];

    hash_sha256(data, length, digest);
    to_hex(digest, hex);
}

int hash_file(const char *path, char hex[HASH_HEX_SIZE], int64_t *size, struct err *err)
{
    FILE *in = fopen(path, "rb");
    struct hash hash;
    char bytes[65536];
    size_t n;
    int status = 0;

    if (in == NULL)
        return err_set_code(err, EXIT_BAD_DATA, "%s: %s", path, strerror(errno));
    hash_init(&hash);
    for (*size = 0; (n = fread(bytes, 1, sizeof bytes, in)) > 0; *size += (int64_t)n)
        hash_add(&hash, bytes, n);
    if (ferror(in))
        status = err_set_code(err, EXIT_BAD_DATA, "%s: %s", path, strerror(errno));
    fclose(in);
    hash_hex(&hash, hex);
    return status;
}
