#include "tasks/hub/gallery.h"

#include <stdbool.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/http.h"
#include "tasks/hub/hub.h"
#include "tasks/hub/picture.h"
#include "tasks/hub/pour.h"

#define AT_ONCE_MAX 8
/* How often who looks on is asked, at least. */
#define WAIT_MS 100

struct piece {
    struct piece *next;
    size_t row;
    const char *column, *url;
    const char *path;               /* NULL: it has not come */
};

struct gallery {
    struct hub *hub;
    struct pour *pour;
    struct arena *arena;
    struct piece *first, **last;
    struct http_inbox inbox;
    size_t in_flight;
    bool is_refused;
};

struct gallery *gallery_new(struct hub *hub, struct pour *pour)
{
    struct arena *arena = arena_new();
    struct gallery *gallery = arena_alloc(arena, sizeof *gallery);

    *gallery = (struct gallery){ .hub = hub, .pour = pour, .arena = arena };
    gallery->last = &gallery->first;
    return gallery;
}

void gallery_free(struct gallery *gallery)
{
    http_drop(gallery->hub->http, &gallery->inbox);
    arena_free(gallery->arena);
}

static struct piece *find_piece(const struct gallery *gallery, size_t row, const char *column)
{
    for (struct piece *piece = gallery->first; piece != NULL; piece = piece->next)
        if (piece->row == row && strcmp(piece->column, column) == 0)
            return piece;
    return NULL;
}

const char *gallery_find(const struct gallery *gallery, size_t row, const char *column)
{
    const struct piece *piece = find_piece(gallery, row, column);

    return piece != NULL ? piece->path : NULL;
}

void gallery_add(struct gallery *gallery, size_t row, const char *column, const char *url)
{
    struct piece *piece = find_piece(gallery, row, column);

    if (piece == NULL) {
        piece = arena_alloc(gallery->arena, sizeof *piece);
        *piece = (struct piece){ .row = row, .column = arena_strdup(gallery->arena, column) };
        *gallery->last = piece;
        gallery->last = &piece->next;
    }
    piece->url = arena_strdup(gallery->arena, url);
}

/* Starts as many as may be in flight, from *next on. */
static void start_some(struct gallery *gallery, struct piece **next)
{
    for (; *next != NULL && gallery->in_flight < AT_ONCE_MAX && !gallery->is_refused; *next = (*next)->next) {
        if ((*next)->path != NULL)
            continue;
        hub_start(gallery->hub, (*next)->url, PICTURE_BYTES_MAX, &gallery->inbox, *next);
        gallery->in_flight++;
    }
}

/* What is no picture, or does not go to the disk, will be said by who fetches it alone. */
static void keep(struct gallery *gallery, const struct http_call *call)
{
    struct piece *piece = call->owner;
    char path[PICTURE_NAME_SIZE + sizeof POUR_PICTURES];
    struct err ignored = ERR_INIT;

    if (call->end != HTTP_ANSWERED || call->status != 200) {
        gallery->is_refused = gallery->is_refused || call->status == 403 || call->status == 429 || call->status >= 500 ||
                              call->end == HTTP_REFUSED || call->end == HTTP_NO_HOST;
        return;
    }
    if (pour_picture(gallery->pour, call->body.data, call->body.length, path, sizeof path, &ignored) == 0)
        piece->path = arena_strdup(gallery->arena, path);
}

int gallery_fetch(struct gallery *gallery, const struct hub_progress *progress, struct err *err)
{
    struct hub *hub = gallery->hub;
    struct piece *next = gallery->first;
    struct http_call *call;

    gallery->is_refused = false;
    start_some(gallery, &next);
    while (gallery->in_flight > 0) {
        http_wait(hub->http, NULL, 0, WAIT_MS);
        while ((call = http_collect(&gallery->inbox)) != NULL) {
            gallery->in_flight--;
            keep(gallery, call);
            http_free_call(call);
        }
        if (hub->show != NULL && hub->show(hub->shown_to, progress) != 0)
            return err_set_code(err, EXIT_INTERRUPTED, "interrupted; what has come stays");
        start_some(gallery, &next);
    }
    return 0;
}
