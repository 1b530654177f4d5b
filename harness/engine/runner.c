#include "harness/engine/runner.h"

const struct runner_type *runner_type(const struct runner *runner)
{
    return *(const struct runner_type *const *)runner;
}
