#include <stdint.h>

#include "harness/engine/grading.h"
#include "tasks/readers/final.h"
#include "tasks/readers/integer_box.h"
#include "tasks/readers/readers.h"

static int read_integer(const struct grading *grading, struct arena *arena, struct answer *out, struct err *err)
{
    struct final final;

    (void)err;
    if (final_read(grading->said->text, SIZE_MAX, arena, &final))
        *out = integer_answer(integer_find(final.text, arena), arena);
    else
        *out = (struct answer){ .note = final.note };
    return 0;
}

const struct reader reader_integer_canonical = {
    .name = "canonical",
    .grader = "integer",
    .summary = "the last box with something in it, else after the last \"answer:\"; 0 to 999",
    .version = 2,
    .read = read_integer,
};
