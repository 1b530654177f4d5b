#include <stdio.h>

#include "harness/cli/command.h"

static const struct opt_spec OPTIONS[] = { { 0 } };

static int run(const struct opt *opt, struct err *err)
{
    (void)opt;
    (void)err;
    puts("vernier " VERNIER_VERSION);
    return EXIT_OK;
}

const struct command command_version = {
    .name = "version", .summary = "print the version", .usage = "", .examples = "  vernier version\n",
    .options = OPTIONS, .run = run,
};
