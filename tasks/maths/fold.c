#include "tasks/maths/fold.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/text.h"

/* By code. A blank after a command keeps it apart from a letter that follows. */
static const struct {
    uint32_t code;
    const char *form;
} FORMS[] = {
    { 0x00A0, "~" },          { 0x00A3, "\\pounds " },  { 0x00A5, "\\yen " },      { 0x00AC, "\\neg " },
    { 0x00B0, "^\\circ " },   { 0x00B1, "\\pm " },      { 0x00B7, "\\cdot " },     { 0x00BC, "\\frac{1}{4}" },
    { 0x00BD, "\\frac{1}{2}" }, { 0x00BE, "\\frac{3}{4}" }, { 0x00D7, "\\times " }, { 0x00F7, "\\div " },
    { 0x0393, "\\Gamma " },   { 0x0394, "\\Delta " },   { 0x0398, "\\Theta " },    { 0x039B, "\\Lambda " },
    { 0x03A0, "\\Pi " },      { 0x03A3, "\\Sigma " },   { 0x03A6, "\\Phi " },      { 0x03A8, "\\Psi " },
    { 0x03A9, "\\Omega " },   { 0x03B1, "\\alpha " },   { 0x03B2, "\\beta " },     { 0x03B3, "\\gamma " },
    { 0x03B4, "\\delta " },   { 0x03B5, "\\varepsilon " }, { 0x03B6, "\\zeta " },  { 0x03B7, "\\eta " },
    { 0x03B8, "\\theta " },   { 0x03B9, "\\iota " },    { 0x03BA, "\\kappa " },    { 0x03BB, "\\lambda " },
    { 0x03BC, "\\mu " },      { 0x03BD, "\\nu " },      { 0x03BE, "\\xi " },       { 0x03C0, "\\pi " },
    { 0x03C1, "\\rho " },     { 0x03C3, "\\sigma " },   { 0x03C4, "\\tau " },      { 0x03C5, "\\upsilon " },
    { 0x03C6, "\\varphi " },  { 0x03C7, "\\chi " },     { 0x03C8, "\\psi " },      { 0x03C9, "\\omega " },
    { 0x03D5, "\\phi " },     { 0x2002, "~" },          { 0x2003, "~" },           { 0x2004, "~" },
    { 0x2005, "~" },          { 0x2006, "~" },          { 0x2007, "~" },           { 0x2009, "\\," },
    { 0x200A, "\\," },        { 0x200B, "" },           { 0x200C, "" },            { 0x200D, "" },
    { 0x200E, "" },           { 0x200F, "" },           { 0x2010, "-" },           { 0x2011, "-" },
    { 0x2012, "-" },          { 0x2013, "-" },          { 0x2014, "-" },           { 0x2016, "\\|" },
    { 0x2018, "'" },          { 0x2019, "'" },          { 0x201C, "\"" },          { 0x201D, "\"" },
    { 0x2026, "\\ldots " },   { 0x202F, "\\," },        { 0x2032, "'" },           { 0x2033, "''" },
    { 0x2044, "/" },          { 0x2060, "" },           { 0x20AC, "\\euro " },     { 0x2102, "\\mathbb{C}" },
    { 0x2103, "^\\circ C" },  { 0x2115, "\\mathbb{N}" }, { 0x211A, "\\mathbb{Q}" }, { 0x211D, "\\mathbb{R}" },
    { 0x2124, "\\mathbb{Z}" }, { 0x2150, "\\frac{1}{7}" }, { 0x2151, "\\frac{1}{9}" }, { 0x2152, "\\frac{1}{10}" },
    { 0x2153, "\\frac{1}{3}" }, { 0x2154, "\\frac{2}{3}" }, { 0x2155, "\\frac{1}{5}" }, { 0x2156, "\\frac{2}{5}" },
    { 0x2157, "\\frac{3}{5}" }, { 0x2158, "\\frac{4}{5}" }, { 0x2159, "\\frac{1}{6}" }, { 0x215A, "\\frac{5}{6}" },
    { 0x215B, "\\frac{1}{8}" }, { 0x215C, "\\frac{3}{8}" }, { 0x215D, "\\frac{5}{8}" }, { 0x215E, "\\frac{7}{8}" },
    { 0x2190, "\\leftarrow " }, { 0x2192, "\\to " },     { 0x21D2, "\\Rightarrow " }, { 0x2200, "\\forall " },
    { 0x2203, "\\exists " },  { 0x2205, "\\emptyset " }, { 0x2208, "\\in " },      { 0x2209, "\\notin " },
    { 0x2211, "\\sum " },     { 0x220F, "\\prod " },    { 0x2212, "-" },           { 0x2213, "\\mp " },
    { 0x2215, "/" },          { 0x2216, "\\setminus " }, { 0x2217, "*" },          { 0x2218, "\\circ " },
    { 0x2219, "\\cdot " },    { 0x221A, "\\sqrt " },    { 0x221B, "\\sqrt[3]" },   { 0x221C, "\\sqrt[4]" },
    { 0x221E, "\\infty " },   { 0x2220, "\\angle " },   { 0x2223, "|" },           { 0x2225, "\\|" },
    { 0x2227, "\\land " },    { 0x2228, "\\lor " },     { 0x2229, "\\cap " },      { 0x222A, "\\cup " },
    { 0x222B, "\\int " },     { 0x2236, ":" },          { 0x2248, "\\approx " },   { 0x2260, "\\neq " },
    { 0x2261, "\\equiv " },   { 0x2264, "\\le " },      { 0x2265, "\\ge " },       { 0x2282, "\\subset " },
    { 0x2286, "\\subseteq " }, { 0x22C5, "\\cdot " },   { 0x2308, "\\lceil " },    { 0x2309, "\\rceil " },
    { 0x230A, "\\lfloor " },  { 0x230B, "\\rfloor " },  { 0x2329, "\\langle " },   { 0x232A, "\\rangle " },
    { 0x25A1, "" },           { 0x27E8, "\\langle " },  { 0x27E9, "\\rangle " },   { 0x2A7D, "\\le " },
    { 0x2A7E, "\\ge " },      { 0x3000, "~" },          { 0x3001, "," },           { 0x3002, "." },
    { 0x3008, "\\langle " },  { 0x3009, "\\rangle " },  { 0xFE62, "+" },           { 0xFEFF, "" },
    { 0xFFE5, "\\yen " },
};

static int compare_codes(const void *key, const void *entry)
{
    uint32_t code = *(const uint32_t *)key, other = *(const uint32_t *)entry;

    return code < other ? -1 : code > other;
}

/* The plain character that a superscript or subscript one shows; 0 for others. */
static char raised(uint32_t code)
{
    static const char HIGH[] = "0\0" "\0\0" "456789+-=()n", LOW[] = "0123456789+-=()";

    if (code == 0xB9 || code == 0xB2 || code == 0xB3)
        return code == 0xB9 ? '1' : code == 0xB2 ? '2' : '3';
    if (code == 0x2071)
        return 'i';
    if (code >= 0x2070 && code <= 0x207F)
        return HIGH[code - 0x2070];
    if (code >= 0x2080 && code <= 0x208E)
        return LOW[code - 0x2080];
    return '\0';
}

/* Adds a run of raised or lowered characters as one group; returns the bytes it took. */
static size_t add_raised(struct buf *out, const char *text, size_t length, uint32_t code)
{
    bool low = code >= 0x2080;
    size_t used = 0;

    buf_add_string(out, low ? "_{" : "^{");
    while (used < length) {
        size_t size = text_decode(text + used, length - used, &code);
        if (raised(code) == '\0' || (code >= 0x2080) != low)
            break;
        buf_add_char(out, raised(code));
        used += size;
    }
    buf_add_char(out, '}');
    return used;
}

static void add_form(struct buf *out, const char *text, size_t size, uint32_t code)
{
    const char *entry = bsearch(&code, FORMS, sizeof FORMS / sizeof FORMS[0], sizeof FORMS[0], compare_codes);

    if (entry != NULL)
        buf_add_string(out, FORMS[(entry - (const char *)FORMS) / (ptrdiff_t)sizeof FORMS[0]].form);
    else if (code >= 0xFF01 && code <= 0xFF5E)
        buf_add_char(out, (char)(code - 0xFF01 + '!'));     /* full width */
    else
        buf_add(out, text, size);
}

const char *fold(const char *text, size_t length, struct arena *arena)
{
    struct buf out;
    const char *folded;
    size_t at = 0;

    while (at < length && (unsigned char)text[at] < 0x80)
        at++;
    if (at == length)
        return arena_strndup(arena, text, length);
    buf_init(&out, 0);
    buf_add(&out, text, at);
    while (at < length) {
        uint32_t code;
        size_t size = text_decode(text + at, length - at, &code);
        if (code < 0x80)
            buf_add_char(&out, text[at]);
        else if (raised(code) != '\0')
            size = add_raised(&out, text + at, length - at, code);
        else
            add_form(&out, text + at, size, code);
        at += size;
    }
    folded = arena_strndup(arena, out.data, out.length);
    buf_fini(&out);
    return folded;
}
