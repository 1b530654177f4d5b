#include "runners/remote.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/redact.h"
#include "harness/base/url.h"

/* Not a prefix alone: "https://api.openai.com.evil.org" and "https://api.openai.com@evil.org" are other hosts. */
static bool is_own_host(const struct remote_kind *kind, const char *url)
{
    size_t length = strlen(kind->own_host);

    return strncmp(url, kind->own_host, length) == 0 && (url[length] == '\0' || url[length] == '/');
}

static bool has_scheme(const char *url)
{
    const char *host = strncmp(url, "http://", 7) == 0 ? url + 7 : strncmp(url, "https://", 8) == 0 ? url + 8 : "";

    return *host != '\0' && *host != '/';
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);

    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* The setting, else the environment's, else the provider's own. */
static const char *choose_url(const struct model *model, const struct remote_kind *kind, struct arena *arena)
{
    const char *variable = getenv(kind->url_variable);

    if (variable == NULL || variable[0] == '\0')
        variable = arena_printf(arena, "%s%s", kind->own_host, kind->version);
    return model_text(model, "base_url", variable);
}

static const char *cut_slashes(struct arena *arena, const char *url)
{
    size_t length = strlen(url);

    while (length > 0 && url[length - 1] == '/')
        length--;
    return arena_strndup(arena, url, length);
}

/* Of "host:8000/v1" and "[::1]:8000"; a host without a port has the scheme's. */
static int check_port(const char *url, struct err *err)
{
    const char *host = url_host(url), *colon = strchr(host[0] == '[' ? host + strcspn(host, "]") : host, ':');
    size_t length, digits;

    if (colon == NULL || colon > host + strcspn(host, "/"))
        return 0;
    length = strcspn(colon + 1, "/");
    digits = strspn(colon + 1, "0123456789");
    if (digits == length && digits > 0 && digits <= 5 && atoi(colon + 1) >= 1 && atoi(colon + 1) <= 65535)
        return 0;
    return err_set_code(err, EXIT_USAGE, "base_url: expected a port from 1 to 65535, found \"%.*s\"",
                        (int)(length < 20 ? length : 20), colon + 1);
}

/* The words name no URL in full: it may hold a password. */
static int check_url(const struct remote_kind *kind, const char *url, struct err *err)
{
    if (!has_scheme(url))
        return err_set_code(err, EXIT_USAGE, "base_url: expected http://HOST%s or https://HOST%s", kind->version,
                            kind->version);
    for (const char *c = url; *c != '\0'; c++)
        if ((unsigned char)*c <= ' ' || *c == '?' || *c == '#')
            return err_set_code(err, EXIT_USAGE, "base_url: expected an address without blanks, ? and #");
    if (url_is_doubtful(url))
        return err_set_code(err, EXIT_USAGE, "base_url: expected no @ behind the first /; in a password write / as %%2F "
                            "and @ as %%40");
    if (check_port(url, err) < 0)
        return -1;
    if (ends_with(url, kind->path))
        return err_set_code(err, EXIT_USAGE, "base_url: expected the address up to %s; %s is added", kind->version,
                            kind->path);
    return 0;
}

/* -1 with err set when the variable is not there, or holds what no header can. *key without blanks around it. */
static int read_key(struct arena *arena, const char *variable, const char **key, struct err *err)
{
    const char *value = getenv(variable);
    size_t length;

    value = value != NULL ? value + strspn(value, " \t\r\n") : "";
    for (length = strlen(value); length > 0 && strchr(" \t\r\n", value[length - 1]) != NULL; length--)
        continue;
    if (length == 0)
        return err_set_code(err, EXIT_UNAVAILABLE, "no key: set the environment variable %s", variable);
    *key = arena_strndup(arena, value, length);
    redact_register(variable, *key);
    for (const char *c = *key; *c != '\0'; c++)
        if ((unsigned char)*c <= ' ' || (unsigned char)*c > '~')
            return err_set_code(err, EXIT_USAGE, "the key in %s holds blanks or letters that no key has", variable);
    return 0;
}

static int set_headers(const struct model *model, const struct remote_kind *kind, struct arena *arena,
                       struct remote *out, struct err *err)
{
    const char *variable = model_text(model, "api_key_env", out->is_own ? kind->key_variable : NULL), *key = NULL;
    size_t count = 0;

    for (; kind->headers[count] != NULL; count++) {
        assert(count < REMOTE_HEADERS_MAX);
        out->headers[count] = kind->headers[count];
    }
    if (variable == NULL)
        return 0;
    if (read_key(arena, variable, &key, err) < 0)
        return -1;
    out->headers[count++] = arena_printf(arena, kind->key_header, key);
    return 0;
}

static int64_t setting_ms(const struct model *model, const char *key, double fallback_s)
{
    return (int64_t)(model_number(model, key, fallback_s) * 1000);
}

static void set_route(const struct model *model, const struct remote_kind *kind, struct arena *arena,
                      struct remote *out)
{
    out->route = (struct courier_route){
        .url = arena_printf(arena, "%s%s", out->base, kind->path), .model = model->id, .headers = out->headers,
        .connect_ms = setting_ms(model, "connect_s", 10), .first_byte_ms = setting_ms(model, "first_byte_s", 1800),
        .idle_ms = setting_ms(model, "idle_s", 300), .total_ms = setting_ms(model, "total_s", 7200),
        .reply_max = (size_t)model_int(model, "reply_max_mb", 64) << 20,
        .tries = (int)model_int(model, "tries", 8), .patience_ms = setting_ms(model, "patience_s", 3600),
        .start_in_flight = out->is_own ? kind->start_in_flight : 0,
    };
}

int remote_read(const struct model *model, const struct remote_kind *kind, struct arena *arena, struct remote *out,
                struct err *err)
{
    const char *url = cut_slashes(arena, choose_url(model, kind, arena));

    *out = (struct remote){ .is_own = is_own_host(kind, url) };
    redact_register_url("base_url", url);
    if (check_url(kind, url, err) < 0)
        return -1;
    out->base = url;
    if (set_headers(model, kind, arena, out, err) < 0)
        return -1;
    set_route(model, kind, arena, out);
    return 0;
}
