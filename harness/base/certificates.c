#include "harness/base/certificates.h"

#include <stddef.h>
#include <stdlib.h>

const char *certificates_own(const char **variable)
{
    static const char *const names[] = { "CURL_CA_BUNDLE", "SSL_CERT_FILE" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *path = getenv(names[i]);
        if (path == NULL || path[0] == '\0')
            continue;
        if (variable != NULL)
            *variable = names[i];
        return path;
    }
    return NULL;
}
