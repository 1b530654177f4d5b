#include <stddef.h>

#include "harness/cli/command.h"

const struct command *const commands[] = {
    &command_run,
    &command_report,
    &command_show,
    &command_why,
    &command_grade,
    &command_list,
    &command_fetch,
    &command_init,
    &command_check,
    &command_doctor,
    &command_try,
    &command_version,
    NULL,
};
