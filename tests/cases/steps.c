#include "tests/cases/steps.h"

#include <stdbool.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/file.h"
#include "harness/base/text.h"

#define BLANKS " \t\r"

static bool is_known(const char *word, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

static int refuse(const char *path, size_t line, const char *word, const char *const *words, struct err *err)
{
    const char *near = text_nearest(word, words);

    return err_set_code(err, EXIT_BAD_DATA, "%s line %zu: no word \"%s\"%s%s%s", path, line, word,
                        near != NULL ? "; did you mean \"" : "", near != NULL ? near : "", near != NULL ? "\"?" : "");
}

static struct step split(struct arena *arena, char *text, size_t line)
{
    size_t length = strlen(text), word;

    while (length > 0 && strchr(BLANKS, text[length - 1]) != NULL)
        text[--length] = '\0';
    text += strspn(text, BLANKS);
    word = strcspn(text, BLANKS);
    return (struct step){ .word = arena_strndup(arena, text, word),
                          .rest = text + word + strspn(text + word, BLANKS), .line = line };
}

static int read_lines(const char *path, char *text, const char *const *words, struct arena *arena, struct steps *out,
                      struct err *err)
{
    size_t line = 1;

    for (char *next; text != NULL; text = next, line++) {
        struct step step;
        next = strchr(text, '\n');
        if (next != NULL)
            *next++ = '\0';
        step = split(arena, text, line);
        if (step.word[0] == '\0' || step.word[0] == '#')
            continue;
        if (!is_known(step.word, words))
            return refuse(path, line, step.word, words, err);
        out->items[out->count++] = step;
    }
    return 0;
}

static size_t count_lines(const struct buf *text)
{
    size_t count = 1;

    for (size_t i = 0; i < text->length; i++)
        count += text->data[i] == '\n';
    return count;
}

int steps_read(const char *path, const char *const *words, struct arena *arena, struct steps *out, struct err *err)
{
    struct buf text;
    int result;

    buf_init(&text, 0);
    result = file_read(path, &text, err);
    if (result == 0) {
        *out = (struct steps){ .items = arena_calloc(arena, count_lines(&text), sizeof out->items[0]) };
        result = read_lines(path, arena_strndup(arena, text.data, text.length), words, arena, out, err);
    }
    buf_fini(&text);
    return result;
}
