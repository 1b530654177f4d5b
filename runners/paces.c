#include "runners/paces.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "harness/base/mem.h"
#include "runners/pace.h"

struct known { struct known *next; char *url, *model; struct pace pace; };

struct paces { struct known *first; };

struct paces *paces_new(void)
{
    return xcalloc(1, sizeof(struct paces));
}

void paces_free(struct paces *paces)
{
    struct known *known, *next;

    if (paces == NULL)
        return;
    LL_FOREACH_SAFE(paces->first, known, next) {
        free(known->url);
        free(known->model);
        free(known);
    }
    free(paces);
}

struct pace *paces_get(struct paces *paces, const char *url, const char *model, int start)
{
    struct known *known;

    LL_FOREACH(paces->first, known)
        if (strcmp(known->url, url) == 0 && strcmp(known->model, model) == 0)
            return &known->pace;
    known = xcalloc(1, sizeof *known);
    known->url = xstrdup(url);
    known->model = xstrdup(model);
    known->pace = pace_begin(start);
    LL_PREPEND(paces->first, known);
    return &known->pace;
}
