/*
 * reports: the formats a scoreboard can be written in; a scoreboard in, text out.
 *
 * Foreign text (names of models, tasks, categories) is made safe for where it goes: shown escaped for terminals and
 * pages, guarded against formulas in a spreadsheet, quoted in JSON.
 */
#ifndef VERNIER_REPORTS_REPORTS_H
#define VERNIER_REPORTS_REPORTS_H

struct buf;
struct scoreboard;

struct report {
    const char *name;               /* as in --format */
    const char *summary;            /* one line for help */

    /* Adds the whole report to out. A scoreboard holds no text of any sample, so private tasks need no care here. */
    void (*write)(const struct scoreboard *board, struct buf *out);

    /* The same, of what each task's mean is made of (board->by). */
    void (*write_parts)(const struct scoreboard *board, struct buf *out);
};

extern const struct report report_csv, report_json, report_markdown;

/* All of them, NULL-terminated. */
extern const struct report *const reports[];

const struct report *reports_find(const char *name);      /* NULL when there is none */

#endif
