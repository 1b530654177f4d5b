#include "tests/fake/script.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/file.h"
#include "harness/base/mem.h"
#include "harness/base/random.h"
#include "harness/base/text.h"
#include "tests/fake/weigh.h"

struct script {
    struct arena *arena;
    struct rule *rules;
    size_t count, capacity;
};

enum token_kind { TOKEN_WORD, TOKEN_STRING, TOKEN_COLON, TOKEN_SEMICOLON, TOKEN_END };

/* One line being read: token is the one looked at, at what follows it. */
struct line {
    const char *at;
    enum token_kind kind;
    struct bytes token;
    const char *path;              /* of the script, for files named in it */
    struct arena *arena;
    struct err *err;
};

typedef int read_fn(struct line *line, struct rule *rule);

/* at stands behind a backslash. */
static int read_escape(struct line *line, struct buf *out)
{
    static const char from[] = "nrt\"\\", to[] = "\n\r\t\"\\";
    char c = *line->at;
    const char *found = c != '\0' ? strchr(from, c) : NULL;

    if (found != NULL) {
        buf_add_char(out, to[found - from]);
        line->at++;
        return 0;
    }
    if (c != 'x' || text_hex_digit(line->at[1]) < 0 || text_hex_digit(line->at[2]) < 0)
        return err_set(line->err, "expected \\n, \\r, \\t, \\\", \\\\ or \\xHH in the string");
    buf_add_char(out, (char)(text_hex_digit(line->at[1]) * 16 + text_hex_digit(line->at[2])));
    line->at += 3;
    return 0;
}

/* at stands behind the opening quote. */
static int read_string(struct line *line)
{
    struct buf out;
    int result = 0;

    buf_init(&out, 0);
    while (result == 0 && *line->at != '"') {
        if (*line->at == '\0')
            result = err_set(line->err, "expected a closing quote");
        else if (*line->at == '\\') {
            line->at++;
            result = read_escape(line, &out);
        } else
            buf_add_char(&out, *line->at++);
    }
    if (result == 0)
        line->at++;
    line->kind = TOKEN_STRING;
    line->token = (struct bytes){ arena_alloc(line->arena, out.length + 1), out.length };
    memcpy((char *)line->token.data, out.data, out.length + 1);
    buf_fini(&out);
    return result;
}

static int advance(struct line *line)
{
    line->at += strspn(line->at, " \t\r");
    if (*line->at == '"') {
        line->at++;
        return read_string(line);
    }
    line->token.length = strcspn(line->at, " \t\r:;\"");
    line->kind = TOKEN_WORD;
    if (*line->at == '\0' || *line->at == '#') {
        line->kind = TOKEN_END;
        line->token.length = 0;
    } else if (*line->at == ':' || *line->at == ';') {
        line->kind = *line->at == ':' ? TOKEN_COLON : TOKEN_SEMICOLON;
        line->token.length = 1;
    }
    line->token.data = arena_strndup(line->arena, line->at, line->token.length);
    line->at += line->token.length;
    return 0;
}

static int expected(struct line *line, const char *what)
{
    return err_set(line->err, "expected %s, found %s", what, line->kind == TOKEN_END ? "the end" : line->token.data);
}

static bool is_word(const struct line *line, const char *word)
{
    return line->kind == TOKEN_WORD && strcmp(line->token.data, word) == 0;
}

static int take_string(struct line *line, const char *what, struct bytes *out)
{
    if (line->kind != TOKEN_STRING)
        return expected(line, what);
    *out = line->token;
    return advance(line);
}

static int take_int(struct line *line, const char *what, int64_t min, int64_t max, int64_t *out)
{
    char *end;
    long long value = strtoll(line->token.data, &end, 10);

    if (line->kind != TOKEN_WORD || end == line->token.data || *end != '\0' || value < min || value > max)
        return expected(line, what);
    *out = value;
    return advance(line);
}

/* "50", "50ms" or "2s". */
static int take_duration(struct line *line, const char *what, int64_t *out_ms)
{
    char *end;
    double value = strtod(line->token.data, &end);
    double unit = strcmp(end, "s") == 0 ? 1000 : 1;

    if (line->kind != TOKEN_WORD || end == line->token.data || !(value >= 0 && value <= 1e9)
        || (strcmp(end, "s") != 0 && strcmp(end, "ms") != 0 && *end != '\0'))
        return expected(line, what);
    *out_ms = (int64_t)(value * unit);
    return advance(line);
}

static int set_body(struct line *line, struct rule *rule, enum body_kind kind)
{
    if (rule->body != BODY_NONE)
        return err_set(line->err, "the rule has two bodies");
    rule->body = kind;
    return 0;
}

/* "{hash " and its kin must be closed; other braces are just braces. */
static int check_holes(struct line *line, const struct bytes *text)
{
    static const char *const holes[] = { "{hash ", "{pick " };

    for (size_t i = 0; i < 2; i++)
        for (const char *at = text->data; (at = strstr(at, holes[i])) != NULL; at++)
            if (strchr(at, '}') == NULL || at[6] == '}')
                return err_set(line->err, "expected %sWORDS} in the text", holes[i]);
    return 0;
}

static int read_say(struct line *line, struct rule *rule)
{
    if (set_body(line, rule, BODY_SAY) < 0 || take_string(line, "a text after say", &rule->text) < 0)
        return -1;
    return check_holes(line, &rule->text);
}

static int read_file(struct line *line, struct bytes *out)
{
    struct buf data;
    char *path = file_join(line->arena, file_folder(line->arena, line->path), out->data);

    buf_init(&data, 0);
    if (file_read(path, &data, line->err) < 0) {
        buf_fini(&data);
        return -1;
    }
    *out = (struct bytes){ arena_alloc(line->arena, data.length + 1), data.length };
    memcpy((char *)out->data, data.data, data.length);
    buf_fini(&data);
    return 0;
}

static int read_raw(struct line *line, struct rule *rule)
{
    bool from_file = is_word(line, "file");

    if (set_body(line, rule, BODY_RAW) < 0 || (from_file && advance(line) < 0))
        return -1;
    if (take_string(line, from_file ? "a path after raw file" : "a string, or file, after raw", &rule->text) < 0)
        return -1;
    return from_file ? read_file(line, &rule->text) : 0;
}

static int read_echo(struct line *line, struct rule *rule)
{
    return set_body(line, rule, BODY_ECHO);
}

/* weigh "WORDS" [FAULT] */
static int read_weigh(struct line *line, struct rule *rule)
{
    if (set_body(line, rule, BODY_WEIGH) < 0 || take_string(line, "the words it likes after weigh", &rule->text) < 0)
        return -1;
    if (line->kind != TOKEN_WORD)
        return 0;
    return weigh_find_fault(line->token.data, &rule->weigh_fault) ? advance(line) : expected(line, "a fault of weigh");
}

static int read_garbage(struct line *line, struct rule *rule)
{
    return set_body(line, rule, BODY_GARBAGE);
}

static int read_reasoning(struct line *line, struct rule *rule)
{
    static const char *const fields[] = { "reasoning_content", "reasoning", "inline" };

    if (take_string(line, "a text after reasoning", &rule->reasoning) < 0)
        return -1;
    if (!is_word(line, "field"))
        return 0;
    if (advance(line) < 0)
        return -1;
    for (size_t i = 0; i < 3; i++)
        if (is_word(line, fields[i])) {
            rule->reasoning_field = (enum reasoning_field)i;
            return advance(line);
        }
    return expected(line, "reasoning_content, reasoning or inline after field");
}

static int read_tool(struct line *line, struct rule *rule)
{
    struct bytes name = line->token, arguments = { NULL, 0 };

    if (line->kind != TOKEN_WORD && line->kind != TOKEN_STRING)
        return expected(line, "a tool's name");
    if (rule->tool_count == RULE_TOOLS_MAX)
        return err_set(line->err, "expected at most %d tools", RULE_TOOLS_MAX);
    if (advance(line) < 0 || take_string(line, "the arguments as a string", &arguments) < 0)
        return -1;
    rule->tools[rule->tool_count].name = name.data;
    rule->tools[rule->tool_count++].arguments = arguments.data;
    return 0;
}

static int read_stop(struct line *line, struct rule *rule)
{
    if (line->kind != TOKEN_WORD)
        return expected(line, "end, length, tool_calls, content_filter or another finish_reason after stop");
    rule->stop = strcmp(line->token.data, "end") == 0 ? "stop" : line->token.data;
    return advance(line);
}

static int read_usage(struct line *line, struct rule *rule)
{
    if (is_word(line, "off")) {
        rule->usage_off = true;
        return advance(line);
    }
    if (take_int(line, "off, or two counts of tokens, after usage", 0, INT32_MAX, &rule->usage_in) < 0)
        return -1;
    if (take_int(line, "a second count of tokens after usage", 0, INT32_MAX, &rule->usage_out) < 0)
        return -1;
    if (!is_word(line, "cache"))
        return 0;
    if (advance(line) < 0 || take_int(line, "tokens read after cache", 0, INT32_MAX, &rule->cache_read) < 0)
        return -1;
    return take_int(line, "tokens written after those read", 0, INT32_MAX, &rule->cache_written);
}

static int read_delay(struct line *line, struct rule *rule)
{
    return take_duration(line, "a time as 50ms or 2s after delay", &rule->delay_ms);
}

static int read_drip(struct line *line, struct rule *rule)
{
    return take_duration(line, "a time as 50ms or 2s after drip", &rule->drip_ms);
}

static void add_header(struct line *line, struct rule *rule, const char *text)
{
    rule->headers = arena_printf(line->arena, "%s%s\r\n", rule->headers, text);
}

/* status CODE [body TEXT] [retry-after SECONDS] */
static int read_status(struct line *line, struct rule *rule)
{
    int64_t status;

    if (take_int(line, "a code of three digits after status", 200, 599, &status) < 0)
        return -1;
    rule->status = (int)status;
    if (is_word(line, "body"))
        if (set_body(line, rule, BODY_RAW) < 0 || advance(line) < 0
            || take_string(line, "a string after body", &rule->text) < 0)
            return -1;
    if (!is_word(line, "retry-after"))
        return 0;
    if (advance(line) < 0)
        return -1;
    if (line->kind != TOKEN_WORD && line->kind != TOKEN_STRING)
        return expected(line, "seconds, or a date as a string, after retry-after");
    add_header(line, rule, arena_printf(line->arena, "Retry-After: %s", line->token.data));
    return advance(line);
}

static int read_header(struct line *line, struct rule *rule)
{
    struct bytes text = { NULL, 0 };

    if (take_string(line, "a string \"Name: value\" after header", &text) < 0)
        return -1;
    add_header(line, rule, text.data);
    return 0;
}

static int read_type(struct line *line, struct rule *rule)
{
    struct bytes text = { NULL, 0 };

    if (take_string(line, "a content type as a string after type", &text) < 0)
        return -1;
    rule->content_type = text.data;
    return 0;
}

static int set_fault(struct line *line, struct rule *rule, enum fault fault)
{
    if (rule->fault != FAULT_NONE)
        return err_set(line->err, "the rule has two faults");
    rule->fault = fault;
    return 0;
}

/* [after BYTES] */
static int read_after(struct line *line, struct rule *rule, enum fault fault)
{
    if (set_fault(line, rule, fault) < 0)
        return -1;
    rule->fault_after = -1;
    if (!is_word(line, "after"))
        return 0;
    return advance(line) < 0 ? -1 : take_int(line, "a number of bytes after after", 0, INT32_MAX, &rule->fault_after);
}

static int read_reset(struct line *line, struct rule *rule)
{
    return read_after(line, rule, FAULT_RESET);
}

static int read_stall(struct line *line, struct rule *rule)
{
    return read_after(line, rule, FAULT_STALL);
}

static int read_close(struct line *line, struct rule *rule)
{
    return read_after(line, rule, FAULT_CLOSE);
}

static int read_half(struct line *line, struct rule *rule)
{
    rule->no_length = is_word(line, "nolength");
    if (rule->no_length && advance(line) < 0)
        return -1;
    return set_fault(line, rule, FAULT_HALF);
}

static int read_big_header(struct line *line, struct rule *rule)
{
    return take_int(line, "a number of bytes after bigheader", 1, 16 << 20, &rule->big_header);
}

static int read_endless(struct line *line, struct rule *rule)
{
    (void)line;
    rule->endless = true;
    return 0;
}

static int read_nodone(struct line *line, struct rule *rule)
{
    (void)line;
    rule->done_off = true;
    return 0;
}

static const struct { const char *name; read_fn *read; } ACTIONS[] = {
    { "bigheader", read_big_header }, { "close", read_close }, { "delay", read_delay }, { "drip", read_drip },
    { "echo", read_echo }, { "endless", read_endless }, { "garbage", read_garbage }, { "half", read_half },
    { "header", read_header }, { "nodone", read_nodone }, { "raw", read_raw }, { "reasoning", read_reasoning },
    { "reset", read_reset }, { "say", read_say }, { "stall", read_stall }, { "status", read_status },
    { "stop", read_stop }, { "tool", read_tool }, { "type", read_type }, { "usage", read_usage },
    { "weigh", read_weigh },
};

static int read_action(struct line *line, struct rule *rule)
{
    for (size_t i = 0; i < sizeof ACTIONS / sizeof ACTIONS[0]; i++)
        if (is_word(line, ACTIONS[i].name))
            return advance(line) < 0 ? -1 : ACTIONS[i].read(line, rule);
    return expected(line, "an action (say, status, reset, ...)");
}

static int read_texts(struct line *line, struct rule *rule)
{
    do {
        if (rule->text_count == RULE_TEXTS_MAX)
            return err_set(line->err, "expected at most %d texts in one match", RULE_TEXTS_MAX);
        if (advance(line) < 0 || take_string(line, "a text", &rule->texts[rule->text_count++]) < 0)
            return -1;
    } while (is_word(line, "and"));
    return 0;
}

static int read_chance(struct line *line, struct rule *rule)
{
    char *end;

    rule->chance = strtod(line->token.data, &end);
    if (line->kind != TOKEN_WORD || end == line->token.data || *end != '\0'
        || !(rule->chance >= 0 && rule->chance <= 1))
        return expected(line, "a number between 0 and 1 after chance");
    return advance(line);
}

static int read_path(struct line *line, struct rule *rule)
{
    struct bytes text = { NULL, 0 };

    if (take_string(line, "a string after path", &text) < 0)
        return -1;
    rule->path = text.data;
    return 0;
}

static int read_condition(struct line *line, struct rule *rule)
{
    const struct { const char *name, *what; int64_t *count; } counts[] = {
        { "times", "a count after times", &rule->times }, { "every", "a count after every", &rule->every },
        { "above", "a count after above", &rule->above }, { "faster", "a count after faster", &rule->faster },
    };

    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        if (is_word(line, counts[i].name))
            return advance(line) < 0 ? -1 : take_int(line, counts[i].what, 1, INT32_MAX, counts[i].count);
    if (is_word(line, "chance"))
        return advance(line) < 0 ? -1 : read_chance(line, rule);
    if (is_word(line, "path"))
        return advance(line) < 0 ? -1 : read_path(line, rule);
    return expected(line, "times, every, above, faster, chance, path or a colon");
}

/* SELECTOR CONDITION* ":" ACTION (";" ACTION)* */
static int read_rule(struct line *line, struct rule *rule)
{
    if (is_word(line, "match") ? read_texts(line, rule) < 0
                               : is_word(line, "any") ? advance(line) < 0 : expected(line, "match or any"))
        return -1;
    while (line->kind != TOKEN_COLON)
        if (read_condition(line, rule) < 0)
            return -1;
    do {
        if (advance(line) < 0 || read_action(line, rule) < 0)
            return -1;
    } while (line->kind == TOKEN_SEMICOLON);
    return line->kind == TOKEN_END ? 0 : expected(line, "a semicolon or the end");
}

static struct rule *add_rule(struct script *script, size_t number)
{
    if (script->count == script->capacity) {
        script->capacity = script->capacity * 2 + 16;
        script->rules = xreallocarray(script->rules, script->capacity, sizeof *script->rules);
    }
    script->rules[script->count] = (struct rule){ .line = number, .chance = 1, .headers = "", .usage_in = -1,
        .usage_out = -1, .cache_read = -1, .cache_written = -1, .status = 200 };
    return &script->rules[script->count++];
}

static int read_line(struct script *script, const char *path, const char *text, size_t number, struct err *err)
{
    struct line line = { .at = text, .path = path, .arena = script->arena, .err = err };

    if (advance(&line) < 0)
        return -1;
    return line.kind == TOKEN_END ? 0 : read_rule(&line, add_rule(script, number));
}

static int read_lines(struct script *script, const char *path, char *text, struct err *err)
{
    size_t number = 0;

    for (char *line; (line = strsep(&text, "\n")) != NULL; ) {
        number++;
        if (read_line(script, path, line, number, err) < 0) {
            err->code = EXIT_BAD_DATA;
            return err_prefix(err, "%s line %zu: ", path, number);
        }
    }
    return 0;
}

struct script *script_read(const char *path, struct err *err)
{
    struct script *script = xcalloc(1, sizeof *script);
    struct buf text;
    int result;

    script->arena = arena_new();
    buf_init(&text, 0);
    result = file_read(path, &text, err);
    if (result == 0)
        result = read_lines(script, path, text.data, err);
    buf_fini(&text);
    if (result == 0)
        return script;
    script_free(script);
    return NULL;
}

void script_free(struct script *script)
{
    if (script == NULL)
        return;
    arena_free(script->arena);
    free(script->rules);
    free(script);
}

/* In the bytes as they came, where JSON has its escapes; or in the last user message, where it has none. */
static bool stands_in(const struct bytes *text, const struct request *request)
{
    return memmem(request->body, request->body_length, text->data, text->length) != NULL
        || strstr(request->user, text->data) != NULL;
}

static bool wants(const struct rule *rule, const struct request *request)
{
    if (rule->path != NULL ? strstr(request->path, rule->path) == NULL : !request->is_chat)
        return false;
    for (size_t i = 0; i < rule->text_count; i++)
        if (!stands_in(&rule->texts[i], request))
            return false;
    return true;
}

/* The same seed, request number and line always draw the same. */
static bool is_drawn(const struct rule *rule, uint64_t number, uint64_t seed)
{
    struct splitmix random = { seed ^ number << 20 ^ rule->line << 48 };

    return splitmix_unit(&random) < rule->chance;
}

/* A bucket of a second's worth that runs full again as time goes by: whoever finds it empty is too fast. */
static bool is_faster(struct rule *rule, int64_t now_ms)
{
    double most = (double)rule->faster;

    rule->room += rule->filled_ms == 0 ? most : (double)(now_ms - rule->filled_ms) * most / 1000;
    rule->room = rule->room < most ? rule->room : most;
    rule->filled_ms = now_ms;
    if (rule->room < 1)
        return true;
    rule->room -= 1;
    return false;
}

/* What the rule is for, but not now. */
static bool is_spared(struct rule *rule, const struct request *request)
{
    return (rule->above > 0 && request->others < (size_t)rule->above) ||
           (rule->faster > 0 && !is_faster(rule, request->ms));
}

struct rule *script_find(struct script *script, const struct request *request, uint64_t number, uint64_t seed)
{
    for (size_t i = 0; i < script->count; i++) {
        struct rule *rule = &script->rules[i];

        if (!wants(rule, request) || (rule->times > 0 && rule->used == rule->times) || is_spared(rule, request))
            continue;
        rule->met++;
        if ((rule->every > 0 && rule->met % rule->every != 0) || !is_drawn(rule, number, seed))
            continue;
        rule->used++;
        return rule;
    }
    return NULL;
}
