/*
 * The source is folded to ASCII, then read once from left to right. \text{...} and \mathrm{...} with a word in it are
 * read in place by the same reader in the mode of words. Where letters stand together outside of them, a whole word
 * that the lexicon knows counts as one, else each letter is a symbol.
 */
#include "tasks/maths/lexer.h"

#include <ctype.h>
#include <string.h>

#include "harness/base/arena.h"
#include "tasks/maths/fold.h"
#include "tasks/maths/lexicon.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/unit.h"
#include "tasks/maths/work.h"

void lexer_add(struct lexer *lexer, int kind, const char *text)
{
    struct tokens *out = lexer->out;

    if (out->count == LIMIT_TOKENS) {
        work_stop(lexer->work, "too many tokens");
        return;
    }
    if (out->count == out->capacity) {
        size_t capacity = out->capacity == 0 ? 32 : 2 * out->capacity;
        struct token *items = arena_calloc(lexer->work->arena, capacity, sizeof *items);
        if (out->count > 0)
            memcpy(items, out->items, out->count * sizeof *items);
        out->items = items;
        out->capacity = capacity;
    }
    out->items[out->count++] = (struct token){ .kind = kind, .text = text, .glued = !lexer->spaced };
    lexer->spaced = false;
}

int lexer_last(const struct lexer *lexer)
{
    return lexer->out->count == 0 ? TOKEN_END : lexer->out->items[lexer->out->count - 1].kind;
}

/* The end of the group that begins at that place with '{'; the length of the text when nothing closes it. */
static size_t group_end(struct span text, size_t at)
{
    size_t depth = 0;

    for (; at < text.length; at++) {
        if (text.text[at] == '\\')
            at++;
        else if (text.text[at] == '{')
            depth++;
        else if (text.text[at] == '}' && --depth == 0)
            return at;
    }
    return text.length;
}

/* Whether a style's content is words: one that is known, or nothing but letters. \boldsymbol{4ab} is a product. */
static bool holds_word(struct span text)
{
    bool letters = true, together = false;

    for (size_t i = 0; i < text.length;) {
        size_t start = i;
        while (is_letter(span_at(text, i)))
            i++;
        if (i - start >= 2 && (start == 0 || text.text[start - 1] != '\\')) {
            together = true;
            if (lexicon_word(text.text + start, i - start) != NULL ||
                unit_find(text.text + start, i - start, true) != NULL || lexicon_is_prose(text.text + start, i - start))
                return true;
        }
        if (i < text.length && i == start) {
            letters = letters && (is_blank(text.text[i]) || text.text[i] == '~' || text.text[i] == '.');
            i++;
        }
    }
    return letters && together;
}

static void read_all(struct lexer *lexer);

/* A copy of text without its bytes to keep it apart; reads it where it stands. */
static void read_within(struct lexer *lexer, struct span inner, bool words)
{
    struct lexer nested = *lexer;

    if (++nested.depth > LIMIT_NESTING) {
        work_stop(lexer->work, "too deeply nested");
        return;
    }
    nested.text = inner;
    nested.words = words;
    read_all(&nested);
    lexer->spaced = nested.spaced;
    lexer->open_lists = nested.open_lists;
    lexer->environments = nested.environments;
    lexer->digits = nested.digits;
}

/* {...} of a command that wraps it, whose name ended at lexer->at. A style holds mathematics unless a word is in it. */
static void read_wrapped(struct lexer *lexer, enum lexeme_kind kind)
{
    size_t open = lexer->at, end;
    struct span inner;

    while (is_blank(span_at(lexer->text, open)))
        open++;
    if (span_at(lexer->text, open) != '{')
        return;             /* \bf x: only a switch */
    end = group_end(lexer->text, open);
    inner = span_slice(lexer->text, open + 1, end);
    lexer->at = end + (end < lexer->text.length);
    if (kind == LEXEME_SKIPPED)
        return;
    if (kind == LEXEME_WRAPPER || holds_word(inner)) {
        read_within(lexer, inner, true);
    } else if (inner.length == 1 && inner.text[0] == 'e') {
        lexer_add(lexer, TOKEN_EULER, NULL);
    } else if (kind == LEXEME_STYLE && inner.length == 1 && is_letter(inner.text[0])) {
        if (lexer->out->count > 0 && unit_find(inner.text, 1, true) != NULL && lexer->units &&
            (lexer_last(lexer) == TOKEN_NUMBER || lexer_last(lexer) == '/' || lexer_last(lexer) == '}'))
            lexer_add(lexer, TOKEN_UNIT, unit_find(inner.text, 1, true)->name);
        else
            lexer_add(lexer, TOKEN_SYMBOL, arena_strndup(lexer->work->arena, inner.text, 1));
    } else {
        lexer_add(lexer, '{', NULL);
        read_within(lexer, inner, false);
        lexer_add(lexer, '}', NULL);
    }
}

/* \mathbb{R}: a set of numbers. */
static bool read_blackboard(struct lexer *lexer)
{
    size_t at = lexer->at;
    bool braced;

    while (is_blank(span_at(lexer->text, at)))
        at++;
    braced = span_at(lexer->text, at) == '{';
    at += braced;
    if (!is_one_of(span_at(lexer->text, at), "RQZNC") || (braced && span_at(lexer->text, at + 1) != '}'))
        return false;
    lexer_add(lexer, TOKEN_NUMBERS, arena_strndup(lexer->work->arena, lexer->text.text + at, 1));
    lexer->at = at + 1 + braced;
    return true;
}

/* \begin{name} and \end{name}; the column format of an array is passed over. */
static void read_environment(struct lexer *lexer, bool begins)
{
    size_t open = lexer->at, end = group_end(lexer->text, open);
    struct span name;

    if (span_at(lexer->text, open) != '{' || end == lexer->text.length) {
        lexer_add(lexer, TOKEN_UNREADABLE, "environment");
        return;
    }
    name = span_slice(lexer->text, open + 1, end);
    lexer->at = end + 1;
    if (begins)
        lexer->environments++;
    else if (lexer->environments > 0)
        lexer->environments--;
    lexer_add(lexer, begins ? TOKEN_BEGIN : TOKEN_FINISH, arena_strndup(lexer->work->arena, name.text, name.length));
    if (begins && span_has(name, 0, "array") && span_at(lexer->text, lexer->at) == '{') {
        end = group_end(lexer->text, lexer->at);
        lexer->at = end + (end < lexer->text.length);
    }
}

/* \left, \right and their kin: the bracket stays, and a bar knows which way it opens. */
static bool read_sizing(struct lexer *lexer, struct span name)
{
    static const char *const SIZES[] = { "left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr",
                                         "biggl", "biggr", "Biggl", "Biggr", "middle", "mleft", "mright" };
    bool closes;

    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        if (strlen(SIZES[i]) != name.length || !span_has(name, 0, SIZES[i]))
            continue;
        closes = name.text[name.length - 1] == 'r' || span_has(name, 0, "right") || span_has(name, 0, "mright");
        while (is_blank(span_at(lexer->text, lexer->at)))
            lexer->at++;
        if (span_at(lexer->text, lexer->at) == '.')
            lexer->at++;
        else if (span_at(lexer->text, lexer->at) == '|' && !span_has(name, 0, "middle")) {
            lexer_add(lexer, closes ? TOKEN_BAR_CLOSE : TOKEN_BAR_OPEN, NULL);
            lexer->at++;
        }
        return true;
    }
    return false;
}

static void read_lexeme(struct lexer *lexer, const struct lexeme *lexeme)
{
    switch (lexeme->kind) {
    case LEXEME_TOKEN:
        if (lexeme->token == TOKEN_SET_OPEN)
            lexer->open_lists++;
        if (lexeme->token == TOKEN_SET_CLOSE && lexer->open_lists > 0)
            lexer->open_lists--;
        lexer_add(lexer, lexeme->token, lexeme->text);
        break;
    case LEXEME_BLANK:
        lexer->spaced = true;
        break;
    default:
        read_wrapped(lexer, lexeme->kind);
    }
}

/* What follows a double backslash: a length like [4pt] goes with it. Outside of an array it separates no rows, so before a
 * letter it is a backslash that was escaped once too often. */
static void read_row(struct lexer *lexer)
{
    struct span text = lexer->text;
    size_t end = lexer->at + 1;

    if (lexer->environments == 0 && (is_letter(span_at(text, lexer->at)) || is_one_of(span_at(text, lexer->at), "{}"))) {
        lexer->at--;
        return;
    }
    if (span_at(text, lexer->at) == '[') {
        while (is_digit(span_at(text, end)) || is_one_of(span_at(text, end), ".- "))
            end++;
        while (is_letter(span_at(text, end)))
            end++;
        if (span_at(text, end) == ']' && is_letter(text.text[end - 1]))
            lexer->at = end + 1;
    }
    lexer_add(lexer, TOKEN_ROW, NULL);
}

/* The command whose backslash stands at lexer->at. */
static void read_command(struct lexer *lexer)
{
    size_t start = lexer->at + 1, end = start;
    const struct lexeme *lexeme;
    struct span name;

    while (is_letter(span_at(lexer->text, end)))
        end++;
    if (end == start)
        end += start < lexer->text.length;
    name = span_slice(lexer->text, start, end);
    lexer->at = end;
    if (name.length == 0)
        return;             /* a backslash at the very end */
    lexeme = lexicon_command(name.text, name.length);
    if (span_has(name, 0, "mathbb") && read_blackboard(lexer))
        return;
    if (name.length == 5 && span_has(name, 0, "begin"))
        read_environment(lexer, true);
    else if (name.length == 3 && span_has(name, 0, "end"))
        read_environment(lexer, false);
    else if (name.length == 1 && name.text[0] == '\\')
        read_row(lexer);
    else if (lexeme != NULL)
        read_lexeme(lexer, lexeme);
    else if (!read_sizing(lexer, name) && !is_blank(name.text[0]))
        lexer_add(lexer, TOKEN_UNREADABLE, arena_strndup(lexer->work->arena, name.text, name.length));
}

/* ^\circ and ^{\circ}, with its caret; 0 when it is another power. */
static size_t measure_degree(struct span text, size_t at)
{
    size_t end = at + 1;
    bool braced;

    while (is_blank(span_at(text, end)))
        end++;
    braced = span_at(text, end) == '{';
    end += braced;
    while (is_blank(span_at(text, end)))
        end++;
    if (span_has(text, end, "\\circ") && !is_letter(span_at(text, end + 5)))
        end += 5;
    else if (span_has(text, end, "\\degree"))
        end += 7;
    else
        return 0;
    while (is_blank(span_at(text, end)) && braced)
        end++;
    if (braced && span_at(text, end) != '}')
        return 0;
    return end + braced - at;
}

/* Operators of two or more plain characters. */
static const struct {
    const char *source;
    int kind;
    const char *text;
} DIGRAPHS[] = {
    { "<=", TOKEN_RELATION, "l" }, { ">=", TOKEN_RELATION, "g" }, { "!=", TOKEN_RELATION, "!" },
    { "==", TOKEN_RELATION, "=" },
    { "=<", TOKEN_RELATION, "l" }, { "=>", TOKEN_RELATION, "=" }, { "->", TOKEN_RELATION, "t" },
    { "~=", TOKEN_RELATION, "~" },
    { "**", '^', NULL },           { "...", TOKEN_ELLIPSIS, NULL }, { "+-", TOKEN_PLUS_MINUS, NULL },
    { "+/-", TOKEN_PLUS_MINUS, NULL },
    { "=", TOKEN_RELATION, "=" },  { "<", TOKEN_RELATION, "<" },    { ">", TOKEN_RELATION, ">" },
};

static void read_character(struct lexer *lexer)
{
    char c = lexer->text.text[lexer->at];
    size_t degree = c == '^' ? measure_degree(lexer->text, lexer->at) : 0;

    if (degree > 0) {
        lexer_add(lexer, TOKEN_DEGREE, NULL);
        lexer->at += degree;
        return;
    }
    for (size_t i = 0; i < sizeof DIGRAPHS / sizeof DIGRAPHS[0]; i++)
        if (span_has(lexer->text, lexer->at, DIGRAPHS[i].source)) {
            lexer_add(lexer, DIGRAPHS[i].kind, DIGRAPHS[i].text);
            lexer->at += strlen(DIGRAPHS[i].source);
            return;
        }
    lexer->at++;
    if (c == '$' || c == '"' || c == '~' || c == '`') {
        lexer->spaced = true;
        return;
    }
    if (is_one_of(c, "([{")) {
        int last = lexer_last(lexer);
        bool argument = c == '{' && (last == TOKEN_FRACTION || last == TOKEN_ROOT || last == '^' || last == '}');
        lexer->open_lists += !argument || lexer->open_lists > 0;
    } else if (is_one_of(c, ")]}") && lexer->open_lists > 0) {
        lexer->open_lists--;
    }
    if (c == '^' && span_at(lexer->text, lexer->at) == '{')
        lexer->out->braced_powers = true;
    lexer_add(lexer, (unsigned char)c, NULL);
}

static void read_all(struct lexer *lexer)
{
    lexer->at = 0;
    while (lexer->at < lexer->text.length && lexer->work->stopped == NULL) {
        char c = lexer->text.text[lexer->at];
        if (is_blank(c)) {
            lexer->spaced = true;
            lexer->at++;
        } else if (c == '\\') {
            read_command(lexer);
        } else if (is_digit(c) || (c == '.' && is_digit(span_at(lexer->text, lexer->at + 1)))) {
            lexer_read_number(lexer);
        } else if (is_letter(c) || (unsigned char)c >= 0x80) {
            lexer_read_letters(lexer);
        } else if (c == '.') {
            lexer->at++;        /* punctuation */
        } else {
            read_character(lexer);
        }
    }
}

bool tokens_index_i(const char *source)
{
    return strstr(source, "_i") != NULL || strstr(source, "_{i") != NULL;
}

void tokens_read(struct work *work, const char *source, bool index_i, struct tokens *out)
{
    const char *folded = fold(source, strlen(source), work->arena);
    struct lexer lexer = { .work = work, .out = out, .text = span_of(folded), .spaced = true };

    *out = (struct tokens){ .plain = strchr(source, '\\') == NULL, .index_i = index_i };
    lexer.units = true;
    if (out->plain && strncmp(folded, "/", 1) != 0)
        lexer.plain = true;
    read_all(&lexer);
    lexer_add(&lexer, TOKEN_END, NULL);
    if (lexer.work->stopped != NULL) {
        out->items = arena_calloc(work->arena, 1, sizeof *out->items);
        out->count = 1;
    }
}
