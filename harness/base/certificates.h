/*
 * certificates: by whom TLS servers are vouched for, where the environment says so: a private authority's file.
 */
#ifndef VERNIER_BASE_CERTIFICATES_H
#define VERNIER_BASE_CERTIFICATES_H

struct buf;

/*
 * The file that CURL_CA_BUNDLE, else SSL_CERT_FILE names, as the program curl reads them (libcurl alone does not); variable
 * gets which, and may be NULL. NULL: neither is set, or is empty; the system's are used.
 */
const char *certificates_own(const char **variable);

/* Adds what mends a TLS failure that was told in those words of curl's: the name, the file, or who vouches for it. */
void certificates_add_fix(struct buf *out, const char *words);

#endif
