#include "harness/engine/word.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/text.h"

/* strtod and strtoll also take blanks, "0x1f", "inf" and "nan": the alphabet shuts them out. */
static bool is_made_of(const char *word, const char *alphabet)
{
    return *word != '\0' && word[strspn(word, alphabet)] == '\0';
}

bool word_to_number(const char *word, double *out)
{
    char *end;
    double value;

    if (!is_made_of(word, "+-.0123456789eE"))
        return false;
    value = strtod(word, &end);
    if (*end != '\0' || !isfinite(value))
        return false;
    *out = value;
    return true;
}

bool word_to_int(const char *word, int64_t *out)
{
    char *end;
    long long value;

    if (!is_made_of(word, "-0123456789"))
        return false;
    errno = 0;
    value = strtoll(word, &end, 10);
    if (*end != '\0' || errno != 0)
        return false;
    *out = value;
    return true;
}

bool word_to_bool(const char *word, bool *out)
{
    static const struct { const char *word; bool value; } WORDS[] = {
        { "on", true },  { "true", true },   { "yes", true }, { "1", true },
        { "off", false }, { "false", false }, { "no", false }, { "0", false },
    };

    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        if (strcmp(word, WORDS[i].word) == 0) {
            *out = WORDS[i].value;
            return true;
        }
    }
    return false;
}

void word_add_nearest(struct buf *out, const char *word, const char *const *names)
{
    const char *nearest = text_nearest(word, names);

    if (nearest != NULL) {
        buf_addf(out, "; did you mean \"%s\"?", nearest);
        return;
    }
    for (size_t i = 0; names[i] != NULL; i++)
        buf_addf(out, "%s%s", i == 0 ? "; known: " : ", ", names[i]);
}
