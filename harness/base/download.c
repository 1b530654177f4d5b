#include "harness/base/download.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/backoff.h"
#include "harness/base/buf.h"
#include "harness/base/file.h"
#include "harness/base/hash.h"
#include "harness/base/http.h"
#include "harness/base/mem.h"

#define REDIRECTS_MAX 5

/* Asked for at once; a server that knows no ranges sends all, up to size_max. */
#define PIECE_BYTES ((int64_t)16 << 20)

enum { WANTS_LOCATION, WANTS_RANGE, WANTS_LINKED, WANTS_ETAG };

/* A download under way. */
struct haul {
    struct http *http;
    const struct download *what;
    char *url;                  /* where it is now, after redirects */
    bool is_elsewhere;          /* on another host than the one that was asked first */
    int redirects;
    FILE *part;
    char *part_path, *etag_path;
    struct buf etag;            /* of the file that the part is of; "": the server gave none */
    int64_t done, total;        /* bytes; total -1: not known */
    char linked[HASH_HEX_SIZE]; /* the sha256 that the first host names; "": it names none */
    struct backoff backoff;
    struct err *err;
};

/* "https://host:port" of an URL. */
static size_t origin_length(const char *url)
{
    const char *host = strstr(url, "://");

    return host == NULL ? strlen(url) : (size_t)(host + 3 - url) + strcspn(host + 3, "/?#");
}

static bool is_same_origin(const char *a, const char *b)
{
    return origin_length(a) == origin_length(b) && strncmp(a, b, origin_length(a)) == 0;
}

static int fail(struct haul *haul, enum exit_code code, const char *why)
{
    return err_set_code(haul->err, code, "%.*s: %s", (int)origin_length(haul->url), haul->url, why);
}

static struct http_call *ask(struct haul *haul)
{
    const char *headers[17] = { NULL };
    const struct http_request request = {
        .method = "GET", .url = haul->url, .headers = headers,
        .wants = { "location", "content-range", "x-linked-etag", "etag" },
        .reply_max = (size_t)haul->what->size_max,
        .connect_ms = 30000, .first_byte_ms = 60000, .idle_ms = 60000, .total_ms = 24 * 3600 * 1000,
    };
    struct http_call *call;
    struct buf same;
    char range[64];
    size_t count = 0;

    buf_init(&same, 0);
    if (!haul->is_elsewhere && haul->what->headers != NULL)
        for (size_t i = 0; haul->what->headers[i] != NULL && count < 14; i++)
            headers[count++] = haul->what->headers[i];
    snprintf(range, sizeof range, "Range: bytes=%" PRId64 "-%" PRId64, haul->done, haul->done + PIECE_BYTES - 1);
    headers[count++] = range;
    buf_addf(&same, "If-Range: %s", haul->etag.data);
    if (haul->done > 0 && haul->etag.length > 0)
        headers[count++] = same.data;
    call = http_perform(haul->http, &request);
    buf_fini(&same);
    return call;
}

/* From the start: what the server sends now is not what comes after what is there. */
static int start_over(struct haul *haul)
{
    haul->done = 0;
    rewind(haul->part);
    return ftruncate(fileno(haul->part), 0) == 0 ? 0 : fail(haul, EXIT_STORE, strerror(errno));
}

/* What is there now is of the file that is called so; only a strong ETag tells two files apart (RFC 9110, 8.8.1). */
static int note_etag(struct haul *haul, const char *etag)
{
    buf_clear(&haul->etag);
    if (etag != NULL && etag[0] == '"')
        buf_add_string(&haul->etag, etag);
    unlink(haul->etag_path);
    if (haul->etag.length == 0)
        return 0;
    return file_write(haul->etag_path, haul->etag.data, haul->etag.length, true, haul->err);
}

/* A server that takes no heed of If-Range sends a piece of another file. */
static bool is_of_another(const struct haul *haul, const char *etag)
{
    return haul->done > 0 && haul->etag.length > 0 && etag != NULL && strcmp(etag, haul->etag.data) != 0;
}

/* -1 with err set where the person wants no more of it. */
static int show(const struct haul *haul)
{
    if (haul->what->show == NULL || haul->what->show(haul->what->shown_to, haul->done, haul->total) == 0)
        return 0;
    return err_set_code(haul->err, EXIT_INTERRUPTED, "interrupted; what has come stays");
}

static int keep(struct haul *haul, const struct http_call *call)
{
    if (haul->done + (int64_t)call->body.length > haul->what->size_max)
        return fail(haul, EXIT_BAD_DATA, "the file is larger than it may be");
    if (fseeko(haul->part, haul->done, SEEK_SET) < 0 ||
        fwrite(call->body.data, 1, call->body.length, haul->part) != call->body.length || fflush(haul->part) != 0)
        return err_set_code(haul->err, EXIT_STORE, "%s: %s", haul->part_path, strerror(errno));
    haul->done += (int64_t)call->body.length;
    if (call->body.length > 0)
        haul->backoff.tries = 0;
    return show(haul);
}

/* "bytes 100-199/1000". False when it does not begin where we are; *total -1 where it stands as "*". */
static bool read_range(const struct haul *haul, const char *text, int64_t *total)
{
    int64_t first, last;
    char of[32] = "";

    if (text == NULL || sscanf(text, "bytes %" SCNd64 "-%" SCNd64 "/%31s", &first, &last, of) != 3 || first != haul->done)
        return false;
    *total = of[0] == '*' ? -1 : strtoll(of, NULL, 10);
    return true;
}

static int goes_on(void *haul)
{
    return show(haul) == 0;
}

static int try_again(struct haul *haul, const struct http_call *call, const char *why)
{
    int64_t wait_ms = backoff_next_ms(&haul->backoff, call->retry_after_ms);

    if (wait_ms < 0)
        return fail(haul, EXIT_UNAVAILABLE, why);
    return backoff_sleep(wait_ms, goes_on, haul) ? 0 : -1;
}

/* A signed address has its day: the one that was asked first gives a fresh one. */
static int go_back(struct haul *haul, const struct http_call *call)
{
    free(haul->url);
    haul->url = xstrdup(haul->what->url);
    haul->is_elsewhere = false;
    haul->redirects = 0;
    return try_again(haul, call, "the address it sends us to lets nobody in");
}

/* A hub names the sha256 of a large file as it sends on to where that lies: "..." or W/"..." around 64 digits. */
static void note_linked(struct haul *haul, const char *etag)
{
    size_t begin = etag != NULL ? strcspn(etag, "\"") : 0;

    if (etag == NULL || haul->is_elsewhere)
        return;
    etag = etag[begin] == '"' ? etag + begin + 1 : etag;
    if (strspn(etag, "0123456789abcdef") == HASH_HEX_SIZE - 1)
        memcpy(haul->linked, etag, HASH_HEX_SIZE - 1);
}

static int follow(struct haul *haul, const struct http_call *call)
{
    const char *location = call->got[WANTS_LOCATION];
    bool is_whole = location != NULL && strstr(location, "://") != NULL;
    size_t length = origin_length(haul->url);
    struct buf url;

    if (location == NULL || (!is_whole && location[0] != '/') || ++haul->redirects > REDIRECTS_MAX)
        return fail(haul, EXIT_UNAVAILABLE, "it sends us on, and nowhere");
    if (strncmp(haul->url, "https:", 6) == 0 && is_whole && strncmp(location, "https:", 6) != 0)
        return fail(haul, EXIT_UNAVAILABLE, "it sends us on to a place without TLS");
    buf_init(&url, 0);
    buf_add(&url, haul->url, is_whole ? 0 : length);
    buf_add_string(&url, location);
    note_linked(haul, call->got[WANTS_LINKED]);
    haul->is_elsewhere = haul->is_elsewhere || !is_same_origin(haul->what->url, url.data);
    free(haul->url);
    haul->url = buf_take(&url);
    buf_fini(&url);
    return 0;
}

static int refuse(struct haul *haul, const struct http_call *call)
{
    const char *words = haul->what->refused != NULL ? haul->what->refused : "it wants a key that may read this";
    bool is_closed = call->status == 401 || call->status == 403;
    char why[800];

    if (haul->is_elsewhere && is_closed)
        return go_back(haul, call);
    snprintf(why, sizeof why, "HTTP %d%s%s", call->status, is_closed ? ": " : "", is_closed ? words
             : call->status == 404 ? ": there is no such file" : "");
    if (call->status == 408 || call->status == 425 || call->status == 429 || call->status >= 500)
        return try_again(haul, call, why);
    return fail(haul, EXIT_UNAVAILABLE, why);
}

/* A piece, or all of it; cut short, it is kept as far as it goes. */
static int take(struct haul *haul, const struct http_call *call)
{
    int64_t total = -1;
    bool is_piece = call->status == 206 && read_range(haul, call->got[WANTS_RANGE], &total);

    bool is_other = is_piece && is_of_another(haul, call->got[WANTS_ETAG]);

    if ((!is_piece || is_other) && haul->done > 0 && start_over(haul) < 0)
        return -1;
    if (is_other)
        return try_again(haul, call, "the file changed while it was fetched");
    if (!is_piece && call->status == 206)
        return try_again(haul, call, "it sends another part of the file than was asked for");
    if (is_piece && haul->total >= 0 && total >= 0 && total != haul->total)
        return fail(haul, EXIT_BAD_DATA, "the file changed while it was fetched");
    if (is_piece)
        haul->total = total;
    else if (call->end == HTTP_ANSWERED)
        haul->total = (int64_t)call->body.length;
    if (haul->done == 0 && note_etag(haul, call->got[WANTS_ETAG]) < 0)
        return -1;
    return keep(haul, call);
}

/* Nothing stands behind what is there already: it is whole, or not what the server has. */
static int end_of_range(struct haul *haul, const struct http_call *call)
{
    const char *range = call->got[WANTS_RANGE];
    int64_t total = range != NULL && strncmp(range, "bytes */", 8) == 0 ? strtoll(range + 8, NULL, 10) : -1;

    if (total >= 0 && total == haul->done) {
        haul->total = total;
        return 0;
    }
    if (start_over(haul) < 0)
        return -1;
    return try_again(haul, call, "it has no such part of the file");
}

static int heed(struct haul *haul, const struct http_call *call)
{
    if (call->status == 200 || call->status == 206) {
        if (call->end == HTTP_TOO_LONG)
            return fail(haul, EXIT_BAD_DATA, "the file is larger than it may be");
        if (take(haul, call) < 0)
            return -1;
        return call->end == HTTP_ANSWERED ? 0 : try_again(haul, call, call->error);
    }
    if (call->end == HTTP_TLS || call->end == HTTP_NOT_HTTP)
        return fail(haul, EXIT_UNAVAILABLE, call->error);
    if (call->end != HTTP_ANSWERED)
        return try_again(haul, call, call->error);
    if (call->status == 416)
        return end_of_range(haul, call);
    if (call->status >= 301 && call->status <= 308 && call->status != 304)
        return follow(haul, call);
    return refuse(haul, call);
}

static int fetch(struct haul *haul)
{
    int status = 0;

    while (status == 0 && (haul->total < 0 || haul->done < haul->total)) {
        struct http_call *call = ask(haul);

        status = heed(haul, call);
        http_free_call(call);
    }
    return status;
}

static int hash_part(struct haul *haul, char hex[HASH_HEX_SIZE])
{
    struct hash hash;
    char bytes[65536];
    size_t n;

    hash_init(&hash);
    rewind(haul->part);
    while ((n = fread(bytes, 1, sizeof bytes, haul->part)) > 0)
        hash_add(&hash, bytes, n);
    if (ferror(haul->part))
        return err_set_code(haul->err, EXIT_STORE, "%s: %s", haul->part_path, strerror(errno));
    hash_hex(&hash, hex);
    return 0;
}

/* A file that is not what was expected goes: the next start must not go on with it. */
static int finish(struct haul *haul, char hex[HASH_HEX_SIZE])
{
    const char *expected = haul->what->sha256 != NULL ? haul->what->sha256 : haul->linked;

    if (hash_part(haul, hex) < 0)
        return -1;
    if (*expected != '\0' && strcmp(expected, hex) != 0) {
        unlink(haul->part_path);
        unlink(haul->etag_path);
        return fail(haul, EXIT_BAD_DATA, "the file is not the one that was expected (its sha256 differs)");
    }
    if (fsync(fileno(haul->part)) < 0 || rename(haul->part_path, haul->what->path) < 0)
        return err_set_code(haul->err, EXIT_STORE, "%s: %s", haul->what->path, strerror(errno));
    unlink(haul->etag_path);
    return 0;
}

/* A part that neither an ETag nor a sha256 holds to its file may be of another one. */
static int read_etag(struct haul *haul)
{
    struct err none = ERR_INIT;

    if (haul->done == 0)
        return 0;
    if (file_exists(haul->etag_path) && file_read(haul->etag_path, &haul->etag, &none) < 0)
        buf_clear(&haul->etag);
    if (haul->etag.data[strcspn(haul->etag.data, "\r\n")] != '\0' || haul->etag.data[0] != '"')
        buf_clear(&haul->etag);
    return haul->etag.length > 0 || haul->what->sha256 != NULL ? 0 : start_over(haul);
}

static int open_part(struct haul *haul)
{
    struct stat there;

    haul->part = fopen(haul->part_path, "r+b");
    if (haul->part == NULL)
        haul->part = fopen(haul->part_path, "w+b");
    if (haul->part == NULL || fstat(fileno(haul->part), &there) < 0)
        return err_set_code(haul->err, EXIT_STORE, "%s: %s", haul->part_path, strerror(errno));
    haul->done = there.st_size;
    return read_etag(haul);
}

static char *join(const char *path, const char *ending)
{
    size_t size = strlen(path) + strlen(ending) + 1;
    char *both = xmalloc(size);

    snprintf(both, size, "%s%s", path, ending);
    return both;
}

int download_file(struct http *http, const struct download *download, char hex[HASH_HEX_SIZE], struct err *err)
{
    struct haul haul = { .http = http, .what = download, .url = xstrdup(download->url), .total = -1,
                         .backoff = backoff_new(), .err = err };
    int status = -1;

    buf_init(&haul.etag, 0);
    haul.part_path = join(download->path, ".part");
    haul.etag_path = join(download->path, ".part.etag");
    if (open_part(&haul) == 0 && fetch(&haul) == 0)
        status = finish(&haul, hex);
    if (haul.part != NULL)
        fclose(haul.part);
    free(haul.etag_path);
    free(haul.part_path);
    buf_fini(&haul.etag);
    free(haul.url);
    return status;
}
