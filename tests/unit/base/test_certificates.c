/* What mends a TLS failure, by curl's words and by what the environment names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/certificates.h"

static const struct { const char *curl, *ssl, *words, *said, *unsaid; } CASES[] = {
    { NULL, NULL, "SSL certificate problem: self-signed certificate", "name that one's: SSL_CERT_FILE=FILE", "CURL_CA_BUNDLE" },
    { NULL, "b.pem", "SSL certificate problem: self-signed certificate", "SSL_CERT_FILE=b.pem says alone", "wins over" },
    { "a.pem", "b.pem", "SSL certificate problem: self-signed certificate", "CURL_CA_BUNDLE=a.pem says alone", "b.pem" },
    { "", "b.pem", "SSL certificate problem: self-signed certificate", "SSL_CERT_FILE=b.pem says alone", "wins over" },
    { "a.pem", NULL, "SSL: no alternative certificate subject name matches target host name 'x'", "a name that its certificate holds",
      "a.pem" },
    { "a.pem", "b.pem", "error setting certificate file: a.pem", "CURL_CA_BUNDLE=a.pem: expected a file", "b.pem" },
    { NULL, NULL, "error setting certificate file: /etc/ssl/x", "install ca-certificates", "CURL_CA_BUNDLE" },
};

static void set(const char *name, const char *value)
{
    if (value == NULL)
        unsetenv(name);
    else
        setenv(name, value, 1);
}

static void test_fixes(void **state)
{
    struct buf out;

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        set("CURL_CA_BUNDLE", CASES[i].curl);
        set("SSL_CERT_FILE", CASES[i].ssl);
        buf_init(&out, 0);
        certificates_add_fix(&out, CASES[i].words);
        if (strstr(out.data, CASES[i].said) == NULL || strstr(out.data, CASES[i].unsaid) != NULL)
            fail_msg("case %zu: %s", i, out.data);
        buf_fini(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_fixes) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
