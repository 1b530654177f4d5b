/*
 * Each secret is kept with the forms it may take on its way through other programs. Text is searched with memmem, form
 * by form: that is quick on long texts without hits, which are nearly all, and the forms are few.
 *
 * In base64 three bytes become four characters, so a secret inside something larger looks in one of three ways, as 0, 1
 * or 2 bytes precede it in its group. The characters at its ends that hold bits of the neighbours too are no part of a
 * form; they hold less than one byte of the secret.
 */
#include "harness/base/redact.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "harness/base/mem.h"
#include "harness/base/text.h"
#include "harness/base/url.h"

/* As it is; as its URL encoding in two cases of hex digits and with + for blanks; as JSON in the shortest way, with \/,
 * in ASCII, and with both; base64 at three alignments in two alphabets: 14. */
#define FORMS_MAX 16

struct form { char *text; size_t length; };

struct secret {
    struct secret *next;
    char *name;
    struct form forms[FORMS_MAX];
    size_t form_count;
};

static struct secret *secrets;      /* the process's one list of secrets */

/* Takes over what is in text, and leaves it empty. */
static void add_form(struct secret *secret, struct buf *text)
{
    struct form form = { text->data, text->length };
    bool known = text->length < REDACT_LENGTH_MIN;

    for (size_t i = 0; i < secret->form_count && !known; i++)
        known = secret->forms[i].length == form.length && memcmp(secret->forms[i].text, form.text, form.length) == 0;
    if (!known && secret->form_count < FORMS_MAX) {
        form.text = buf_take(text);
        secret->forms[secret->form_count++] = form;
    }
    buf_clear(text);
}

static bool is_unreserved(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || strchr("-._~", c) != NULL;
}

static void add_url_form(struct secret *secret, const char *text, const char *hex_format, bool plus, struct buf *form)
{
    for (; *text != '\0'; text++) {
        if (is_unreserved(*text))
            buf_add_char(form, *text);
        else if (plus && *text == ' ')
            buf_add_char(form, '+');
        else
            buf_addf(form, hex_format, (unsigned char)*text);
    }
    add_form(secret, form);
}

/* The secret as json_quote writes it, without the quotes. */
static void add_json_form(struct secret *secret, const char *text, struct buf *form)
{
    json_quote(form, text, strlen(text));
    memmove(form->data, form->data + 1, form->length - 2);
    form->length -= 2;
    form->data[form->length] = '\0';
    add_form(secret, form);
}

/* As PHP (\/) and Python (ASCII only, surrogate pairs) write it. */
static void add_other_json_form(struct secret *secret, const char *text, bool slash, bool ascii, struct buf *form)
{
    size_t left = strlen(text);

    while (left > 0) {
        uint32_t code;
        size_t taken = text_decode(text, left, &code);

        if (slash && code == '/')
            buf_add_string(form, "\\/");
        else if (code == '"' || code == '\\')
            buf_addf(form, "\\%c", (char)code);
        else if (!ascii || code < 0x80 || code == UINT32_MAX)
            buf_add(form, text, taken);
        else if (code < 0x10000)
            buf_addf(form, "\\u%04x", code);
        else
            buf_addf(form, "\\u%04x\\u%04x", 0xd800 + ((code - 0x10000) >> 10), 0xdc00 + ((code - 0x10000) & 0x3ff));
        text += taken;
        left -= taken;
    }
    add_form(secret, form);
}

/* The characters of the base64 of (shift unknown bytes, text, unknown bytes) that text alone decides. */
static void add_base64_form(struct secret *secret, const char *text, size_t shift, const char *last_two,
                            struct buf *form)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    size_t length = strlen(text);
    size_t first = (8 * shift + 5) / 6, end = 8 * (shift + length) / 6;

    for (size_t i = first; i < end; i++) {
        unsigned value = 0;

        for (size_t bit = 6 * i; bit < 6 * i + 6; bit++) {
            unsigned byte = (unsigned char)text[bit / 8 - shift];
            value = value << 1 | (byte >> (7 - bit % 8) & 1);
        }
        buf_add_char(form, value < 62 ? alphabet[value] : last_two[value - 62]);
    }
    add_form(secret, form);
}

static void add_forms(struct secret *secret, const char *text)
{
    struct buf form;

    buf_init(&form, 0);
    buf_add_string(&form, text);
    add_form(secret, &form);
    add_url_form(secret, text, "%%%02X", false, &form);
    add_url_form(secret, text, "%%%02x", false, &form);
    add_url_form(secret, text, "%%%02X", true, &form);
    add_json_form(secret, text, &form);
    add_other_json_form(secret, text, true, false, &form);
    add_other_json_form(secret, text, false, true, &form);
    add_other_json_form(secret, text, true, true, &form);
    for (size_t shift = 0; shift < 3; shift++) {
        add_base64_form(secret, text, shift, "+/", &form);
        add_base64_form(secret, text, shift, "-_", &form);
    }
    buf_fini(&form);
}

static bool keep(const char *name, const char *secret, size_t length)
{
    struct secret *added;
    char *text;

    if (length < REDACT_LENGTH_MIN)
        return false;
    for (struct secret *known = secrets; known != NULL; known = known->next)
        if (known->forms[0].length == length && memcmp(known->forms[0].text, secret, length) == 0)
            return true;
    added = xcalloc(1, sizeof *added);
    added->name = xstrdup(name);
    text = xstrndup(secret, length);
    add_forms(added, text);
    free(text);
    added->next = secrets;
    secrets = added;
    return true;
}

/* What people set where a server wants some key and checks none. These words are no secret, and hidden everywhere they
 * would turn plans and tables into riddles: "dialect": "[secret OPENAI_API_KEY]". */
static bool is_placeholder(const char *text, size_t length)
{
    static const char *const WORDS[] = { "ollama", "lm-studio", "lmstudio", "llama-server", "llama.cpp", "sglang",
                                         "local", "localhost", "no-key", "no-key-required", "sk-no-key-required",
                                         "not-needed", "not-required", "nothing", "unused", "placeholder", "dummy-key" };

    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (strlen(WORDS[i]) == length && strncasecmp(WORDS[i], text, length) == 0)
            return true;
    return false;
}

/* A key read from a file often ends in a newline, which is not sent: what stands between blanks is the secret. */
bool redact_register(const char *name, const char *secret)
{
    static const char blanks[] = " \t\r\n";
    size_t length;

    if (secret == NULL)
        return false;
    secret += strspn(secret, blanks);
    length = strlen(secret);
    while (length > 0 && strchr(blanks, secret[length - 1]) != NULL)
        length--;
    return !is_placeholder(secret, length) && keep(name, secret, length);
}

/* Registers a part of a URL as it stands there, and as it is meant. */
static void register_part(const char *name, const char *part, size_t length)
{
    char *text = xstrndup(part, length), *to = text;

    keep(name, text, length);
    for (const char *from = text; *from != '\0'; from++) {
        int high = *from == '%' ? text_hex_digit(from[1]) : -1;
        int low = high < 0 ? -1 : text_hex_digit(from[2]);

        if (low < 0 || (high == 0 && low == 0)) {
            *to++ = *from;
        } else {
            *to++ = (char)(high << 4 | low);
            from += 2;
        }
    }
    *to = '\0';
    keep(name, text, strlen(text));
    free(text);
}

/* Both together too: short ones that are not kept alone are kept so. */
static void register_user(const char *name, const char *url)
{
    size_t length = 0;
    const char *user = url_find_user(url, &length), *colon;

    if (user == NULL)
        return;
    colon = memchr(user, ':', length);
    if (colon != NULL) {
        register_part(name, user, (size_t)(colon - user));
        register_part(name, colon + 1, length - (size_t)(colon + 1 - user));
    }
    register_part(name, user, length);
}

/* As a parser of addresses reads it, and as somebody may have meant it who wrote a `/` as it is. */
void redact_register_url(const char *name, const char *url)
{
    char *authority;

    if (url == NULL)
        return;
    url = url_skip_scheme(url);
    authority = xstrndup(url, strcspn(url, "/?#"));
    register_user(name, authority);
    register_user(name, url);
    free(authority);
}

void redact_register_env(const char *variable)
{
    redact_register(variable, getenv(variable));
}

/* The last word of a name: "key" of "api_key" and "x-api-key". */
static bool is_secret_name(const char *name)
{
    static const char *const ENDINGS[] = { "key", "token", "secret", "password", "passwd", "authorization" };
    /* Names a request's place in a cache, and no server lets anybody in for it. */
    static const char *const OTHERS[] = { "prompt_cache_key" };
    size_t length = strlen(name);

    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++)
        if (strcasecmp(name, OTHERS[i]) == 0)
            return false;
    for (size_t i = 0; i < sizeof ENDINGS / sizeof ENDINGS[0]; i++)
        if (length >= strlen(ENDINGS[i]) && strcasecmp(name + length - strlen(ENDINGS[i]), ENDINGS[i]) == 0)
            return true;
    return false;
}

/* "<|im_end|>" as a stop_token is a sign of the model's language. */
static bool is_special_token(const char *text)
{
    return text[0] == '<' && text[strlen(text) - 1] == '>';
}

void redact_register_members(const char *name, const struct json *value)
{
    for (const struct json *member = json_first(value); member != NULL; member = json_next(member)) {
        const char *key = json_key(member), *text = json_text(member);

        if (key != NULL && text != NULL && is_secret_name(key) && !is_special_token(text))
            redact_register(name, text);
        redact_register_members(name, member);
    }
}

bool redact_finds(const char *text, size_t length)
{
    for (const struct secret *secret = secrets; secret != NULL; secret = secret->next)
        for (size_t i = 0; i < secret->form_count; i++)
            if (memmem(text, length, secret->forms[i].text, secret->forms[i].length) != NULL)
                return true;
    return false;
}

/* Where a form stands next in the text that is left. */
struct search {
    const struct secret *secret;
    const struct form *form;
    const char *hit;            /* NULL: nowhere any more */
};

/* The text is looked through once for each form, however often others are hit: each search goes on where it was. */
static void search_on(struct search *search, const char *from, const char *end)
{
    search->hit = memmem(from, (size_t)(end - from), search->form->text, search->form->length);
}

static struct search *begin_searches(const char *text, size_t length, size_t *count)
{
    struct search *searches = NULL;

    *count = 0;
    for (const struct secret *secret = secrets; secret != NULL; secret = secret->next) {
        searches = xreallocarray(searches, *count + secret->form_count, sizeof *searches);
        for (size_t i = 0; i < secret->form_count; i++) {
            struct search *search = &searches[(*count)++];

            search->secret = secret;
            search->form = &secret->forms[i];
            search_on(search, text, text + length);
        }
    }
    return searches;
}

/* The first hit, and of those that begin together the longest. NULL when there is none. */
static const struct search *first_hit(const struct search *searches, size_t count)
{
    const struct search *first = NULL;

    for (const struct search *search = searches; search < searches + count; search++) {
        if (search->hit == NULL)
            continue;
        if (first == NULL || search->hit < first->hit ||
            (search->hit == first->hit && search->form->length > first->form->length))
            first = search;
    }
    return first;
}

/* Moves every search past stop, which moves on itself as long as a hit that begins before it ends behind it. */
static const char *pass_overlaps(struct search *searches, size_t count, const char *stop, const char *end)
{
    bool moved;

    do {
        moved = false;
        for (struct search *search = searches; search < searches + count; search++) {
            while (search->hit != NULL && search->hit < stop) {
                if (search->hit + search->form->length > stop)
                    stop = search->hit + search->form->length;
                search_on(search, search->hit + 1, end);
                moved = true;
            }
        }
    } while (moved);
    return stop;
}

void redact_add(struct buf *out, const char *text, size_t length)
{
    const char *end = text + length;
    const struct search *hit;
    struct search *searches;
    size_t count;

    if (secrets == NULL) {
        buf_add(out, text, length);
        return;
    }
    searches = begin_searches(text, length, &count);
    while ((hit = first_hit(searches, count)) != NULL) {
        const char *start = hit->hit;

        buf_add(out, text, (size_t)(start - text));
        buf_addf(out, "[secret %s]", hit->secret->name);
        text = pass_overlaps(searches, count, start + hit->form->length, end);
    }
    buf_add(out, text, (size_t)(end - text));
    free(searches);
}

void redact_forget_all(void)
{
    while (secrets != NULL) {
        struct secret *next = secrets->next;

        for (size_t i = 0; i < secrets->form_count; i++)
            free(secrets->forms[i].text);
        free(secrets->name);
        free(secrets);
        secrets = next;
    }
}

char *redact_line(struct arena *arena, const char *text, size_t length, size_t columns)
{
    struct buf clean, line;
    char *kept;

    buf_init(&clean, 0);
    buf_init(&line, 0);
    redact_add(&clean, text, length);
    text_show_line(&line, clean.data, clean.length, columns);
    kept = arena_strndup(arena, line.data, line.length);
    buf_fini(&line);
    buf_fini(&clean);
    return kept;
}
