/*
 * Runs every table in tests/graders (README.md there says how one is written) and names the line of each case that
 * disagrees.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/engine/grading.h"
#include "harness/engine/sample.h"
#include "tasks/graders/graders.h"
#include "tasks/readers/readers.h"

/* The slowest case takes a tenth of a second; under AddressSanitizer, whose memrchr looks at all the text each time, 2. */
#define CASE_SECONDS_MAX 10.0

static const char *const TABLES[][2] = {
    { "choice", "canonical" },   { "choice", "simple_evals" },   { "choice", "artificial_analysis" },
    { "choice", "inspect" },     { "choice", "lm_eval" },        { "choice", "mmlu_pro_official" },
    { "choice", "mmmu_official" }, { "choice", "lighteval" },    { "choice", "simple_evals_multilingual" },
    { "choice", "lm_eval_flexible" },                            { "choice", "lm_eval_strict" },
    { "choice", "vlmevalkit" },  { "choice", "evalscope" },      { "choice", "nemo" },
    { "choice", "opencompass" },
    { "choice_or_open", "canonical" },                           { "choice_or_open", "mmmu_official" },
    { "integer", "canonical" },  { "integer", "lm_eval_box" },   { "integer", "matharena" },
};

struct table {
    const char *path;
    const struct grader *grader;
    const struct reader *reader;
    char *rest;                 /* not yet read; lines are cut in place */
    size_t line;                /* of the line last read */
    struct arena *arena;
};

/* The next line without its newline; NULL at the end. */
static char *next_line(struct table *table)
{
    char *line = table->rest, *end;

    if (*line == '\0')
        return NULL;
    end = strchr(line, '\n');
    table->rest = end == NULL ? line + strlen(line) : end + 1;
    if (end != NULL)
        *end = '\0';
    table->line++;
    return line;
}

/* The first line of the next case. */
static char *next_case(struct table *table)
{
    char *line = next_line(table);

    while (line != NULL && (line[0] == '\0' || line[0] == '#'))
        line = next_line(table);
    return line;
}

static const char *unescape_one(const char *text, struct buf *out);

/* "\*1000 ab\.": text points at the count. */
static const char *repeat(const char *text, struct buf *out)
{
    char *unit;
    unsigned long times = strtoul(text, &unit, 10);
    struct buf once;

    assert_int_equal(*unit, ' ');
    buf_init(&once, 0);
    for (text = unit + 1; strncmp(text, "\\.", 2) != 0;) {
        assert_true(*text != '\0');
        text = unescape_one(text, &once);
    }
    while (times-- > 0)
        buf_add(out, once.data, once.length);
    buf_fini(&once);
    return text + 2;
}

static uint32_t read_hex(const char *text, size_t digits)
{
    char hex[5] = "";

    memcpy(hex, text, digits);
    return (uint32_t)strtoul(hex, NULL, 16);
}

/* Adds what the escape or character at text stands for; returns what follows it. */
static const char *unescape_one(const char *text, struct buf *out)
{
    static const char LETTERS[] = "ntr\\", BYTES[] = "\n\t\r\\";
    const char *letter;

    if (text[0] != '\\') {
        buf_add_char(out, text[0]);
        return text + 1;
    }
    if (text[1] == '*')
        return repeat(text + 2, out);
    if (text[1] == 'u') {
        text_encode(out, read_hex(text + 2, 4));
        return text + 6;
    }
    if (text[1] == 'x') {
        uint32_t byte = read_hex(text + 2, 2);
        if (byte == 0)
            text_encode(out, 0xFFFD);
        else
            buf_add_char(out, (char)byte);
        return text + 4;
    }
    letter = strchr(LETTERS, text[1]);
    assert_true(letter != NULL && *letter != '\0');
    buf_add_char(out, BYTES[letter - LETTERS]);
    return text + 2;
}

static const char *unescape(const char *text, struct arena *arena)
{
    struct buf buf;
    const char *plain;

    if (strcmp(text, "\"\"") == 0)
        return "";
    buf_init(&buf, 0);
    while (*text != '\0')
        text = unescape_one(text, &buf);
    plain = arena_strndup(arena, buf.data, buf.length);
    buf_fini(&buf);
    return plain;
}

/* What was read, in the words of a table: "-" for nothing, "!" for a limit. */
static const char *run_case(const struct table *table, const char *output, const char *choices, const char *target,
                            struct grade *grade)
{
    struct reply said = { .text = unescape(output, table->arena),
                          .stop = strstr(choices, "length") != NULL ? STOP_LENGTH : STOP_END };
    struct sample sample = { .id = "case", .choice_count = (size_t)strtoul(choices, NULL, 10) };
    struct grading grading = { .grader = table->grader, .reader = table->reader, .sample = &sample, .target = target,
                               .said = &said };
    struct err err = ERR_INIT;

    if (grading_run(&grading, table->arena, grade, &err) < 0) {
        assert_memory_equal(err.text, "limit: ", strlen("limit: "));
        *grade = (struct grade){ .score = 0 };
        return "!";
    }
    if (grade->answer == NULL)
        assert_non_null(grade->reason);
    return grade->answer == NULL ? "-" : grade->answer;
}

/* 1 when the case whose first line is output disagrees. */
static int check_case(struct table *table, const char *output)
{
    size_t line = table->line;
    char *choices = next_line(table), *expected = next_line(table), *target = next_line(table), *score;
    clock_t start = clock();
    struct grade grade;
    const char *answer;
    double seconds;

    assert_true(choices != NULL && expected != NULL && target != NULL);
    score = strrchr(target, ' ');
    if (score == NULL)
        fail_msg("%s:%zu: no score", table->path, table->line);
    *score++ = '\0';
    answer = run_case(table, output, choices, target, &grade);
    seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    if (strcmp(answer, unescape(expected, table->arena)) == 0 && fabs(grade.score - strtod(score, NULL)) < 1e-9 &&
        seconds < CASE_SECONDS_MAX)
        return 0;
    print_error("%s:%zu: read %.80s (%s), score %g, %.3f s; expected %s, score %s\n", table->path, line, answer,
                grade.reason == NULL ? "" : grade.reason, grade.score, seconds, expected, score);
    return 1;
}

/* Returns how many cases it tried, and adds those that failed to *failed. */
static int check_table(const char *grader, const char *reader, struct arena *arena, int *failed)
{
    bool is_plain = strcmp(reader, "canonical") == 0;
    struct table table = {
        .path = arena_printf(arena, "%s/tests/graders/%s%s%s.cases", SOURCE_DIR, grader, is_plain ? "" : ".",
                             is_plain ? "" : reader),
        .grader = graders_find(grader),
        .reader = readers_find(grader, reader),
        .arena = arena_new(),
    };
    struct err err = ERR_INIT;
    struct buf text;
    const char *output;
    int tried = 0, disagree = 0;

    buf_init(&text, 0);
    if (file_read(table.path, &text, &err) < 0)
        fail_msg("%s", err.text);
    for (table.rest = text.data; (output = next_case(&table)) != NULL; arena_clear(table.arena)) {
        tried++;
        disagree += check_case(&table, output);
    }
    print_message("%s %s: %d tried, %d failed\n", grader, reader, tried, disagree);
    buf_fini(&text);
    arena_free(table.arena);
    *failed += disagree;
    return tried;
}

static void test_cases_agree(void **state)
{
    struct arena *arena = arena_new();
    int tried = 0, failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof TABLES / sizeof TABLES[0]; i++)
        tried += check_table(TABLES[i][0], TABLES[i][1], arena, &failed);
    arena_free(arena);
    print_message("promise: %d tried, %d failed\n", tried, failed);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases_agree) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
