/* Any bytes as a server's rate-limit headers: the first byte says where the one ends and the other begins. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "harness/base/mem.h"
#include "harness/base/rate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t split = size > 0 && data[0] < size ? data[0] : 0;
    char *remaining = xstrndup((const char *)data, split);
    char *reset = xstrndup((const char *)data + split, size - split);
    int64_t wait_ms = rate_wait_ms(remaining, reset, INT64_C(1795290531000));
    int64_t with_none_left_ms = rate_wait_ms("0", reset, INT64_C(1795290531000));

    if (wait_ms < -1 || wait_ms > 600000 || (wait_ms >= 0 && wait_ms != with_none_left_ms))
        abort();
    free(remaining);
    free(reset);
    return 0;
}
