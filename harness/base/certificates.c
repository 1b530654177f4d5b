#include "harness/base/certificates.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/buf.h"

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

/* libcurl's words with OpenSSL, 7.88 to 8, which gives a wrong name and no authority one code. */
static const struct { const char *words; enum { FIX_NAME, FIX_FILE } fix; } TROUBLES[] = {
    { "subject name matches", FIX_NAME },
    { "does not match target host name", FIX_NAME },
    { "error setting certificate", FIX_FILE },
    { "error adding trust anchors", FIX_FILE },
};

static void add_authority(struct buf *out, const char *variable, const char *path)
{
    if (path == NULL)
        buf_add_string(out, "where its certificate is a private authority's, name that one's: SSL_CERT_FILE=FILE (PEM); a "
                       "whole bundle, for it replaces the system's");
    else
        buf_addf(out, "%s=%s says alone whom to trust%s: where its certificate is a private authority's, that one's (PEM) "
                 "must stand there; where it is not, unset it", variable, path,
                 strcmp(variable, "CURL_CA_BUNDLE") == 0 ? ", and wins over SSL_CERT_FILE" : "");
    buf_add_string(out, "; a server without TLS is asked by http://");
}

void certificates_add_fix(struct buf *out, const char *words)
{
    const char *variable = NULL, *path = certificates_own(&variable);

    for (size_t i = 0; i < sizeof TROUBLES / sizeof TROUBLES[0]; i++) {
        if (strstr(words, TROUBLES[i].words) == NULL)
            continue;
        if (TROUBLES[i].fix == FIX_NAME)
            buf_add_string(out, "ask it by a name that its certificate holds (--base-url)");
        else if (path != NULL)
            buf_addf(out, "%s=%s: expected a file of certificates (PEM) that can be read; correct it, or unset it", variable,
                     path);
        else
            buf_add_string(out, "the system's certificates cannot be read: install ca-certificates, or name a bundle "
                           "(SSL_CERT_FILE=FILE)");
        return;
    }
    add_authority(out, variable, path);
}
