/*
 * fuzz_task: any bytes as a task file, and as the rows of a task in CSV. What is accepted can be asked: every profile makes
 * a prompt of every sample, and a perfect reply is right.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/embedded.h"
#include "harness/base/json.h"
#include "harness/engine/episode.h"
#include "tasks/csv.h"
#include "tasks/image.h"
#include "tasks/question.h"
#include "tasks/question_row.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FIELDS "\"id\": \"id\", \"input\": \"q\", \"choices\": \"o\", \"answer\": \"a\", \"category\": \"c\""
static const char PLAIN[] =
    "{ \"name\": \"t\", \"summary\": \"s\", \"paths\": \"t.csv\", \"fields\": { " FIELDS ", \"subcategory\": \"s\","
    "\"texts\": { \"x\": \"x\" } }, \"grader\": \"choice_or_open\", \"profiles\": [ { \"name\": \"p\", \"reader\": \"canonical\","
    "\"prompt\": \"{question}{choices}{category}{x}\", \"open\": \"{question}\" } ] }";

static const struct embedded *const NO_BUILTINS[] = { NULL };

static void ask(const struct task *task, const struct sample *sample)
{
    for (size_t i = 0; i < task->profile_count; i++) {
        struct episode *ep = episode_new(task, &task->profiles[i], sample, 1, 7);
        struct buf gold;
        task->prompt(ep);
        assert(ep->chat->first != NULL && ep->target != NULL);
        buf_init(&gold, 0);
        task->gold(ep, &gold);
        task->guess(ep, &gold);
        assert(gold.length > 0);
        buf_fini(&gold);
        episode_free(ep);
    }
}

static void read_rows(const struct task *task, const char *text, size_t length)
{
    struct err err = ERR_INIT;
    struct arena *arena = arena_new();
    const struct question *question = (const struct question *)task;
    struct row_reader reader = { .question = question, .columns = &question->columns, .folder = "/nowhere", .arena = arena,
                                 .scratch = arena, .images = images_new(arena) };
    struct csv *csv = csv_open("t.csv", text, length, &err);
    struct json_doc *doc;
    size_t missed = 0;

    reader.missed_images = &missed;
    while (csv != NULL && csv_next(csv, &doc, &err) > 0) {
        struct sample sample = { 0 };
        if (row_read(&reader, json_root(doc), &sample, &err) == 0)
            ask(task, &sample);
        else
            assert(err.code == EXIT_BAD_DATA && err.text[0] != '\0');
        json_free(doc);
    }
    csv_close(csv);
    images_free(reader.images);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char ROW[] = "id,q,o,a,c,s,x,e\n1,is <image 1> so?,\"['a', 'b']\",A,k,l,m,\n";
    struct arena *arena = arena_new();
    struct err err = ERR_INIT;
    const struct task *task = question_parse(arena, "t.json", PLAIN, sizeof PLAIN - 1, NO_BUILTINS, &err);

    assert(task != NULL);
    read_rows(task, (const char *)data, size);
    task = question_parse(arena, "t.json", (const char *)data, size, NO_BUILTINS, &err);
    if (task == NULL)
        assert(err.code == EXIT_BAD_DATA && strncmp(err.text, "t.json", 6) == 0);
    else
        read_rows(task, ROW, sizeof ROW - 1);
    arena_free(arena);
    return 0;
}
