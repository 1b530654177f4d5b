/*
 * Files from servers that cut, send on, refuse, and change their minds. A peer plays one raw answer a connection.
 */
#include "tests/unit/runners/peer.h"

#include <sys/stat.h>

#include "harness/base/buf.h"
#include "harness/base/download.h"
#include "harness/base/file.h"
#include "harness/base/http.h"

#define PIECE(range, body) PEER_ANSWER("206 Partial Content", "Content-Range: bytes " range "\r\n", body)
#define ABCDEF "bef57ec7f53a6d40beb640a780a639c83bc29ac8a9816f1fc6c5c6dcd93c4721"
#define NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct fetched {
    char folder[32], path[64], part[80], heard[65536], hex[65];
    struct err err;
    int status, shown;
};

static int count_shows(void *shown_to, int64_t done, int64_t total)
{
    (void)done;
    (void)total;
    ((struct fetched *)shown_to)->shown++;
    return 0;
}

static void begin(struct fetched *fetched)
{
    *fetched = (struct fetched){ .folder = "/tmp/downloadXXXXXX", .err = ERR_INIT };
    assert_non_null(mkdtemp(fetched->folder));
    snprintf(fetched->path, sizeof fetched->path, "%s/file", fetched->folder);
    snprintf(fetched->part, sizeof fetched->part, "%s/file.part", fetched->folder);
}

static void end(struct fetched *fetched)
{
    unlink(fetched->path);
    unlink(fetched->part);
    rmdir(fetched->folder);
}

static void fetch(struct fetched *fetched, const char *const *answers, const char *sha256)
{
    static const char *const headers[] = { "Authorization: Bearer hf_key", NULL };
    struct peer peer = peer_start(answers);
    struct http *http = http_open(&fetched->err);
    char url[64];

    snprintf(url, sizeof url, "http://127.0.0.1:%d/set/file.jsonl", peer.port);
    const struct download download = { .url = url, .headers = headers, .path = fetched->path, .sha256 = sha256,
                                       .size_max = 1000, .show = count_shows, .shown_to = fetched };
    fetched->status = download_file(http, &download, fetched->hex, &fetched->err);
    http_close(http);
    peer_stop(&peer, fetched->heard, sizeof fetched->heard);
}

static void assert_file(const char *path, const char *expected)
{
    struct err err = ERR_INIT;
    struct buf bytes;

    buf_init(&bytes, 0);
    assert_int_equal(0, file_read(path, &bytes, &err));
    assert_string_equal(expected, bytes.data);
    buf_fini(&bytes);
}

static void expect_file(const char *const *answers, const char *sha256)
{
    struct fetched fetched;

    begin(&fetched);
    fetch(&fetched, answers, sha256);
    assert_string_equal("", fetched.err.text);
    assert_int_equal(0, fetched.status);
    assert_file(fetched.path, "abcdef");
    assert_string_equal(ABCDEF, fetched.hex);
    assert_false(file_exists(fetched.part));
    assert_true(fetched.shown > 0);
    end(&fetched);
}

static void test_download_file_takes_pieces_and_wholes(void **state)
{
    static const char *const whole[] = { PEER_ANSWER("200 OK", "Content-Length: 6\r\n", "abcdef"), NULL };
    static const char *const pieces[] = { PIECE("0-3/6", "abcd"), PIECE("4-5/6", "ef"), NULL };

    (void)state;
    expect_file(whole, ABCDEF);
    expect_file(pieces, NULL);
}

/* What came before the cut is not asked for again. */
static void test_download_file_goes_on_after_a_cut(void **state)
{
    static const char *const answers[] = {
        PEER_ANSWER("206 Partial Content", "Content-Range: bytes 0-5/6\r\nContent-Length: 6\r\n", "abc"),
        PEER_ANSWER("503 Busy", "", ""), PIECE("3-5/6", "def"), NULL };
    struct fetched fetched;

    (void)state;
    begin(&fetched);
    fetch(&fetched, answers, ABCDEF);
    assert_int_equal(0, fetched.status);
    assert_file(fetched.path, "abcdef");
    assert_non_null(strstr(fetched.heard, "Range: bytes=3-"));
    end(&fetched);
}

static void test_download_file_goes_on_where_an_earlier_one_ended(void **state)
{
    static const char *const rest[] = { PIECE("4-5/6", "ef"), NULL };
    static const char *const all[] = { PEER_ANSWER("416 Range", "Content-Range: bytes */6\r\n", ""), NULL };
    static const char *const other[] = { PEER_ANSWER("200 OK", "Content-Length: 6\r\n", "abcdef"), NULL };
    static const char *const *const plays[] = { rest, all, other };
    static const char *const before[] = { "abcd", "abcdef", "xy" };

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct fetched fetched;

        begin(&fetched);
        assert_int_equal(0, file_write(fetched.part, before[i], strlen(before[i]), true, &fetched.err));
        fetch(&fetched, plays[i], ABCDEF);
        assert_int_equal(0, fetched.status);
        assert_file(fetched.path, "abcdef");
        end(&fetched);
    }
}

/* What is left of an earlier start and its ETag ("": none); the answers; whether the rest alone is asked for. */
static const struct left { const char *part, *etag; const char *answers[4]; bool goes_on; } LEFT[] = {
    { "abcd", "\"v1\"", { PIECE("4-5/6", "ef"), NULL }, true },
    /* Another file by now: a server that knows If-Range sends all of it, another one a piece that says so. */
    { "xyzw", "\"v0\"", { PEER_ANSWER("200 OK", "Content-Length: 6\r\nETag: \"v1\"\r\n", "abcdef"), NULL }, true },
    { "xyzw", "\"v0\"", { PEER_ANSWER("206 Partial Content", "Content-Range: bytes 4-5/6\r\nETag: \"v1\"\r\n", "ef"),
                        PIECE("0-5/6", "abcdef"), NULL }, true },
    /* Nobody knows of which file it is. */
    { "xyzw", "", { PIECE("0-5/6", "abcdef"), NULL }, false },
    { "xyzw", "W/\"v1\"", { PIECE("0-5/6", "abcdef"), NULL }, false },
    { "xyzw", "\"v1\"\r\nX: y", { PIECE("0-5/6", "abcdef"), NULL }, false },
};

static void test_download_file_mixes_no_two_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof LEFT / sizeof LEFT[0]; i++) {
        struct fetched fetched;
        char etag[96], asked[64];

        begin(&fetched);
        snprintf(etag, sizeof etag, "%s.etag", fetched.part);
        snprintf(asked, sizeof asked, "If-Range: %s\r\n", LEFT[i].etag);
        assert_int_equal(0, file_write(fetched.part, LEFT[i].part, 4, true, &fetched.err));
        if (LEFT[i].etag[0] != '\0')
            assert_int_equal(0, file_write(etag, LEFT[i].etag, strlen(LEFT[i].etag), true, &fetched.err));
        fetch(&fetched, LEFT[i].answers, NULL);
        assert_string_equal("", fetched.err.text);
        assert_file(fetched.path, "abcdef");
        assert_int_equal(LEFT[i].goes_on, strstr(fetched.heard, "Range: bytes=4-") != NULL);
        assert_int_equal(LEFT[i].goes_on, strstr(fetched.heard, asked) != NULL);
        assert_false(file_exists(etag));
        end(&fetched);
    }
}

/* The ETag is kept for the next start as long as the part is. */
static void test_download_file_keeps_the_etag_of_a_part(void **state)
{
    static const char *const cut[] = {
        PEER_ANSWER("206 Partial Content", "Content-Range: bytes 0-5/6\r\nContent-Length: 6\r\nETag: \"v1\"\r\n", "abc"),
        PEER_ANSWER("404 No", "", ""), NULL };
    static const char *const rest[] = { PIECE("3-5/6", "def"), NULL };
    struct fetched fetched;
    char etag[96];

    (void)state;
    begin(&fetched);
    snprintf(etag, sizeof etag, "%s.etag", fetched.part);
    fetch(&fetched, cut, NULL);
    assert_int_equal(-1, fetched.status);
    assert_file(etag, "\"v1\"");
    fetched.err = (struct err)ERR_INIT;
    fetch(&fetched, rest, NULL);
    assert_int_equal(0, fetched.status);
    assert_file(fetched.path, "abcdef");
    assert_non_null(strstr(fetched.heard, "If-Range: \"v1\"\r\n"));
    assert_false(file_exists(etag));
    end(&fetched);
}

/* Sent on within the host the key goes along; to another it does not. */
static void test_download_file_follows(void **state)
{
    static const char *const answers[] = { PEER_ANSWER("302 Found", "Location: /elsewhere\r\n", ""),
                                           PIECE("0-5/6", "abcdef"), NULL };
    struct fetched fetched;
    const char *second;

    (void)state;
    begin(&fetched);
    fetch(&fetched, answers, NULL);
    assert_int_equal(0, fetched.status);
    second = strstr(fetched.heard, "GET /elsewhere");
    assert_non_null(second);
    assert_non_null(strstr(second, "hf_key"));
    end(&fetched);
}

static void test_download_file_gives_its_key_to_one_host(void **state)
{
    static const char *const there[] = { PIECE("0-5/6", "abcdef"), NULL };
    struct peer cdn = peer_start(there);
    char redirect[200], heard[65536];
    const char *answers[] = { redirect, NULL };
    struct fetched fetched;

    (void)state;
    snprintf(redirect, sizeof redirect,
             PEER_ANSWER("302 Found", "Location: http://localhost:%d/cdn?Signature=1\r\n", ""), cdn.port);
    begin(&fetched);
    fetch(&fetched, answers, NULL);
    peer_stop(&cdn, heard, sizeof heard);
    assert_int_equal(0, fetched.status);
    assert_non_null(strstr(fetched.heard, "hf_key"));
    assert_non_null(strstr(heard, "GET /cdn?Signature=1"));
    assert_null(strstr(heard, "hf_key"));
    end(&fetched);
}

/* A hub names the hash of a large file as it sends on to it: what then comes must have it. */
static void test_download_file_holds_a_hub_to_its_word(void **state)
{
    static const char *const good[] = {
        PEER_ANSWER("302 Found", "Location: /cdn\r\nX-Linked-ETag: \"" ABCDEF "\"\r\n", ""), PIECE("0-5/6", "abcdef"), NULL };
    static const char *const cut[] = {
        PEER_ANSWER("302 Found", "Location: /cdn\r\nX-Linked-ETag: \"" ABCDEF "\"\r\n", ""), PEER_ANSWER("200 OK", "", "abc"), NULL };
    struct fetched fetched;

    (void)state;
    expect_file(good, NULL);
    begin(&fetched);
    fetch(&fetched, cut, NULL);
    assert_int_equal(EXIT_BAD_DATA, fetched.err.code);
    assert_non_null(strstr(fetched.err.text, "its sha256 differs"));
    assert_false(file_exists(fetched.part));
    end(&fetched);
}

static const struct bad { const char *answers[12]; const char *sha256; enum exit_code code; const char *words; } BAD[] = {
    { { PEER_ANSWER("401 No", "", "") }, NULL, EXIT_UNAVAILABLE, "HTTP 401: it wants a key that may read this" },
    { { PEER_ANSWER("404 No", "", "") }, NULL, EXIT_UNAVAILABLE, "HTTP 404: there is no such file" },
    { { PEER_ANSWER("200 OK", "Content-Length: 6\r\n", "abcdeg") }, ABCDEF, EXIT_BAD_DATA, "its sha256 differs" },
    { { PEER_ANSWER("200 OK", "Content-Length: 99999\r\n", "") }, NULL, EXIT_BAD_DATA, "larger than it may be" },
    { { PIECE("0-3/6", "abcd"), PIECE("4-5/8", "ef") }, NULL, EXIT_BAD_DATA, "changed while it was fetched" },
    { { PEER_ANSWER("302 Found", "Location: ftp:x\r\n", "") }, NULL, EXIT_UNAVAILABLE, "sends us on, and nowhere" },
    { { PEER_ANSWER("429 Later", "Retry-After: 4000\r\n", "") }, NULL, EXIT_UNAVAILABLE, "HTTP 429" },
};

static void test_download_file_says_what_is_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct fetched fetched;

        begin(&fetched);
        fetch(&fetched, BAD[i].answers, BAD[i].sha256);
        assert_int_equal(-1, fetched.status);
        assert_int_equal(BAD[i].code, fetched.err.code);
        assert_non_null(strstr(fetched.err.text, BAD[i].words));
        assert_non_null(strstr(fetched.err.text, "http://127.0.0.1:"));
        assert_false(file_exists(fetched.path));
        end(&fetched);
    }
}

static void test_download_file_of_nothing_is_a_file(void **state)
{
    static const char *const answers[] = { PEER_ANSWER("416 Range", "Content-Range: bytes */0\r\n", ""), NULL };
    struct fetched fetched;

    (void)state;
    begin(&fetched);
    fetch(&fetched, answers, NULL);
    assert_int_equal(0, fetched.status);
    assert_string_equal(NOTHING, fetched.hex);
    end(&fetched);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_download_file_takes_pieces_and_wholes),
        cmocka_unit_test(test_download_file_goes_on_after_a_cut),
        cmocka_unit_test(test_download_file_goes_on_where_an_earlier_one_ended),
        cmocka_unit_test(test_download_file_mixes_no_two_files),
        cmocka_unit_test(test_download_file_keeps_the_etag_of_a_part),
        cmocka_unit_test(test_download_file_follows),
        cmocka_unit_test(test_download_file_gives_its_key_to_one_host),
        cmocka_unit_test(test_download_file_holds_a_hub_to_its_word),
        cmocka_unit_test(test_download_file_says_what_is_wrong),
        cmocka_unit_test(test_download_file_of_nothing_is_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
