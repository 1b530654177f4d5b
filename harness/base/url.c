#include "harness/base/url.h"

#include <string.h>

const char *url_skip_scheme(const char *url)
{
    size_t length = strspn(url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    return strncmp(url + length, "://", 3) == 0 ? url + length + 3 : url;
}

const char *url_find_user(const char *url, size_t *length)
{
    const char *start = url_skip_scheme(url), *at = strrchr(start, '@');

    if (at == NULL)
        return NULL;
    *length = (size_t)(at - start);
    return start;
}

const char *url_host(const char *url)
{
    const char *start = url_skip_scheme(url), *at = strrchr(start, '@');

    return at != NULL ? at + 1 : start;
}

bool url_is_doubtful(const char *url)
{
    const char *path = strchr(url_skip_scheme(url), '/');

    return path != NULL && strchr(path, '@') != NULL;
}
