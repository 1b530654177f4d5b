#include "tasks/readers/integer.h"

#include "harness/base/arena.h"
#include "tasks/readers/figure.h"

struct integer integer_of_digits(struct span digits, struct arena *arena)
{
    struct integer integer = { .value = 0 };

    for (size_t i = 0; i < digits.length; i++) {
        if (digits.text[i] == ',')
            continue;
        integer.value = integer.value * 10 + (digits.text[i] - '0');
        if (integer.value > INTEGER_MAX) {
            integer.value = INTEGER_NONE;
            integer.note = arena_printf(arena, "%s is outside 0..%d", figure_quote(digits, arena), INTEGER_MAX);
            return integer;
        }
    }
    return integer;
}

struct answer integer_answer(struct integer integer, struct arena *arena)
{
    if (integer.value == INTEGER_NONE)
        return (struct answer){ .note = integer.note };
    return (struct answer){ .text = arena_printf(arena, "%d", integer.value) };
}
