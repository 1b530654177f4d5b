/* fuzz_hub: any bytes as a page of the rows service, as what a hub says of a commit, as a manifest, as a picture.
 * What is accepted holds what its header promises. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/json.h"
#include "tasks/hub/hub.h"
#include "tasks/hub/info.h"
#include "tasks/hub/manifest.h"
#include "tasks/hub/page.h"
#include "tasks/hub/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_page(const char *text, size_t size)
{
    struct err err = ERR_INIT;
    struct page page;
    size_t rows = 0;

    if (page_parse(text, size, 3, 7, &page, &err) < 0) {
        assert(err.code == EXIT_UNAVAILABLE || err.code == EXIT_BAD_DATA);
        assert(err.text[0] != '\0');
        return;
    }
    for (const struct json *row = page_first(&page); row != NULL; row = json_next(row), rows++)
        assert(json_kind(json_get(row, "row")) == JSON_OBJECT);
    assert(rows == page.count && rows <= 7 && (rows == 0 || 3 + rows <= page.total));
    page_free(&page);
}

static void check_info(struct arena *arena, const char *text, size_t size)
{
    struct err err = ERR_INIT;
    struct info info;

    if (info_parse(arena, text, size, &info, &err) < 0)
        return;
    assert(hub_is_commit(info.commit));
    for (size_t i = 0; i < info.path_count; i++) {
        assert(hub_is_path(info.paths[i]) && info.paths[i][0] != '/' && strstr(info.paths[i], "/../") == NULL);
        assert(i == 0 || strcmp(info.paths[i - 1], info.paths[i]) <= 0);
    }
}

static void check_manifest(struct arena *arena, const char *text, size_t size)
{
    struct manifest manifest, again;
    struct err err = ERR_INIT;
    struct buf once, twice;

    if (manifest_parse(arena, "m", text, size, &manifest, &err) < 0) {
        assert(strncmp(err.text, "m", 1) == 0 && err.code == EXIT_BAD_DATA);
        return;
    }
    buf_init(&once, 0);
    buf_init(&twice, 0);
    manifest_write(&manifest, &once);
    assert(manifest_parse(arena, "m", once.data, once.length, &again, &err) == 0);
    manifest_write(&again, &twice);
    assert(strcmp(once.data, twice.data) == 0);
    buf_fini(&once);
    buf_fini(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    const char *text = (const char *)data;
    struct err err = ERR_INIT;
    struct picture picture;

    check_page(text, size);
    check_info(arena, text, size);
    check_manifest(arena, text, size);
    if (picture_look(text, size, &picture, &err) == 0)
        assert(picture.width > 0 && picture.width <= PICTURE_SIDE_MAX && picture.height > 0 &&
               picture.height <= PICTURE_SIDE_MAX);
    arena_free(arena);
    return 0;
}
