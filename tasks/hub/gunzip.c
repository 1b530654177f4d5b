#include "tasks/hub/gunzip.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

/* -1 with err set; -2: the file is damaged. gzread hands a file without the magic on as it is; that is then no .gz. */
static int copy(gzFile in, const char *from, FILE *out, const char *to, int64_t size_max, struct err *err)
{
    char bytes[65536];
    int64_t total = 0;
    int n;

    while ((n = gzread(in, bytes, sizeof bytes)) > 0) {
        total += n;
        if (gzdirect(in) || total > size_max)
            return err_set_code(err, EXIT_BAD_DATA, "%s: %s", from, gzdirect(in) ? "expected gzip, found other bytes"
                                                                                 : "unpacks to more than it may");
        if (fwrite(bytes, 1, (size_t)n, out) != (size_t)n)
            return err_set_code(err, EXIT_STORE, "%s: %s", to, strerror(errno));
    }
    return n < 0 ? -2 : 0;
}

int gunzip(const char *from, const char *to, int64_t size_max, struct err *err)
{
    gzFile in = gzopen(from, "rb");
    FILE *out = in == NULL ? NULL : fopen(to, "wb");
    int status = -1;

    if (in == NULL)
        return err_set_code(err, EXIT_BAD_DATA, "%s: %s", from, strerror(errno));
    if (out == NULL)
        err_set_code(err, EXIT_STORE, "%s: %s", to, strerror(errno));
    else
        status = copy(in, from, out, to, size_max, err);
    if (out != NULL && fclose(out) != 0 && status == 0)
        status = err_set_code(err, EXIT_STORE, "%s: %s", to, strerror(errno));
    if ((gzclose_r(in) != Z_OK && status == 0) || status == -2)     /* one cut short ends well, and closes badly */
        status = err_set_code(err, EXIT_BAD_DATA, "%s: expected a whole .gz file, found one damaged or cut short",
                              from);
    return status;
}
