/*
 * Any bytes as a page that a model's server shows of itself: what is kept of it is a positive number or unknown, and a
 * list of names that ends.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "harness/base/arena.h"
#include "harness/base/json.h"
#include "runners/openai_server.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct openai_server server = openai_server_begin();
    struct arena *arena = arena_new();
    struct err err = ERR_INIT;
    struct json_doc *doc = json_parse((const char *)data, size, &err);

    openai_server_read_models(&server, json_root(doc), "m", arena);
    openai_server_read_props(&server, json_root(doc));
    openai_server_read_loaded(&server, json_root(doc), "m");
    openai_server_read_shown(&server, json_root(doc));
    require(server.context == SERVER_UNKNOWN || server.context > 0);
    require(server.slots == SERVER_UNKNOWN || server.slots > 0);
    require(server.ids[server.id_count] == NULL);
    json_free(doc);
    arena_free(arena);
    return 0;
}
