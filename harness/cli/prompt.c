#include "harness/cli/prompt.h"

#include <stdio.h>
#include <string.h>

#include "harness/cli/print.h"
#include "harness/engine/episode.h"

static void print_image(const struct part *part)
{
    size_t length = strlen(part->text), padding = 0;

    while (padding < length && part->text[length - 1 - padding] == '=')
        padding++;
    printf("[%s, %zu bytes, sha256 %.12s]", part->media_type, length / 4 * 3 - padding, part->id != NULL ? part->id : "?");
}

static void print_turn(const struct turn *turn)
{
    printf("--- %s\n", turn->role == ROLE_SYSTEM ? "system" : turn->role == ROLE_USER ? "user" : "model");
    for (const struct part *part = turn->first; part != NULL; part = part->next)
        if (part->kind == PART_IMAGE)
            print_image(part);
        else
            print_foreign(part->text);
    putchar('\n');
}

/* What may follow the prompt, quoted: its blanks count. */
static void print_continuations(const struct episode *ep)
{
    puts("--- how likely is each of these after it");
    for (size_t i = 0; i < ep->sample->choice_count; i++) {
        fputs("  \"", stdout);
        print_foreign(ep->continuations[i]);
        puts("\"");
    }
}

void prompt_print(const struct task *task, const struct profile *profile, const struct sample *sample, uint64_t seed)
{
    struct episode *ep = episode_new(task, profile, sample, 1, seed);

    task->prompt(ep);
    printf("%s, profile %s, sample ", task->name, profile->name);
    print_foreign(sample->id);
    putchar('\n');
    for (const struct turn *turn = ep->chat->first; turn != NULL; turn = turn->next)
        print_turn(turn);
    if (ep->continuations != NULL)
        print_continuations(ep);
    fputs("--- expected: ", stdout);
    print_foreign(ep->target);
    if (profile->stop != NULL) {
        fputs("; not read from there on: ", stdout);
        print_foreign(profile->stop);
    }
    putchar('\n');
    episode_free(ep);
}
