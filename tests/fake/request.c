#include "tests/fake/request.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/json.h"

#define HEAD_MAX ((size_t)1 << 20)

static const char *find_header(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (strcasecmp(request->headers[i].name, name) == 0)
            return request->headers[i].value;
    return NULL;
}

static int read_first_line(struct request *request, struct arena *arena, const char *line, size_t length)
{
    const char *space = memchr(line, ' ', length);
    const char *end = space == NULL ? NULL : memchr(space + 1, ' ', (size_t)(line + length - space - 1));

    if (end == NULL || strncmp(end, " HTTP/1.", 8) != 0)
        return -1;
    request->method = arena_strndup(arena, line, (size_t)(space - line));
    request->path = arena_strndup(arena, space + 1, (size_t)(end - space - 1));
    return 0;
}

static void read_header(struct request *request, struct arena *arena, const char *line, size_t length)
{
    const char *colon = memchr(line, ':', length);
    size_t skip;

    if (colon == NULL || request->header_count == REQUEST_HEADERS_MAX)
        return;
    skip = (size_t)(colon - line) + 1;
    while (skip < length && line[skip] == ' ')
        skip++;
    request->headers[request->header_count].name = arena_strndup(arena, line, (size_t)(colon - line));
    request->headers[request->header_count++].value = arena_strndup(arena, line + skip, length - skip);
}

/* head ends with the CRLF of its last line. */
static int read_head(struct request *request, struct arena *arena, const char *head, size_t length)
{
    for (size_t at = 0; at < length; ) {
        const char *end = memmem(head + at, length - at, "\r\n", 2);
        size_t size = (size_t)(end - head) - at;

        if (at > 0)
            read_header(request, arena, head + at, size);
        else if (read_first_line(request, arena, head, size) < 0)
            return -1;
        at += size + 2;
    }
    return 0;
}

/* A string, or the texts and tools' results of an array, one after another. */
static void add_content(struct buf *out, const struct json *content)
{
    if (json_text(content) != NULL)
        buf_add_string(out, json_text(content));
    for (const struct json *part = json_first(content); part != NULL; part = json_next(part)) {
        const char *text = json_string(part, "text");

        if (text == NULL)
            text = json_string(part, "content");
        if (text != NULL)
            buf_add_string(out, text);
    }
}

static void read_chat(struct request *request, struct arena *arena, const struct json *root)
{
    struct buf user;

    buf_init(&user, 0);
    for (const struct json *turn = json_first(json_get(root, "messages")); turn != NULL; turn = json_next(turn))
        if (json_string(turn, "role") != NULL && strcmp(json_string(turn, "role"), "user") == 0) {
            buf_clear(&user);
            add_content(&user, json_get(turn, "content"));
        }
    request->user = arena_strdup(arena, user.data);
    buf_fini(&user);
    if (json_string(root, "model") != NULL)
        request->model = arena_strdup(arena, json_string(root, "model"));
    json_get_bool(root, "stream", &request->stream);
    json_get_bool(json_get(root, "stream_options"), "include_usage", &request->include_usage);
}

static bool ends_with(const char *text, size_t length, const char *end)
{
    return length >= strlen(end) && memcmp(text + length - strlen(end), end, strlen(end)) == 0;
}

static void read_body(struct request *request, struct arena *arena)
{
    size_t path_length = strcspn(request->path, "?");
    bool is_post = strcmp(request->method, "POST") == 0;
    struct err err = ERR_INIT;
    struct json_doc *doc;

    request->is_messages = is_post && ends_with(request->path, path_length, "/messages");
    request->is_chat = request->is_messages || (is_post && strstr(request->path, "/chat/completions") != NULL);
    request->model = request->user = "";
    doc = request->body_length > 0 ? json_parse(request->body, request->body_length, &err) : NULL;
    if (doc != NULL)
        read_chat(request, arena, json_root(doc));
    json_free(doc);
}

long request_read(struct request *request, struct arena *arena, const char *data, size_t length)
{
    const char *end = memmem(data, length < HEAD_MAX ? length : HEAD_MAX, "\r\n\r\n", 4);
    size_t head_length;
    const char *value;

    if (end == NULL)
        return length < HEAD_MAX ? 0 : -1;
    *request = (struct request){ .raw = data };
    head_length = (size_t)(end - data) + 4;
    if (read_head(request, arena, data, head_length - 2) < 0)
        return -1;
    value = find_header(request, "content-length");
    request->body = data + head_length;
    request->body_length = value != NULL ? strtoul(value, NULL, 10) : 0;
    if (request->body_length > BUF_CEILING_DEFAULT / 2 || find_header(request, "transfer-encoding") != NULL)
        return -1;
    if (request->body_length > length - head_length)
        return 0;
    request->raw_length = head_length + request->body_length;
    read_body(request, arena);
    return (long)request->raw_length;
}
