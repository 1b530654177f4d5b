#include "harness/base/jsonl.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/buf.h"
#include "harness/base/encoding.h"
#include "harness/base/file.h"
#include "harness/base/hash.h"
#include "harness/base/json.h"
#include "harness/base/mem.h"

#define CHUNK_BYTES ((size_t)64 << 10)

struct jsonl {
    char *path;
    int fd;                     /* -1: the bytes are in memory */
    char *chunk;                /* what was last read from fd */
    const char *data;           /* the bytes at hand, in chunk or the caller's */
    size_t length, at;
    struct buf text;            /* the line being read; never longer than a document may be */
    size_t line;
    struct hash hash;
};

static struct jsonl *new_jsonl(const char *path, int fd)
{
    struct jsonl *jsonl = xcalloc(1, sizeof *jsonl);

    jsonl->path = xstrdup(path);
    jsonl->fd = fd;
    buf_init(&jsonl->text, JSON_SIZE_MAX);
    hash_init(&jsonl->hash);
    return jsonl;
}

struct jsonl *jsonl_open(const char *path, struct err *err)
{
    int fd = file_open(path, err);
    struct jsonl *jsonl;
    struct stat status;

    if (fd < 0)
        return NULL;
    if (fstat(fd, &status) < 0) {
        err_set_code(err, EXIT_BAD_DATA, "%s: %s", path, strerror(errno));
        close(fd);
        return NULL;
    }
    if (S_ISDIR(status.st_mode)) {
        close(fd);
        err_set_code(err, EXIT_BAD_DATA, "%s: is a folder", path);
        return NULL;
    }
    jsonl = new_jsonl(path, fd);
    jsonl->chunk = xmalloc(CHUNK_BYTES);
    jsonl->data = jsonl->chunk;
    return jsonl;
}

struct jsonl *jsonl_open_memory(const char *name, const char *data, size_t length, struct err *err)
{
    struct jsonl *jsonl = new_jsonl(name, -1);

    (void)err;
    jsonl->data = data;
    jsonl->length = length;
    return jsonl;
}

/* 1 when there are bytes at hand, 0 at the end, -1 with err set. */
static int refill(struct jsonl *jsonl, struct err *err)
{
    ssize_t got;

    if (jsonl->at < jsonl->length)
        return 1;
    if (jsonl->fd < 0)
        return 0;
    do {
        got = read(jsonl->fd, jsonl->chunk, CHUNK_BYTES);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_set_code(err, EXIT_BAD_DATA, "%s line %zu: %s", jsonl->path, jsonl->line + 1, strerror(errno));
    jsonl->at = 0;
    jsonl->length = (size_t)got;
    return got > 0;
}

/* Reads one line into text, without its newline. 1: there was one, 0: the end, -1 with err set. */
static int read_line(struct jsonl *jsonl, struct err *err)
{
    bool begun = false;
    int more;

    buf_clear(&jsonl->text);
    while ((more = refill(jsonl, err)) > 0) {
        const char *start = jsonl->data + jsonl->at;
        const char *newline = memchr(start, '\n', jsonl->length - jsonl->at);
        size_t length = newline == NULL ? jsonl->length - jsonl->at : (size_t)(newline - start);
        size_t taken = newline == NULL ? length : length + 1;

        begun = true;
        buf_add(&jsonl->text, start, length);
        hash_add(&jsonl->hash, start, taken);
        jsonl->at += taken;
        if (newline != NULL || jsonl->text.cut)
            break;
    }
    if (more < 0)
        return -1;
    jsonl->line += begun;
    return begun;
}

/* The mark at the file's start is taken off here, or a first line with nothing else would be no blank one. */
static bool is_blank(struct jsonl *jsonl, const char **start)
{
    const char *text = jsonl->text.data;

    if (jsonl->line == 1 && strncmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3;
    *start = text;
    text += strspn(text, " \t\r");
    return text == jsonl->text.data + jsonl->text.length;
}

/* The parser saw one line and calls it the first. */
static int say_line(const struct jsonl *jsonl, const struct err *why, struct err *err)
{
    static const char first[] = "line 1: ";
    const char *text = why->text;

    if (strncmp(text, first, strlen(first)) == 0)
        text += strlen(first);
    return err_set_code(err, EXIT_BAD_DATA, "%s line %zu: %s", jsonl->path, jsonl->line, text);
}

/* A line without end (a device, a wrong file) is not read to its end. */
static void end_reading(struct jsonl *jsonl)
{
    jsonl->at = jsonl->length;
    if (jsonl->fd >= 0)
        close(jsonl->fd);
    jsonl->fd = -1;
}

int jsonl_next(struct jsonl *jsonl, struct json_doc **doc, struct err *err)
{
    struct err why = ERR_INIT;
    const char *start;
    int more;

    do {
        more = read_line(jsonl, err);
        if (more <= 0)
            return more;
        if (jsonl->text.cut)
            return end_reading(jsonl), err_set_code(err, EXIT_BAD_DATA, "%s line %zu: longer than %zu bytes",
                                                    jsonl->path, jsonl->line, JSON_SIZE_MAX);
        if (encoding_check(jsonl->text.data, jsonl->text.length, &why) < 0)
            return say_line(jsonl, &why, err);
    } while (is_blank(jsonl, &start));
    *doc = json_parse_row(start, jsonl->text.length - (size_t)(start - jsonl->text.data), &why);
    return *doc != NULL ? 1 : say_line(jsonl, &why, err);
}

size_t jsonl_line(const struct jsonl *jsonl)
{
    return jsonl->line;
}

const char *jsonl_path(const struct jsonl *jsonl)
{
    return jsonl->path;
}

void jsonl_sha256(const struct jsonl *jsonl, char hex[65])
{
    hash_hex(&jsonl->hash, hex);
}

void jsonl_close(struct jsonl *jsonl)
{
    if (jsonl == NULL)
        return;
    if (jsonl->fd >= 0)
        close(jsonl->fd);
    buf_fini(&jsonl->text);
    free(jsonl->chunk);
    free(jsonl->path);
    free(jsonl);
}
