/*
 * One pass over the text: the grammar is checked, one value after the other is hung into the tree, and the text is
 * mended where it stands, without changing its length: escapes that are no character become \ufffd, comments become
 * blanks. The tree is of cJSON's items; its parser is not used, since it stops at lone surrogates, cuts strings at
 * \u0000, gives no line, fails on numbers past 63 digits, and takes a piece of memory for each value, key and string.
 *
 * Each scan_ function begins at scan->at and leaves it behind what it has read; where it fails, err has been set. Only
 * values nest (scan_value, scan_container), so depth bounds the recursion.
 */
#include "harness/base/json_scan.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/mem.h"
#include "harness/base/text.h"

#define REPLACEMENT 0xfffd

#define SLAB_FIRST ((size_t)64)
#define SLAB_MAX ((size_t)4096)

/* Up to so many keys of an object are compared each with each. */
#define KEYS_FEW 16

/* Digits that always fit into a double. */
#define DIGITS_EXACT 15

static_assert(3 * JSON_SIZE_MAX < UINT32_MAX, "a value keeps its place in 32 bits");

/* A member's name, to find the same one twice in an object. */
struct seen_key {
    const char *key;
    size_t at;
};

struct scan {
    struct json_doc *doc;
    char *text;                 /* the document's */
    size_t at;
    char *out;                  /* where the next string goes in the document's strings */
    struct json *room;          /* values that are free, in the newest slab */
    size_t room_count, slab_size;
    enum json_manner manner;
    int depth;
    struct err *err;
    struct seen_key *keys;      /* of the objects that are open, the inner ones last; of JSON_LENIENT none */
    size_t key_count, key_room;
};

static struct json *scan_value(struct scan *scan, const char *expected);

static void add_slab(struct scan *scan)
{
    struct json_slab *slab = xmalloc(sizeof *slab + scan->slab_size * sizeof slab->values[0]);

    slab->next = scan->doc->slabs;
    scan->doc->slabs = slab;
    scan->room = slab->values;
    scan->room_count = scan->slab_size;
    if (scan->slab_size < SLAB_MAX)
        scan->slab_size *= 2;
}

/* One that begins here. */
static struct json *new_value(struct scan *scan, int type)
{
    struct json *value;

    if (scan->room_count == 0)
        add_slab(scan);
    scan->room_count--;
    value = scan->room++;
    *value = (struct json){ .item = { .type = type }, .at = (uint32_t)scan->at, .key_at = (uint32_t)scan->at };
    return value;
}

size_t json_line_at(const char *text, size_t at)
{
    size_t line = 1;

    for (size_t i = 0; i < at; i++)
        line += text[i] == '\n';
    return line;
}

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/* Says at which line it fails and why. Always returns -1. */
static int fail_plainly(const struct scan *scan, size_t at, const char *what)
{
    return err_set_code(scan->err, EXIT_BAD_DATA, "line %zu: %s", json_line_at(scan->text, at), what);
}

/* Says what was expected, and what stands there instead. Always returns -1. */
static int fail(const struct scan *scan, size_t at, const char *expected)
{
    const char *found = scan->text + at;
    size_t line = json_line_at(scan->text, at), length = 0;
    uint32_t code;

    if (*found == '\0' || *found == '"' || (unsigned char)*found < 0x20 || *found == 0x7f)
        return err_set_code(scan->err, EXIT_BAD_DATA, "line %zu: expected %s, found %s", line, expected,
                            *found == '\0' ? "the end" : *found == '"' ? "a string" : "a control character");
    while (length < 20 && is_word(found[length]))
        length++;
    if (length == 0)
        length = text_decode(found, strlen(found), &code);
    return err_set_code(scan->err, EXIT_BAD_DATA, "line %zu: expected %s, found \"%.*s\"", line, expected,
                        (int)length, found);
}

/* Blanks the comment that begins here. Its newlines stay, so that lines keep their numbers. */
static int blank_comment(struct scan *scan)
{
    char *c = scan->text + scan->at;
    const char *end;

    if (c[1] == '/') {
        end = c + strcspn(c, "\n");
    } else {
        end = strstr(c + 2, "*/");
        if (end == NULL)
            return fail_plainly(scan, scan->at, "the comment that begins here has no end");
        end += 2;
    }
    for (; c < end; c++)
        if (*c != '\n')
            *c = ' ';
    return 0;
}

/* Behind blanks and comments, of which there may be none. */
static int skip_some(struct scan *scan)
{
    for (;;) {
        const char *c = scan->text + scan->at;

        while (*c == ' ' || *c == '\t' || *c == '\n' || *c == '\r')
            c++;
        scan->at = (size_t)(c - scan->text);
        if (*c != '/' || (c[1] != '/' && c[1] != '*'))
            return 0;
        if (scan->manner != JSON_OURS)
            return fail_plainly(scan, scan->at, "comments are not allowed here");
        if (blank_comment(scan) < 0)
            return -1;
    }
}

/* Goes to the next character that counts. Mostly it is there already, and that is seen without a call. */
static inline int skip_blanks(struct scan *scan)
{
    char c = scan->text[scan->at];

    return (unsigned char)c > ' ' && c != '/' ? 0 : skip_some(scan);
}

/* The value of four hexadecimal digits, or -1. */
static int32_t read_hex(const char *digits)
{
    int32_t value = 0;

    for (int i = 0; i < 4; i++) {
        int digit = text_hex_digit(digits[i]);

        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* Reads \uXXXX, and its second half when it has one. What is no character is mended in the text too. */
static int scan_unicode(struct scan *scan)
{
    char *c = scan->text + scan->at;
    int32_t code = read_hex(c + 2), low;

    if (code < 0)
        return fail_plainly(scan, scan->at, "expected four hexadecimal digits after \\u");
    scan->at += 6;
    if (code >= 0xd800 && code < 0xdc00 && c[6] == '\\' && c[7] == 'u') {
        low = read_hex(c + 8);
        if (low >= 0xdc00 && low < 0xe000) {
            scan->at += 6;
            scan->out += text_write(scan->out, (uint32_t)(0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)));
            return 0;
        }
    }
    if (code == 0 || (code >= 0xd800 && code < 0xe000)) {
        memcpy(c + 2, "fffd", 4);
        code = REPLACEMENT;
    }
    scan->out += text_write(scan->out, (uint32_t)code);
    return 0;
}

static int scan_escape(struct scan *scan)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char letter = scan->text[scan->at + 1];
    const char *found;

    if (letter == 'u')
        return scan_unicode(scan);
    found = letter == '\0' ? NULL : strchr(letters, letter);
    if (found == NULL)
        return fail_plainly(scan, scan->at, "a backslash in a string must stand before one of \"\\/bfnrtu");
    *scan->out++ = meanings[found - letters];
    scan->at += 2;
    return 0;
}

/*
 * Reads the string that begins here, and returns what it says. That is never longer than what stands in the text, whose
 * two quotes leave room for the NUL, and the strings have as much room as the text.
 */
static char *scan_string(struct scan *scan)
{
    char *string = scan->out;
    size_t start = scan->at++;

    for (;;) {
        const char *c = scan->text + scan->at;
        size_t plain = text_string_length(c, scan->doc->length - scan->at);

        memcpy(scan->out, c, plain);
        scan->out += plain;
        scan->at += plain;
        c += plain;
        if (*c == '"') {
            scan->at++;
            *scan->out++ = '\0';
            return string;
        }
        if (*c == '\0')
            return fail_plainly(scan, start, "the string that begins here has no end"), NULL;
        if (*c == '\\') {
            if (scan_escape(scan) < 0)
                return NULL;
        } else if (scan->manner == JSON_OURS) {
            return fail_plainly(scan, scan->at, *c == '\n' ? "a string must end on its line (a line break is \\n)"
                                                           : "control characters in a string must be escaped"), NULL;
        } else {
            *scan->out++ = *c;
            scan->at++;
        }
    }
}

static size_t digits_at(const char *text)
{
    return strspn(text, "0123456789");
}

/* The length of the number that begins here, 0 when it is none by JSON's rules. */
static size_t number_length(const char *text, bool *integral)
{
    const char *c = text + (*text == '-');
    size_t digits = digits_at(c);

    *integral = true;
    if (digits == 0 || (digits > 1 && *c == '0'))
        return 0;
    c += digits;
    if (*c == '.') {
        *integral = false;
        digits = digits_at(++c);
        if (digits == 0)
            return 0;
        c += digits;
    }
    if (*c == 'e' || *c == 'E') {
        *integral = false;
        c++;
        c += *c == '+' || *c == '-';
        digits = digits_at(c);
        if (digits == 0)
            return 0;
        c += digits;
    }
    return is_word(*c) ? 0 : (size_t)(c - text);
}

/* Of digits that are few, as most are: strtod would give the same, ten times slower. */
static double read_whole(const char *text, size_t length)
{
    bool negative = *text == '-';
    int64_t value = 0;

    for (size_t i = negative; i < length; i++)
        value = value * 10 + (text[i] - '0');
    return negative ? -(double)value : (double)value;
}

/* A number past a double's range becomes the largest one of its sign: infinity could not be written again. */
static struct json *scan_number(struct scan *scan, const char *expected)
{
    const char *start = scan->text + scan->at;
    bool integral;
    size_t length = number_length(start, &integral);
    struct json *value;

    if (length == 0) {
        fail(scan, scan->at, *start == '-' || digits_at(start) > 0 ? "a number as JSON writes them" : expected);
        return NULL;
    }
    value = new_value(scan, cJSON_Number);
    value->item.valuedouble = integral && length <= DIGITS_EXACT ? read_whole(start, length) : strtod(start, NULL);
    if (isinf(value->item.valuedouble))
        value->item.valuedouble = copysign(DBL_MAX, value->item.valuedouble);
    if (integral && fabs(value->item.valuedouble) > JSON_INTEGER_EXACT_MAX)
        value->digits = start;
    scan->at += length;
    return value;
}

static struct json *scan_text(struct scan *scan)
{
    struct json *value = new_value(scan, cJSON_String);

    value->item.valuestring = scan_string(scan);
    return value->item.valuestring != NULL ? value : NULL;
}

static struct json *scan_word(struct scan *scan, const char *expected)
{
    static const struct { const char *text; int type; } words[] = {
        { "true", cJSON_True }, { "false", cJSON_False }, { "null", cJSON_NULL },
    };
    const char *start = scan->text + scan->at;

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t length = strlen(words[i].text);
        struct json *value;

        if (strncmp(start, words[i].text, length) != 0 || is_word(start[length]))
            continue;
        value = new_value(scan, words[i].type);
        scan->at += length;
        return value;
    }
    fail(scan, scan->at, expected);
    return NULL;
}

/* After a value in a container: 1 when another follows, 0 when the container is closed, -1 when neither. */
static int scan_separator(struct scan *scan, char closer, const char *expected)
{
    char c;

    if (skip_blanks(scan) < 0)
        return -1;
    c = scan->text[scan->at];
    if (c != ',' && c != closer)
        return fail(scan, scan->at, expected);
    scan->at++;
    return c == ',';
}

static int scan_items(struct scan *scan, struct json *array)
{
    cJSON **end = &array->item.child;
    int more;

    scan->at++;
    if (skip_blanks(scan) < 0)
        return -1;
    if (scan->text[scan->at] == ']') {
        scan->at++;
        return 0;
    }
    do {
        struct json *value = scan_value(scan, array->item.child == NULL ? "a value or \"]\"" : "a value after \",\"");
        if (value == NULL)
            return -1;
        *end = &value->item;
        end = &(*end)->next;
        more = scan_separator(scan, ']', "\",\" or \"]\" after a value");
    } while (more > 0);
    return more;
}

static void keep_key(struct scan *scan, const char *key, size_t at)
{
    if (scan->key_count == scan->key_room) {
        scan->key_room = scan->key_room > 0 ? 2 * scan->key_room : 64;
        scan->keys = xreallocarray(scan->keys, scan->key_room, sizeof *scan->keys);
    }
    scan->keys[scan->key_count++] = (struct seen_key){ key, at };
}

static int compare_keys(const void *left, const void *right)
{
    const struct seen_key *a = left, *b = right;
    int order = strcmp(a->key, b->key);

    return order != 0 ? order : (a->at > b->at) - (a->at < b->at);
}

/* The first of a few that has stood before, or NULL. Of a row of data that is all, and a tenth of what sorting costs. */
static const struct seen_key *find_twice_of_few(const struct seen_key *keys, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t before = 0; before < i; before++)
            if (keys[i].key[0] == keys[before].key[0] && strcmp(keys[i].key, keys[before].key) == 0)
                return &keys[i];
    return NULL;
}

static const struct seen_key *find_twice(struct seen_key *keys, size_t count)
{
    const struct seen_key *twice = NULL;

    if (count <= KEYS_FEW)
        return find_twice_of_few(keys, count);
    qsort(keys, count, sizeof *keys, compare_keys);
    for (size_t i = 1; i < count; i++)
        if (strcmp(keys[i].key, keys[i - 1].key) == 0 && (twice == NULL || keys[i].at < twice->at))
            twice = &keys[i];
    return twice;
}

/* Refuses the first key that stands in the object a second time; its keys are those from first_key on. */
static int check_keys(struct scan *scan, size_t first_key)
{
    size_t count = scan->key_count - first_key;
    const struct seen_key *twice;

    scan->key_count = first_key;
    if (count < 2)
        return 0;
    twice = find_twice(scan->keys + first_key, count);
    if (twice == NULL)
        return 0;
    return err_set_code(scan->err, EXIT_BAD_DATA, "line %zu: the key \"%s\" stands here a second time",
                        json_line_at(scan->text, twice->at), twice->key);
}

static struct json *scan_member(struct scan *scan, bool is_first)
{
    size_t key_at = scan->at;
    struct json *member;
    char *key;

    if (scan->text[key_at] != '"')
        return fail(scan, key_at, is_first ? "a key in quotes or \"}\"" : "a key in quotes after \",\""), NULL;
    key = scan_string(scan);
    if (key == NULL || skip_blanks(scan) < 0)
        return NULL;
    if (scan->text[scan->at] != ':')
        return fail(scan, scan->at, "\":\" after a key"), NULL;
    scan->at++;
    member = scan_value(scan, "a value after \":\"");
    if (member == NULL)
        return NULL;
    member->item.string = key;
    member->key_at = (uint32_t)key_at;
    if (scan->manner != JSON_LENIENT)
        keep_key(scan, key, key_at);
    return member;
}

static int scan_members(struct scan *scan, struct json *object)
{
    cJSON **end = &object->item.child;
    size_t first_key = scan->key_count;
    int more;

    scan->at++;
    if (skip_blanks(scan) < 0)
        return -1;
    if (scan->text[scan->at] == '}') {
        scan->at++;
        return 0;
    }
    do {
        if (skip_blanks(scan) < 0)
            return -1;
        struct json *member = scan_member(scan, object->item.child == NULL);
        if (member == NULL)
            return -1;
        *end = &member->item;
        end = &(*end)->next;
        more = scan_separator(scan, '}', "\",\" or \"}\" after a member");
    } while (more > 0);
    return more < 0 ? -1 : check_keys(scan, first_key);
}

static struct json *scan_container(struct scan *scan, bool is_object)
{
    struct json *value;
    int result;

    if (scan->depth == JSON_DEPTH_MAX) {
        err_set_code(scan->err, EXIT_BAD_DATA, "line %zu: nested deeper than %d levels",
                     json_line_at(scan->text, scan->at), JSON_DEPTH_MAX);
        return NULL;
    }
    scan->depth++;
    value = new_value(scan, is_object ? cJSON_Object : cJSON_Array);
    result = is_object ? scan_members(scan, value) : scan_items(scan, value);
    scan->depth--;
    return result == 0 ? value : NULL;
}

/* Reads the value that comes next. Recursion ends at JSON_DEPTH_MAX. NULL with err set. */
static struct json *scan_value(struct scan *scan, const char *expected)
{
    if (skip_blanks(scan) < 0)
        return NULL;
    switch (scan->text[scan->at]) {
    case '{':
    case '[':
        return scan_container(scan, scan->text[scan->at] == '{');
    case '"':
        return scan_text(scan);
    case 't':
    case 'f':
    case 'n':
        return scan_word(scan, expected);
    default:
        return scan_number(scan, expected);
    }
}

static int scan_end(struct scan *scan)
{
    if (skip_blanks(scan) < 0)
        return -1;
    return scan->text[scan->at] == '\0' ? 0 : fail(scan, scan->at, "nothing more after the document");
}

int json_scan(struct json_doc *doc, enum json_manner manner, struct err *err)
{
    struct scan scan = { .doc = doc, .text = doc->text, .manner = manner, .err = err, .room = doc->few,
                         .room_count = JSON_FEW, .slab_size = SLAB_FIRST };
    int result;

    doc->slabs = NULL;
    doc->strings = xmalloc(doc->length + 1);
    scan.out = doc->strings;
    doc->root = scan_value(&scan, "a value");
    result = doc->root != NULL ? scan_end(&scan) : -1;
    assert(scan.out <= doc->strings + doc->length + 1);
    free(scan.keys);
    return result;
}
