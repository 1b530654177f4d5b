#include "harness/engine/repetition.h"

#include <stddef.h>
#include <string.h>

#define TAIL_MAX 4096
#define TIMES_MIN 6
#define LENGTH_MIN 600

/*
 * Read backwards, the tail begins with the repeated piece. The prefix function of Knuth, Morris and Pratt gives for
 * each length the longest border, and length minus border is the smallest period of that many last bytes.
 */
bool repetition_ends(const char *text)
{
    size_t length = strlen(text), count = length < TAIL_MAX ? length : TAIL_MAX;
    const char *end = text + length;
    unsigned short border[TAIL_MAX];

    for (size_t i = 0; i < count; i++) {
        size_t k = i > 0 ? border[i - 1] : 0;
        while (k > 0 && end[-1 - (ptrdiff_t)i] != end[-1 - (ptrdiff_t)k])
            k = border[k - 1];
        if (i > 0 && end[-1 - (ptrdiff_t)i] == end[-1 - (ptrdiff_t)k])
            k++;
        border[i] = (unsigned short)k;
        if (i + 1 >= LENGTH_MIN && (i + 1) / (i + 1 - k) >= TIMES_MIN)
            return true;
    }
    return false;
}
