#include "harness/base/text.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/buf.h"

/* Eight bytes at once: what is done to a word is done to each of its bytes. The first byte is the word's lowest. */
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))
#define HIGHS EACH(0x80)

static uint64_t load_word(const char *text)
{
    uint64_t word;

    memcpy(&word, text, sizeof word);
    return le64toh(word);
}

/* Flags (a high bit each) the bytes below limit, which is at most 0x80. Of bytes behind a flagged one, some more. */
static uint64_t flag_below(uint64_t word, unsigned char limit)
{
    return (word - EACH(limit)) & ~word & HIGHS;
}

static uint64_t flag_equal(uint64_t word, char byte)
{
    return flag_below(word ^ EACH((unsigned char)byte), 1);
}

static size_t first_flagged(uint64_t flags)
{
    return (size_t)__builtin_ctzll(flags) / 8;
}

/* Latin's own accents stand in few blocks, here in order of code point. */
static const struct { uint32_t first, last; char bare; } BARE[] = {
    { 0xC0, 0xC5, 'a' },     { 0xC7, 0xC7, 'c' },     { 0xC8, 0xCB, 'e' },     { 0xCC, 0xCF, 'i' },
    { 0xD1, 0xD1, 'n' },     { 0xD2, 0xD6, 'o' },     { 0xD9, 0xDC, 'u' },     { 0xE0, 0xE5, 'a' },
    { 0xE7, 0xE7, 'c' },     { 0xE8, 0xEB, 'e' },     { 0xEC, 0xEF, 'i' },     { 0xF1, 0xF1, 'n' },
    { 0xF2, 0xF6, 'o' },     { 0xF9, 0xFC, 'u' },     { 0x1F8, 0x1F9, 'n' },   { 0x1E62, 0x1E63, 's' },
    { 0x1EB8, 0x1EBD, 'e' }, { 0x1ECA, 0x1ECB, 'i' }, { 0x1ECC, 0x1ECD, 'o' }, { 0x1EE4, 0x1EE5, 'u' },
};

uint32_t text_fold_latin(uint32_t code)
{
    if (code < 0x80)
        return code >= 'A' && code <= 'Z' ? code + 32 : code;
    if (code >= 0x300 && code <= 0x36F)
        return 0;
    for (size_t i = 0; i < sizeof BARE / sizeof BARE[0]; i++)
        if (code >= BARE[i].first && code <= BARE[i].last)
            return (uint32_t)BARE[i].bare;
    return code;
}

size_t text_plain_length(const char *text, size_t length)
{
    size_t at = 0;

    for (; at + 8 <= length; at += 8) {
        uint64_t word = load_word(text + at), flags = (word & HIGHS) | flag_below(word, 1);

        if (flags != 0)
            return at + first_flagged(flags);
    }
    while (at < length && (signed char)text[at] > 0)
        at++;
    return at;
}

/* Not memchr, twice: where lines end in CR alone, each would look for an LF to the end of all. */
size_t text_line_length(const char *text, size_t length)
{
    size_t at = 0;

    for (; at + 8 <= length; at += 8) {
        uint64_t word = load_word(text + at), flags = flag_equal(word, '\n') | flag_equal(word, '\r');

        if (flags != 0)
            return at + first_flagged(flags);
    }
    while (at < length && text[at] != '\n' && text[at] != '\r')
        at++;
    return at;
}

size_t text_string_length(const char *text, size_t length)
{
    size_t at = 0;

    for (; at + 8 <= length; at += 8) {
        uint64_t word = load_word(text + at);
        uint64_t flags = flag_below(word, 0x20) | flag_equal(word, '"') | flag_equal(word, '\\');

        if (flags != 0)
            return at + first_flagged(flags);
    }
    while (at < length && (unsigned char)text[at] >= 0x20 && text[at] != '"' && text[at] != '\\')
        at++;
    return at;
}

size_t text_bare_length(const char *text, size_t length)
{
    size_t at = 0;

    for (; at + 8 <= length; at += 8) {
        uint64_t word = load_word(text + at);
        uint64_t flags = (word & HIGHS) | flag_below(word, 0x20) | flag_equal(word, '"') | flag_equal(word, '\\');

        if (flags != 0)
            return at + first_flagged(flags);
    }
    while (at < length && (signed char)text[at] >= 0x20 && text[at] != '"' && text[at] != '\\')
        at++;
    return at;
}

static bool is_continuation(const char *text, size_t length, size_t i)
{
    return i < length && ((unsigned char)text[i] & 0xc0) == 0x80;
}

/*
 * The second byte alone decides what the first one leaves open (overlong, surrogate, past U+10FFFF), so what is skipped
 * is the longest piece that could have begun a character: as Unicode recommends and Python's "replace" does.
 */
static bool second_fits(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xe0: return second >= 0xa0;
    case 0xed: return second < 0xa0;
    case 0xf0: return second >= 0x90;
    case 0xf4: return second < 0x90;
    default: return true;
    }
}

size_t text_decode(const char *text, size_t length, uint32_t *code)
{
    unsigned char first = (unsigned char)text[0];
    size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    uint32_t value;

    *code = UINT32_MAX;
    if (first < 0x80) {
        *code = first;
        return 1;
    }
    if (first < 0xc2 || first > 0xf4)
        return 1;
    if (!is_continuation(text, length, 1) || !second_fits(first, (unsigned char)text[1]))
        return 1;
    value = first & (0x7fu >> size);
    for (size_t i = 1; i < size; i++) {
        if (!is_continuation(text, length, i))
            return i;
        value = value << 6 | ((unsigned char)text[i] & 0x3f);
    }
    *code = value;
    return size;
}

size_t text_write(char out[4], uint32_t code)
{
    static const unsigned char marks[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    size_t size;

    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        code = 0xfffd;
    size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    out[0] = (char)(marks[size] | code);
    return size;
}

void text_encode(struct buf *out, uint32_t code)
{
    char bytes[4];

    buf_add(out, bytes, text_write(bytes, code));
}

bool text_is_utf8(const char *text, size_t length)
{
    for (size_t at = text_plain_length(text, length); at < length; at += text_plain_length(text + at, length - at)) {
        uint32_t code;

        at += text_decode(text + at, length - at, &code);
        if (code == UINT32_MAX)
            return false;
    }
    return true;
}

void text_repair(struct buf *out, const char *text, size_t length)
{
    size_t good = 0;            /* bytes before text + good are fine, and not yet added */

    for (;;) {
        uint32_t code;
        size_t taken;

        good += text_plain_length(text + good, length - good);
        if (good == length)
            break;
        taken = text_decode(text + good, length - good, &code);
        if (code != UINT32_MAX && code != 0) {
            good += taken;
            continue;
        }
        buf_add(out, text, good);
        buf_add_string(out, TEXT_REPLACEMENT);
        text += good + taken;
        length -= good + taken;
        good = 0;
    }
    buf_add(out, text, good);
}

int text_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

/* Marks that turn the direction of the text around them, so that what is read is not what is there. */
static bool is_bidi_control(uint32_t code)
{
    return code == 0x61c || code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

static bool must_be_escaped(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 || is_bidi_control(code);
}

/* Adds one character so that it is seen and does nothing. A byte that is no UTF-8 is written as \x and its value. */
static void show_one(struct buf *out, const char *text, size_t taken, uint32_t code)
{
    if (code == UINT32_MAX) {
        for (size_t i = 0; i < taken; i++)
            buf_addf(out, "\\x%02x", (unsigned char)text[i]);
    } else if (code == '\n' || code == '\t') {
        buf_add_string(out, code == '\n' ? "\\n" : "\\t");
    } else if (must_be_escaped(code)) {
        buf_addf(out, code < 0x100 ? "\\x%02x" : "\\u%04x", code);
    } else {
        buf_add(out, text, taken);
    }
}

void text_show(struct buf *out, const char *text, size_t length)
{
    while (length > 0) {
        uint32_t code;
        size_t taken = text_decode(text, length, &code);

        if (code == '\n' || code == '\t')
            buf_add(out, text, taken);
        else
            show_one(out, text, taken, code);
        text += taken;
        length -= taken;
    }
}

struct range { uint32_t first, last; };

static bool is_in(uint32_t code, const struct range *ranges, size_t count)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (code > ranges[middle].last)
            low = middle + 1;
        else if (code < ranges[middle].first)
            high = middle;
        else
            return true;
    }
    return false;
}

/* East Asian wide and full-width blocks, and the emoji that terminals draw over two columns (UAX 11, roughly). */
static const struct range WIDE[] = {
    { 0x1100, 0x115f }, { 0x231a, 0x231b }, { 0x2329, 0x232a }, { 0x23e9, 0x23ec }, { 0x23f0, 0x23f0 },
    { 0x23f3, 0x23f3 }, { 0x25fd, 0x25fe }, { 0x2614, 0x2615 }, { 0x2648, 0x2653 }, { 0x267f, 0x267f },
    { 0x2693, 0x2693 }, { 0x26a1, 0x26a1 }, { 0x26aa, 0x26ab }, { 0x26bd, 0x26be }, { 0x26c4, 0x26c5 },
    { 0x26ce, 0x26ce }, { 0x26d4, 0x26d4 }, { 0x26ea, 0x26ea }, { 0x26f2, 0x26f3 }, { 0x26f5, 0x26f5 },
    { 0x26fa, 0x26fa }, { 0x26fd, 0x26fd }, { 0x2705, 0x2705 }, { 0x270a, 0x270b }, { 0x2728, 0x2728 },
    { 0x274c, 0x274c }, { 0x274e, 0x274e }, { 0x2753, 0x2755 }, { 0x2757, 0x2757 }, { 0x2795, 0x2797 },
    { 0x27b0, 0x27b0 }, { 0x27bf, 0x27bf }, { 0x2b1b, 0x2b1c }, { 0x2b50, 0x2b50 }, { 0x2b55, 0x2b55 },
    { 0x2e80, 0x303e }, { 0x3041, 0x33ff }, { 0x3400, 0x4dbf }, { 0x4e00, 0x9fff }, { 0xa000, 0xa4cf },
    { 0xa960, 0xa97f }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f }, { 0xff01, 0xff60 },
    { 0xffe0, 0xffe6 }, { 0x16fe0, 0x18cff }, { 0x1aff0, 0x1b2ff }, { 0x1f004, 0x1f004 }, { 0x1f0cf, 0x1f0cf },
    { 0x1f18e, 0x1f18e }, { 0x1f191, 0x1f19a }, { 0x1f200, 0x1f265 }, { 0x1f300, 0x1f320 }, { 0x1f32d, 0x1f335 },
    { 0x1f337, 0x1f37c }, { 0x1f37e, 0x1f393 }, { 0x1f3a0, 0x1f3ca }, { 0x1f3cf, 0x1f3d3 }, { 0x1f3e0, 0x1f3f0 },
    { 0x1f3f4, 0x1f3f4 }, { 0x1f3f8, 0x1f43e }, { 0x1f440, 0x1f440 }, { 0x1f442, 0x1f4fc }, { 0x1f4ff, 0x1f53d },
    { 0x1f54b, 0x1f54e }, { 0x1f550, 0x1f567 }, { 0x1f57a, 0x1f57a }, { 0x1f595, 0x1f596 }, { 0x1f5a4, 0x1f5a4 },
    { 0x1f5fb, 0x1f64f }, { 0x1f680, 0x1f6c5 }, { 0x1f6cc, 0x1f6cc }, { 0x1f6d0, 0x1f6d2 }, { 0x1f6d5, 0x1f6d7 },
    { 0x1f6dc, 0x1f6df }, { 0x1f6eb, 0x1f6ec }, { 0x1f6f4, 0x1f6fc }, { 0x1f7e0, 0x1f7eb }, { 0x1f7f0, 0x1f7f0 },
    { 0x1f90c, 0x1f93a }, { 0x1f93c, 0x1f945 }, { 0x1f947, 0x1f9ff }, { 0x1fa70, 0x1faff }, { 0x20000, 0x3fffd },
};

/* Combining marks, joiners, variation selectors, and the vowels and signs of the commoner Indic and Semitic scripts. */
static const struct range ZERO[] = {
    { 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad }, { 0x0300, 0x036f }, { 0x0483, 0x0489 },
    { 0x0591, 0x05bd }, { 0x05bf, 0x05bf }, { 0x05c1, 0x05c2 }, { 0x05c4, 0x05c5 }, { 0x05c7, 0x05c7 },
    { 0x0610, 0x061a }, { 0x061c, 0x061c }, { 0x064b, 0x065f }, { 0x0670, 0x0670 }, { 0x06d6, 0x06dc },
    { 0x06df, 0x06e4 }, { 0x06e7, 0x06e8 }, { 0x06ea, 0x06ed }, { 0x0730, 0x074a }, { 0x0900, 0x0902 },
    { 0x093a, 0x093a }, { 0x093c, 0x093c }, { 0x0941, 0x0948 }, { 0x094d, 0x094d }, { 0x0951, 0x0957 },
    { 0x0962, 0x0963 }, { 0x0981, 0x0981 }, { 0x09bc, 0x09bc }, { 0x09c1, 0x09c4 }, { 0x09cd, 0x09cd },
    { 0x0e31, 0x0e31 }, { 0x0e34, 0x0e3a }, { 0x0e47, 0x0e4e }, { 0x1160, 0x11ff }, { 0x1ab0, 0x1aff },
    { 0x1dc0, 0x1dff }, { 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x20d0, 0x20ff },
    { 0x302a, 0x302d }, { 0x3099, 0x309a }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff },
    { 0xe0000, 0xe0fff },
};

#define COUNT(array) (sizeof (array) / sizeof (array)[0])

/* Bytes that are no UTF-8 are drawn as one U+FFFD each time. */
static size_t width_of(uint32_t code)
{
    if (code == UINT32_MAX || (code >= 0x20 && code < 0x7f))
        return 1;
    if (is_in(code, ZERO, COUNT(ZERO)))
        return 0;
    return is_in(code, WIDE, COUNT(WIDE)) ? 2 : 1;
}

size_t text_width(const char *text)
{
    size_t left = strlen(text), width = 0;

    while (left > 0) {
        uint32_t code;
        size_t taken = text_decode(text, left, &code);

        width += width_of(code);
        text += taken;
        left -= taken;
    }
    return width;
}

void text_show_line(struct buf *out, const char *text, size_t length, size_t width_max)
{
    struct buf shown;
    size_t width = 0;

    buf_init(&shown, 32);       /* one character's longest form is four bytes as \xff */
    while (length > 0) {
        uint32_t code;
        size_t taken = text_decode(text, length, &code), columns;

        buf_clear(&shown);
        show_one(&shown, text, taken, code);
        columns = text_width(shown.data);
        width += columns > 0 ? columns : 1;     /* so that a million accents on one letter end too */
        if (width > width_max) {
            buf_add_string(out, "...");
            break;
        }
        buf_add(out, shown.data, shown.length);
        text += taken;
        length -= taken;
    }
    buf_fini(&shown);
}

void text_add_count(struct buf *out, uint64_t number)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, number);

    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            buf_add_char(out, ',');
        buf_add_char(out, digits[i]);
    }
}

#define NEAREST_LENGTH_MAX 64

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Damerau-Levenshtein in its usual short form: insert, drop, change, swap two neighbours. Letters' case is no edit. */
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][NEAREST_LENGTH_MAX + 1];
    size_t *older = rows[0], *old = rows[1], *now = rows[2];

    for (size_t j = 0; j <= b_length; j++)
        now[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *spare = older;

        older = old;
        old = now;
        now = spare;
        now[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t change = fold(a[i - 1]) != fold(b[j - 1]);

            now[j] = min(old[j - 1] + change, min(old[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) && fold(a[i - 2]) == fold(b[j - 1]))
                now[j] = min(now[j], older[j - 2] + 1);
        }
    }
    return now[b_length];
}

const char *text_nearest(const char *word, const char *const *names)
{
    size_t length = strlen(word);
    size_t best = length / 3 > 1 ? length / 3 : 1;
    const char *nearest = NULL;

    if (length > NEAREST_LENGTH_MAX)
        return NULL;
    for (; *names != NULL; names++) {
        size_t name_length = strlen(*names), distance;

        if (name_length > NEAREST_LENGTH_MAX)
            continue;
        distance = edit_distance(word, length, *names, name_length);
        if (distance < best || (distance == best && nearest == NULL)) {
            best = distance;
            nearest = *names;
        }
    }
    return nearest;
}
