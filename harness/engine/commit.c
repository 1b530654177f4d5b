#include "harness/engine/commit.h"

#include <stdint.h>
#include <unistd.h>

#include "harness/base/log.h"
#include "harness/engine/purse.h"
#include "results/journal.h"
#include "results/store.h"

#define COMMIT_TRIES 3

static int commit_rows(struct journal *journal, struct purse *purse, struct err *err)
{
    int64_t unsure_nanousd;

    if (purse == NULL || journal_count(journal) == 0)
        return journal_commit(journal, err);
    if (purse_draft(purse, &unsure_nanousd))
        journal_set_unsure(journal, unsure_nanousd);
    if (journal_commit(journal, err) < 0)
        return -1;
    purse_commit(purse);
    return 0;
}

int commit_turn(struct journal *journal, struct purse *purse, struct store *store, struct err *err)
{
    struct err failure = ERR_INIT;

    for (int i = 1; commit_rows(journal, purse, &failure) < 0; i++) {
        if (i == COMMIT_TRIES || store_is_lost(store)) {
            *err = failure;
            return -1;
        }
        log_warn("%s; trying again", failure.text);
        sleep(1);
    }
    return 0;
}
