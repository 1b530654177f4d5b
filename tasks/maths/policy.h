/*
 * policy: what graders disagree about, one bit each. A profile is a set of bits. A verdict names the bits without
 * which it would have been "different", so a report can say what each one is worth.
 */
#ifndef VERNIER_MATHS_POLICY_H
#define VERNIER_MATHS_POLICY_H

#include <stdbool.h>
#include <stdint.h>

/* Set: accepted. */
enum maths_policy {
    POLICY_UNREDUCED = 1u << 0,
    POLICY_UNEVALUATED = 1u << 1,
    POLICY_PERCENT_DROPPED = 1u << 2,
    POLICY_PERCENT_AS_FRACTION = 1u << 3,
    POLICY_INTERVAL_AS_INEQUALITY = 1u << 4,
    POLICY_ASSIGNMENTS_AS_POINT = 1u << 5,
    POLICY_BASE_DROPPED = 1u << 6,
    POLICY_BASE_TEN_MARKED = 1u << 7,
    POLICY_BASE_TEN_BARE = 1u << 8,
    POLICY_LEFT_SIDE_DROPPED = 1u << 9,
    POLICY_OTHER_VARIABLE = 1u << 10,
    POLICY_VECTOR_ORIENTATION = 1u << 11,
    POLICY_TUPLE_WITHOUT_BRACKETS = 1u << 12,
    POLICY_DEGREES_FOR_RADIANS = 1u << 13,
    POLICY_UNIT_CONVERTED = 1u << 14,
    POLICY_OTHER_UNIT = 1u << 15,
    POLICY_ROUNDED_DECIMAL = 1u << 16,
    POLICY_REAL_ODD_ROOT = 1u << 17,
    POLICY_NUMBER_WORD = 1u << 18,
    POLICY_LETTER_CASE = 1u << 19,
    POLICY_DECIMAL_COMMA = 1u << 20,
    POLICY_SERIES_VALUE = 1u << 21,
    POLICY_RATIO_AS_FRACTION = 1u << 22,
    POLICY_RATIO_MULTIPLE = 1u << 23,
    POLICY_EMPTY_AS_WORDS = 1u << 24,
    POLICY_SLASH_EITHER_WAY = 1u << 25,
    POLICY_HALF_DAY_ADDED = 1u << 26,
    POLICY_LIST_ANY_ORDER = 1u << 27,
    POLICY_WORDING = 1u << 28,
    POLICY_VECTOR_NOTATION = 1u << 29,
    POLICY_ELLIPSIS = 1u << 30,
    POLICY_SPACED_THOUSANDS = 1u << 31,
};

struct policy {
    uint32_t bit;
    const char *name;           /* "percent_dropped" */
    const char *summary;        /* what is accepted when it is on */
    bool on;                    /* in the profile canonical */
};

/* By bit; ends with a name of NULL. */
extern const struct policy policies[];

/* The bits of a profile ("canonical", "prm800k_strict"); false when there is none of that name. */
bool policy_profile(const char *name, uint32_t *bits);

#endif
