#include "tasks/maths/policy.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

const struct policy policies[] = {
    { POLICY_UNREDUCED, "unreduced", "2/4 for 1/2", true },
    { POLICY_UNEVALUATED, "unevaluated", "4493 + 2 for 4495: arithmetic that was not finished", true },
    { POLICY_PERCENT_DROPPED, "percent_dropped", "12 for 12%", true },
    { POLICY_PERCENT_AS_FRACTION, "percent_as_fraction", "0.12 for 12%, only exactly", true },
    { POLICY_INTERVAL_AS_INEQUALITY, "interval_as_inequality", "0 <= x <= 1 for [0,1]", true },
    { POLICY_ASSIGNMENTS_AS_POINT, "assignments_as_point", "x=2, y=3 for (2,3)", true },
    { POLICY_BASE_DROPPED, "base_dropped", "1010 for 1010_2", true },
    { POLICY_BASE_TEN_MARKED, "base_ten_marked", "10_{10} for 1010_2", true },
    { POLICY_BASE_TEN_BARE, "base_ten_bare", "10 for 1010_2", false },
    { POLICY_LEFT_SIDE_DROPPED, "left_side_dropped", "2x+3 for y=2x+3", true },
    { POLICY_OTHER_VARIABLE, "other_variable", "y=2 for x=2", false },
    { POLICY_VECTOR_ORIENTATION, "vector_orientation", "a row for a column", false },
    { POLICY_TUPLE_WITHOUT_BRACKETS, "tuple_without_brackets", "2,3 for (2,3)", true },
    { POLICY_DEGREES_FOR_RADIANS, "degrees_for_radians", "90 degrees for pi/2", false },
    { POLICY_UNIT_CONVERTED, "unit_converted", "75 cents for $0.75", true },
    { POLICY_OTHER_UNIT, "other_unit", "15 m for 15 cm", false },
    { POLICY_ROUNDED_DECIMAL, "rounded_decimal", "0.333 for 1/3, 3.14 for pi", false },
    { POLICY_REAL_ODD_ROOT, "real_odd_root", "the cube root of -8 is -2, not its principal root", true },
    { POLICY_NUMBER_WORD, "number_word", "seven for 7", true },
    { POLICY_LETTER_CASE, "letter_case", "X for x", false },
    { POLICY_DECIMAL_COMMA, "decimal_comma", "3,14 for 3.14", false },
    { POLICY_SERIES_VALUE, "series_value", "a closed form for a sum, where both can be worked out", false },
    { POLICY_RATIO_AS_FRACTION, "ratio_as_fraction", "3/2 for 3:2", false },
    { POLICY_RATIO_MULTIPLE, "ratio_multiple", "6:4 for 3:2", true },
    { POLICY_EMPTY_AS_WORDS, "empty_as_words", "no solution for the empty set", true },
    { POLICY_SLASH_EITHER_WAY, "slash_either_way", "1/2x may mean x/2 or 1/(2x)", true },
    { POLICY_HALF_DAY_ADDED, "half_day_added", "3:30 PM for 3:30", true },
    { POLICY_LIST_ANY_ORDER, "list_any_order", "3,1,2 for 1,2,3", true },
    { POLICY_WORDING, "wording", "northeast for north-east, \"The function is even.\" for even", true },
    { POLICY_VECTOR_NOTATION, "vector_notation", "<1,2> for (1,2), [[1,2],[3,4]] for a matrix", true },
    { POLICY_ELLIPSIS, "ellipsis", "1,2,...,10 written out", true },
    { POLICY_SPACED_THOUSANDS, "spaced_thousands", "32, 349 for 32349", false },
    { 0, NULL, NULL, false },
};

/* What prm800k's grader refuses, of the above. */
#define PRM800K_REFUSED (POLICY_UNREDUCED | POLICY_BASE_DROPPED | POLICY_BASE_TEN_MARKED | POLICY_PERCENT_AS_FRACTION | \
    POLICY_UNIT_CONVERTED | POLICY_VECTOR_NOTATION | POLICY_WORDING | POLICY_ELLIPSIS)

static const struct {
    const char *name;
    uint32_t refused;
} PROFILES[] = {
    { "canonical", 0 },
    { "prm800k_strict", PRM800K_REFUSED },
};

bool policy_profile(const char *name, uint32_t *bits)
{
    for (size_t i = 0; i < sizeof PROFILES / sizeof PROFILES[0]; i++) {
        if (strcmp(name, PROFILES[i].name) != 0)
            continue;
        *bits = 0;
        for (const struct policy *policy = policies; policy->name != NULL; policy++)
            if (policy->on)
                *bits |= policy->bit;
        *bits &= ~PROFILES[i].refused;
        return true;
    }
    return false;
}
