#include "harness/cli/findings.h"

#include <stdio.h>

#include "harness/base/buf.h"
#include "harness/cli/print.h"
#include "harness/cli/rescore.h"

/* The scores last, where they are seen: what profiles read otherwise may be long. */
void findings_print(const struct findings *findings, bool keeps)
{
    struct buf table;

    buf_init(&table, 0);
    if (findings->rescore != NULL && findings->changed > 0)
        buf_add_char(&table, '\n');
    if (findings->rescore != NULL)
        rescore_write(findings->rescore, &table);
    print_out(&table);
    buf_fini(&table);
    printf("%zu graded again, %zu changed", findings->graded, findings->changed);
    if (findings->same_score > 0)
        printf(" (%zu without a change of score)", findings->same_score);
    if (findings->mended > 0)
        printf(" (%zu void until now)", findings->mended);
    printf(", %zu the same%s", findings->same, keeps ? "" : " (nothing kept)");
    if (findings->skipped > 0)
        printf(", %zu without a reply skipped", findings->skipped);
    if (findings->failed > 0)
        printf(", %zu could not be graded and keep what they had", findings->failed);
    putchar('\n');
}
