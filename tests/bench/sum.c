/*
 * sum: what a leaderboard costs SQLite alone: one statement over the tables that `vernier report` reads.
 *
 *     sum STORE
 */
#include <stdio.h>

#include <sqlite3.h>

static const char QUERY[] =
    "SELECT e.task, r.model, count(*), avg(g.score), sum(e.cost_nanousd)"
    " FROM episode e JOIN grade g ON g.id = e.grade JOIN run r ON r.id = e.run GROUP BY 1, 2";

static int print_row(void *context, int count, char **values, char **names)
{
    (void)context;
    (void)names;
    for (int i = 0; i < count; i++)
        printf("%s%c", values[i] != NULL ? values[i] : "", i + 1 < count ? '|' : '\n');
    return 0;
}

int main(int argc, char **argv)
{
    sqlite3 *db = NULL;
    int code;

    if (argc != 2) {
        fprintf(stderr, "usage: sum STORE\n");
        return 64;
    }
    code = sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, QUERY, print_row, NULL, NULL);
    if (code != SQLITE_OK)
        fprintf(stderr, "sum: %s: %s\n", argv[1], sqlite3_errmsg(db));
    sqlite3_close(db);
    return code == SQLITE_OK ? 0 : 74;
}
