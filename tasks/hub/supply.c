#include "tasks/hub/supply.h"

#include <stddef.h>

#include "harness/base/http.h"
#include "harness/base/log.h"
#include "harness/engine/task.h"
#include "tasks/hub/fetch.h"
#include "tasks/hub/hub.h"
#include "tasks/hub/shelf.h"

static int show(void *shown_to, const struct hub_progress *progress)
{
    const struct supply *supply = shown_to;

    return supply->show == NULL ? 0 : supply->show(progress);
}

static const struct manifest_entry *bring(const struct supply *supply, struct hub *hub, struct shelf *shelf,
                                          const struct provenance *source, struct err *err)
{
    const struct fetch_wish wish = { .source = source };
    const struct manifest_entry *entry;

    hub->show = show;
    hub->shown_to = (void *)(size_t)supply;
    entry = fetch_set(hub, shelf, &wish, err);
    if (supply->shown != NULL)
        supply->shown();
    if (entry != NULL && source->revision == NULL)
        log_info("%s: the task pins no commit, so the newest was fetched: %s", shelf->manifest.task, entry->revision);
    return entry;
}

/* Whoever waited finds that another has fetched it. */
static const struct manifest_entry *fetch(const struct supply *supply, struct shelf *shelf,
                                          const struct provenance *source,
                                          struct err *err)
{
    const struct manifest_entry *entry = NULL;
    struct http *http = http_open(err);
    struct hub hub;

    if (http != NULL && hub_open(&hub, http, shelf->arena, err) == 0 &&
        hub_check_online(&hub, shelf->manifest.task, err) == 0 && shelf_lock(shelf, supply->waits, err) == 0) {
        entry = manifest_find(&shelf->manifest, source, source->revision);
        if (entry == NULL)
            entry = bring(supply, &hub, shelf, source, err);
    }
    http_close(http);
    return entry;
}

const char *supply_find(const struct supply *supply, struct arena *arena, const char *task,
                        const struct provenance *source,
                        struct err *err)
{
    const struct manifest_entry *entry;
    const char *path = NULL;
    struct shelf shelf;

    if (shelf_open(&shelf, arena, task, err) < 0)
        return NULL;
    entry = manifest_find(&shelf.manifest, source, source->revision);
    if (entry == NULL)
        entry = fetch(supply, &shelf, source, err);
    if (entry != NULL && shelf_check(&shelf, entry, err) == 0)
        path = shelf_path(&shelf, entry);
    shelf_close(&shelf);
    return path;
}
