#include "runners/count.h"

#include "harness/base/json.h"

void count_take(const struct json *object, const char *key, int64_t *out)
{
    int64_t count;

    if (json_get_int64(object, key, &count) && count >= 0 && count <= COUNT_MAX)
        *out = count;
}
