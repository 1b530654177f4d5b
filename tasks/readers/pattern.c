#include "tasks/readers/pattern.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/text.h"

/* About 50 ms of matching (measured: 10 ns a step). A megabyte of plain prose needs a tenth of it. */
#define STEPS_MAX ((size_t)4000000)
/* Past this it pays to compile to machine code: each match costs the interpreter 8 microseconds, however short. */
#define JIT_BYTES_MIN ((size_t)8 << 10)
/* How many bytes a class may run over for the price of one step. */
#define BYTES_PER_STEP 16

/* PCRE2's own limits, a second line: matches tried from one place, backtracking depth, memory. */
#define MATCH_LIMIT 10000000
#define DEPTH_LIMIT 100000
#define HEAP_LIMIT_KIB (64 * 1024)

#define GROUPS_MAX 3

/* A pattern, and what is needed to match it. */
struct matcher {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
    size_t *steps_left;
    size_t place;           /* in the subject, at the last charge */
};

struct subject subject_of(const char *said, struct arena *arena)
{
    struct subject subject = { .text = span_of(said), .steps_left = STEPS_MAX };
    struct buf buf;

    if (text_is_utf8(subject.text.text, subject.text.length))
        return subject;
    buf_init(&buf, 3 * subject.text.length + 1);
    text_repair(&buf, subject.text.text, subject.text.length);
    subject.text = (struct span){ arena_strndup(arena, buf.data, buf.length), buf.length };
    buf_fini(&buf);
    return subject;
}

/* PCRE2 calls this before every item of the pattern that it tries. */
static int charge(pcre2_callout_block *block, void *data)
{
    struct matcher *matcher = data;
    size_t place = block->current_position;
    size_t moved = place > matcher->place ? place - matcher->place : matcher->place - place;
    size_t cost = 1 + moved / BYTES_PER_STEP;

    matcher->place = place;
    if (cost > *matcher->steps_left)
        return PCRE2_ERROR_MATCHLIMIT;
    *matcher->steps_left -= cost;
    return 0;
}

static void matcher_init(struct matcher *matcher, const char *regex, struct subject *subject)
{
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    int error;
    PCRE2_SIZE offset;

    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    matcher->code = pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED,
                                  PCRE2_UTF | PCRE2_UCP | PCRE2_AUTO_CALLOUT, &error, &offset, context);
    assert(matcher->code != NULL);      /* the regexes are ours */
    pcre2_compile_context_free(context);
    if (subject->text.length >= JIT_BYTES_MIN)
        pcre2_jit_compile(matcher->code, PCRE2_JIT_COMPLETE);   /* where it is not to be had, the interpreter matches */
    matcher->data = pcre2_match_data_create(GROUPS_MAX + 1, NULL);
    matcher->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(matcher->context, MATCH_LIMIT);
    pcre2_set_depth_limit(matcher->context, DEPTH_LIMIT);
    pcre2_set_heap_limit(matcher->context, HEAP_LIMIT_KIB);
    pcre2_set_callout(matcher->context, charge, matcher);
    matcher->steps_left = &subject->steps_left;
    matcher->place = 0;
}

static void matcher_fini(struct matcher *matcher)
{
    pcre2_match_context_free(matcher->context);
    pcre2_match_data_free(matcher->data);
    pcre2_code_free(matcher->code);
}

/* The first match from there on: 1 with *group and *end set, 0, or -1 with err set. */
static int find_next(struct matcher *matcher, const struct subject *subject, size_t from, struct span *group,
                     size_t *end, struct err *err)
{
    const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(matcher->data);
    /* The text is known to be UTF-8; checking it again at every match would make many matches take quadratic time. */
    int rc = pcre2_match(matcher->code, (PCRE2_SPTR)subject->text.text, subject->text.length, from,
                         PCRE2_NO_UTF_CHECK, matcher->data, matcher->context);

    if (rc == PCRE2_ERROR_NOMATCH)
        return 0;
    if (rc < 0)
        return err_set(err, "limit: reading %zu bytes takes too many steps", subject->text.length);
    assert(offsets[1] > offsets[0]);    /* no pattern here matches nothing */
    *group = span_slice(subject->text, offsets[2], offsets[3]);
    *end = offsets[1];
    return 1;
}

int pattern_find_first(const char *regex, struct subject *subject, struct span *group, struct err *err)
{
    struct matcher matcher;
    size_t end;
    int rc;

    matcher_init(&matcher, regex, subject);
    rc = find_next(&matcher, subject, 0, group, &end, err);
    matcher_fini(&matcher);
    return rc;
}

int pattern_find_last(const char *regex, struct subject *subject, struct span *group, struct err *err)
{
    struct matcher matcher;
    size_t end = 0;
    int rc, found = 0;

    matcher_init(&matcher, regex, subject);
    while ((rc = find_next(&matcher, subject, end, group, &end, err)) > 0)
        found = 1;
    matcher_fini(&matcher);
    return rc < 0 ? -1 : found;
}

/* Adds what the groups of the last match hold. */
static void add_groups(struct buf *buf, const struct matcher *matcher, struct span text)
{
    const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(matcher->data);
    uint32_t count;

    pcre2_pattern_info(matcher->code, PCRE2_INFO_CAPTURECOUNT, &count);
    assert(count <= GROUPS_MAX);
    for (uint32_t i = 1; i <= count; i++)
        buf_add(buf, text.text + offsets[2 * i], offsets[2 * i + 1] - offsets[2 * i]);
}

int pattern_unwrap(const char *regex, struct subject *subject, struct arena *arena, struct err *err)
{
    struct span text = subject->text, group;
    struct matcher matcher;
    struct buf buf;
    size_t from = 0, end;
    int rc;

    buf_init(&buf, text.length + 1);
    matcher_init(&matcher, regex, subject);
    while ((rc = find_next(&matcher, subject, from, &group, &end, err)) > 0) {
        size_t begin = pcre2_get_ovector_pointer(matcher.data)[0];
        buf_add(&buf, text.text + from, begin - from);
        add_groups(&buf, &matcher, text);
        from = end;
    }
    matcher_fini(&matcher);
    if (rc == 0 && from > 0) {
        buf_add(&buf, text.text + from, text.length - from);
        subject->text = (struct span){ arena_strndup(arena, buf.data, buf.length), buf.length };
    }
    buf_fini(&buf);
    return rc;
}
