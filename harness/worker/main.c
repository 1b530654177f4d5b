/*
 * vernier-worker: grades what is slow or needs heavy libraries, one JSON object a line (harness/engine/grading_line.h),
 * until its input ends. It is started, supervised and started again by vernier; by hand:
 *
 *     echo '{"grader":"maths","target":"\\frac12","answer":"0.5"}' | vernier-worker
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/json.h"
#include "harness/base/json_write.h"
#include "tasks/maths/maths.h"

static void say_error(struct json_write *w, const char *words)
{
    json_add_string(w, "error", words);
}

/* A right answer that cannot be read is the data's fault, and makes no answer wrong. */
static void say_result(struct json_write *w, const struct maths_result *result)
{
    if (result->verdict == MATHS_BAD_GOLD) {
        struct buf words;

        buf_init(&words, 0);
        buf_addf(&words, "the right answer cannot be read: %s", result->rule);
        say_error(w, words.data);
        json_add_string(w, "verdict", maths_verdict_name(result->verdict));
        buf_fini(&words);
        return;
    }
    json_add_number(w, "score", result->verdict == MATHS_EQUAL ? 1 : 0);
    json_add_string(w, "verdict", maths_verdict_name(result->verdict));
    if (result->answer != NULL)
        json_add_string(w, "answer_class", result->answer);
    json_add_string(w, "reason", result->rule);
}

/* Profiles that are no policy of their own are read with the usual one. */
static void compare(struct maths *maths, const struct json *line, struct json_write *w)
{
    const char *gold = json_string(line, "target"), *answer = json_string(line, "answer");
    const char *profile = json_string(line, "profile");
    struct maths_result result;
    uint32_t policy;
    double begun_us = clock_monotonic_us();

    if (gold == NULL || answer == NULL) {
        say_error(w, "expected \"target\" and \"answer\": strings");
        return;
    }
    if (profile == NULL || !policy_profile(profile, &policy))
        policy_profile("canonical", &policy);
    maths_compare(maths, policy, gold, answer, &result);
    say_result(w, &result);      /* without the answer: it is known, and a line may not be as long as one */
    json_add_number(w, "us", round((clock_monotonic_us() - begun_us) * 10) / 10);
}

static void answer(struct maths *maths, const char *text, size_t length)
{
    struct err err = ERR_INIT;
    struct json_doc *doc = json_parse(text, length, &err);
    const struct json *line = doc != NULL ? json_root(doc) : NULL;
    const char *grader = line != NULL ? json_string(line, "grader") : NULL;
    struct buf out;

    buf_init(&out, 0);
    struct json_write w = json_write_to(&out);
    json_open(&w, NULL, '{');
    if (doc == NULL)
        say_error(&w, err.text);
    else if (grader == NULL || strcmp(grader, "maths") != 0)
        say_error(&w, "expected \"grader\": \"maths\"");
    else
        compare(maths, line, &w);
    json_close(&w);
    buf_add_char(&out, '\n');
    fwrite(out.data, 1, out.length, stdout);
    buf_fini(&out);
    json_free(doc);
}

int main(void)
{
    struct maths *maths = maths_new();
    char *line = NULL;
    size_t room = 0;
    ssize_t length;

    while ((length = getline(&line, &room, stdin)) > 0) {
        answer(maths, line, (size_t)length);
        /* Whoever asked waits for this line; what more there is to answer comes with the next. */
        fflush(stdout);
    }
    free(line);
    maths_free(maths);
    maths_finish();
    return 0;
}
