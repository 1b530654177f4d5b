#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "harness/base/buf.h"
#include "harness/base/descriptors.h"
#include "harness/base/log.h"
#include "harness/base/mem.h"
#include "harness/base/redact.h"
#include "harness/cli/command.h"
#include "harness/engine/word.h"

#define COMMANDS_MAX 32

extern char **environ;

/* Whatever looks like a key is kept out of everything we write, whether a runner uses it or not. */
static void register_secrets(void)
{
    static const char *const ENDINGS[] = { "_API_KEY", "_TOKEN", "_SECRET", "_PASSWORD" };

    for (char **variable = environ; *variable != NULL; variable++) {
        size_t length = strcspn(*variable, "=");
        char name[128];
        if ((*variable)[length] != '=' || length >= sizeof name)
            continue;
        memcpy(name, *variable, length);
        name[length] = '\0';
        for (size_t i = 0; i < sizeof ENDINGS / sizeof ENDINGS[0]; i++)
            if (length > strlen(ENDINGS[i]) && strcmp(name + length - strlen(ENDINGS[i]), ENDINGS[i]) == 0)
                redact_register_env(name);
        if (length > 6 && (strcasecmp(name + length - 6, "_proxy") == 0))
            redact_register_url(name, *variable + length + 1);
    }
}

/* "//me:pw@", of a text that begins with "//". Takes the text for an address all through. */
static void register_framed(const char *text, size_t length)
{
    const char *at = memrchr(text, '@', length);
    char *framed;

    if (at == NULL)
        return;
    framed = xstrndup(text, (size_t)(at + 1 - text));
    redact_register_url("URL", framed + 2);
    redact_register("URL", framed);
    free(framed);
}

/*
 * Addresses on the command line may hold a password, in any word and more than once ("openai/x,base_url=http://me:pw@h").
 * Short parts, which the redactor does not keep alone, it keeps with the signs around them.
 */
static void register_addresses(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        for (const char *sign = strstr(argv[i], "://"), *next; sign != NULL; sign = next) {
            size_t length = 2 + strcspn(sign + 3, " \t\r\n\"");
            next = strstr(sign + 3, "://");
            if (next != NULL && next < sign + 1 + length)
                length = (size_t)(next - sign - 1);
            register_framed(sign + 1, 2 + strcspn(sign + 3, "/?#"));
            register_framed(sign + 1, length);
        }
}

static void print_overview(FILE *out)
{
    fputs("vernier gives language models their exams, keeps every reply, and tells two models apart.\n\n"
          "usage: vernier COMMAND [options]\n\n", out);
    for (size_t i = 0; commands[i] != NULL; i++)
        fprintf(out, "  %-9s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\nvernier help COMMAND, or COMMAND --help, shows its options and examples.\n", out);
}

static void print_help(const struct command *command)
{
    struct buf options;

    buf_init(&options, 0);
    opt_help(command->options, &options);
    printf("usage: vernier %s %s\n\n%s\n\n%s\nexamples:\n%s", command->name, command->usage, command->summary,
           options.data, command->examples);
    buf_fini(&options);
}

static const struct command *find_command(const char *name)
{
    const char *names[COMMANDS_MAX] = { "help" };
    struct buf nearest;

    for (size_t i = 0; commands[i] != NULL; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
        names[i + 1] = commands[i]->name;
    }
    buf_init(&nearest, 0);
    word_add_nearest(&nearest, name, names);
    log_error("no command \"%.80s\"%s", name, nearest.data);
    buf_fini(&nearest);
    return NULL;
}

static bool wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static int run_command(const struct command *command, int argc, char **argv)
{
    struct err err = ERR_INIT;
    struct opt *opt = opt_parse(command->options, argc, argv, &err);
    int code = opt == NULL ? -1 : command->run(opt, &err);

    opt_free(opt);
    if (code >= 0)
        return code;
    log_error("%s", err.text);
    if (err.code == EXIT_USAGE)
        log_info("`vernier %s --help` shows options and examples", command->name);
    return (int)err.code;
}

static int help(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[2], "help") == 0)
        argc = 2;
    const struct command *command = argc > 2 ? find_command(argv[2]) : NULL;

    if (argc <= 2)
        print_overview(stdout);
    else if (command != NULL)
        print_help(command);
    return argc > 2 && command == NULL ? EXIT_USAGE : EXIT_OK;
}

/* A table that did not reach its file is a failure, not a success without a table. */
static int flushed(int code)
{
    if ((fflush(stdout) != 0 || ferror(stdout)) && code == EXIT_OK) {
        log_error("standard output: could not be written whole");
        return EXIT_STORE;
    }
    return code;
}

int main(int argc, char **argv)
{
    register_secrets();
    register_addresses(argc, argv);
    descriptors_raise();
    if (argc < 2) {
        print_overview(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return flushed(help(argc, argv));
    const struct command *command = strcmp(argv[1], "--version") == 0 ? &command_version : find_command(argv[1]);
    if (command == NULL)
        return EXIT_USAGE;
    if (wants_help(argc - 1, argv + 1)) {
        print_help(command);
        return flushed(EXIT_OK);
    }
    /* Who only prints may end with its reader, as in `show | head`. */
    if (command->talks)
        signal(SIGPIPE, SIG_IGN);
    return flushed(run_command(command, argc - 1, argv + 1));
}
