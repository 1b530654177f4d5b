#include "harness/engine/purse.h"

#include <assert.h>

bool purse_reserve(struct purse *purse, int64_t worst_nanousd)
{
    assert(worst_nanousd >= 0);
    if (purse->cap_nanousd > 0 && worst_nanousd > purse->cap_nanousd - purse->spent_nanousd - purse->reserved_nanousd) {
        purse->is_empty |= purse->reserved_nanousd == 0;
        return false;
    }
    purse->reserved_nanousd += worst_nanousd;
    return true;
}

void purse_settle(struct purse *purse, int64_t worst_nanousd, int64_t cost_nanousd)
{
    assert(purse->reserved_nanousd >= worst_nanousd);
    purse->reserved_nanousd -= worst_nanousd;
    if (cost_nanousd < 0)
        purse->unsure_nanousd += worst_nanousd;
    purse->spent_nanousd += cost_nanousd < 0 ? worst_nanousd : cost_nanousd;
}

void purse_add_spent(struct purse *purse, int64_t nanousd)
{
    purse->spent_nanousd += nanousd;
}
