#include "reports/reports.h"

#include <stddef.h>
#include <string.h>

/* Adding a format is its file, its name in reports.h, and one line here, in alphabetical order. */
const struct report *const reports[] = {
    &report_csv,
    &report_json,
    &report_markdown,
    NULL,
};

const struct report *reports_find(const char *name)
{
    for (const struct report *const *report = reports; *report != NULL; report++)
        if (strcmp((*report)->name, name) == 0)
            return *report;
    return NULL;
}
