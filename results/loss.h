/*
 * loss: a store whose files are taken away while it is being written. For the files of this folder only.
 *
 * A file that is deleted, moved or replaced lives on for whoever has it open: nothing that is written fails, and nothing
 * of it is found again. So after each commit the names are looked at. Where the database has gone, all that is
 * committed is copied to a new file of the same mode beside it, else into the current folder, else /tmp, where it is for
 * its owner alone; and the log that still lies under the old name is removed, as SQLite would read it into whatever is
 * there by now. Where only the log has gone, its rows are taken over into the database. Where only the lock has gone, it
 * is taken anew.
 */
#ifndef VERNIER_RESULTS_LOSS_H
#define VERNIER_RESULTS_LOSS_H

#include "harness/base/err.h"

struct store;

/* A writer's files are where they should be: remembers them. */
void loss_begin(struct store *store);

/*
 * 0: they are still there. -1 with err set (EXIT_STORE), which says where the rows are now; from then on
 * store->is_lost, and nothing may be written. Call where no transaction is open.
 */
int loss_check(struct store *store, struct err *err);

#endif
