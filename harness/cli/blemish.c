#include "harness/cli/blemish.h"

#include <stdio.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/log.h"
#include "harness/base/text.h"
#include "harness/cli/print.h"
#include "harness/cli/resolve.h"

static bool says_the_same(const struct sample *sample)
{
    for (size_t i = 0; i < sample->choice_count; i++)
        if (i != sample->correct && strcmp(sample->choices[i], sample->choices[sample->correct]) == 0)
            return true;
    return false;
}

static bool has_empty_choice(const struct sample *sample)
{
    for (size_t i = 0; i < sample->choice_count; i++)
        if (sample->choices[i][0] == '\0')
            return true;
    return false;
}

static bool is_mended(const char *text)
{
    return text != NULL && strstr(text, TEXT_REPLACEMENT) != NULL;
}

static bool has_mended(const struct sample *sample)
{
    for (size_t i = 0; i < sample->choice_count; i++)
        if (is_mended(sample->choices[i]))
            return true;
    return is_mended(sample->input) || is_mended(sample->target);
}

static const struct blemish {
    const char *words;                              /* after "3 of 10 questions" */
    bool (*has)(const struct sample *sample);
    bool is_warned;                                 /* also where a run begins */
} BLEMISHES[] = {
    { "have a choice that says the same as the right one, and scores 0", says_the_same, true },
    { "have an empty choice", has_empty_choice, false },
    { "hold U+FFFD, where a character was lost (an escape such as \\ud800 is none)", has_mended, false },
};

/* "3 of 10 questions have ...; the first is "x"". False: none has it. */
static bool describe(const struct blemish *blemish, const struct work *work, struct buf *out)
{
    const char *first = NULL;
    size_t count = 0;

    for (size_t i = 0; i < work->sample_count; i++)
        if (blemish->has(work->samples[i])) {
            first = count++ == 0 ? work->samples[i]->id : first;
        }
    if (count > 0)
        buf_addf(out, "%zu of %zu questions %s; the first is \"%s\"", count, work->sample_count, blemish->words, first);
    return count > 0;
}

static bool describe_doubles(const struct dataset *dataset, struct buf *out)
{
    if (dataset->double_count > 0)
        buf_addf(out, "%s: %zu rows stand there a second time and are taken once", dataset->path, dataset->double_count);
    return dataset->double_count > 0;
}

static bool describe_pictures(const struct dataset *dataset, struct buf *out)
{
    if (dataset->picture_missing_count > 0)
        buf_addf(out, "%s: %zu samples name pictures they have not; the words stay", dataset->path,
                 dataset->picture_missing_count);
    return dataset->picture_missing_count > 0;
}

typedef void tell_fn(const struct work *work, const char *words);

static void tell(const struct work *work, bool all, tell_fn *say)
{
    static bool (*const OF_FILE[])(const struct dataset *, struct buf *) = { describe_doubles, describe_pictures };
    struct buf text;

    buf_init(&text, 0);
    for (size_t i = 0; i < sizeof OF_FILE / sizeof OF_FILE[0]; i++, buf_clear(&text))
        if (OF_FILE[i](work->dataset, &text))
            say(work, text.data);
    for (size_t i = 0; i < sizeof BLEMISHES / sizeof BLEMISHES[0]; i++, buf_clear(&text))
        if ((all || BLEMISHES[i].is_warned) && describe(&BLEMISHES[i], work, &text))
            say(work, text.data);
    buf_fini(&text);
}

static void warn(const struct work *work, const char *words)
{
    log_warn("%s: %s", work->task->name, words);
}

void blemish_warn(const struct resolved *resolved)
{
    for (size_t i = 0; i < resolved->count; i++)
        tell(&resolved->works[i], false, warn);
}

static void print(const struct work *work, const char *words)
{
    (void)work;
    fputs("note   ", stdout);
    print_foreign(words);
    putchar('\n');
}

void blemish_print(const struct work *work)
{
    tell(work, true, print);
}
