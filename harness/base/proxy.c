#include "harness/base/proxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/base/url.h"

/* Where no port is said (CURL_DEFAULT_PROXY_PORT). */
#define PORT 1080
#define PORT_HTTPS 443

static const struct { const char *variable; bool http, https; } VARIABLES[] = {
    { "http_proxy", true, false }, { "https_proxy", false, true }, { "HTTPS_PROXY", false, true },
    { "all_proxy", true, true }, { "ALL_PROXY", true, true },
};

/* Of "proxy:3128", "[::1]:3128" and "proxy". */
static int read_port(const char *host, size_t length, int otherwise)
{
    const char *colon = memrchr(host, ':', length), *bracket = memchr(host, ']', length);
    long port;

    if (colon == NULL || (bracket != NULL && colon < bracket))
        return otherwise;
    port = strtol(colon + 1, NULL, 10);
    return port > 0 && port < 65536 ? (int)port : 0;
}

static void read_place(const char *value, struct proxy *proxy)
{
    const char *host = url_host(value);
    size_t length = strcspn(host, "/?#");
    int otherwise = strncasecmp(value, "https://", 8) == 0 ? PORT_HTTPS : PORT;
    bool has_port;

    proxy->port = read_port(host, length, otherwise);
    has_port = memchr(host, ':', length) != NULL && (host[0] != '[' || host[length - 1] != ']');
    if (has_port)
        snprintf(proxy->place, sizeof proxy->place, "%.*s", (int)(length < 128 ? length : 128), host);
    else
        snprintf(proxy->place, sizeof proxy->place, "%.*s:%d", (int)(length < 128 ? length : 128), host, proxy->port);
}

bool proxy_find(const char *url, struct proxy *proxy)
{
    bool is_https = strncasecmp(url, "https:", 6) == 0;

    for (size_t i = 0; i < sizeof VARIABLES / sizeof VARIABLES[0]; i++) {
        const char *value = getenv(VARIABLES[i].variable);
        if (value == NULL || value[0] == '\0' || !(is_https ? VARIABLES[i].https : VARIABLES[i].http))
            continue;
        proxy->variable = VARIABLES[i].variable;
        read_place(value, proxy);
        return true;
    }
    return false;
}

bool proxy_was_called(const struct proxy *proxy, const char *place, int dialled_port, const char *words)
{
    const char *server_port = strrchr(place, ':');
    char host[sizeof proxy->place];

    if (proxy->port == 0 || dialled_port != proxy->port)
        return false;
    snprintf(host, sizeof host, "%.*s", (int)(strrchr(proxy->place, ':') - proxy->place), proxy->place);
    return server_port == NULL || strtol(server_port + 1, NULL, 10) != proxy->port || strstr(words, host) != NULL;
}

void proxy_name_gate(const char *url, const char *place, int port, char *text, size_t size)
{
    struct proxy proxy;

    text[0] = '\0';
    if (strncasecmp(url, "http:", 5) == 0 && proxy_find(url, &proxy) && proxy_was_called(&proxy, place, port, ""))
        snprintf(text, size, "the proxy %s (%s)", proxy.place, proxy.variable);
}
