#include <stdio.h>

#include "harness/base/embedded.h"
#include "harness/base/file.h"
#include "harness/cli/command.h"

#define PATH_DEFAULT "vernier.json"

extern const struct embedded embedded_plan_template_json;
extern const struct embedded embedded_plan_schema_json;

static const struct opt_spec OPTIONS[] = {
    { .name = "schema", .help = "print the JSON Schema of a plan instead, for an editor" },
    { 0 },
};

static int write_plan(const char *path, struct err *err)
{
    const struct embedded *plan = &embedded_plan_template_json;

    if (file_write(path, plan->data, plan->length, true, err) < 0) {
        if (file_exists(path))
            return err_set_code(err, EXIT_USAGE, "%s exists already; name another path, as in: vernier init other.json",
                                path);
        return -1;
    }
    fprintf(stderr, "%s is written: a plan with two small tasks for a model served on this machine.\n\n"
                    "  1. put your model and tasks into it (it says how)\n"
                    "  2. vernier run %s\n", path, path);
    return EXIT_OK;
}

static int run(const struct opt *opt, struct err *err)
{
    const struct embedded *schema = &embedded_plan_schema_json;
    const char *path = opt_operand(opt, 0);

    if (opt_operand_count(opt) > 1)
        return err_set_code(err, EXIT_USAGE, "expected one path, found \"%.80s\" too", opt_operand(opt, 1));
    if (!opt_has(opt, "schema"))
        return write_plan(path != NULL ? path : PATH_DEFAULT, err);
    if (path != NULL)
        return err_set_code(err, EXIT_USAGE, "--schema prints, and takes no path; found \"%.80s\"", path);
    fwrite(schema->data, 1, schema->length, stdout);
    return EXIT_OK;
}

const struct command command_init = {
    .name = "init",
    .summary = "write a plan to start from, with comments",
    .usage = "[PATH] [--schema]",
    .examples = "  vernier init                             # writes " PATH_DEFAULT "\n"
                "  vernier init nightly.json\n"
                "  vernier init --schema > plan.schema.json\n",
    .options = OPTIONS,
    .run = run,
};
