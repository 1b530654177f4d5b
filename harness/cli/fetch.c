/*
 * fetch: data sets into the cache, from their source or from the user's disk. What comes counts only once the task's
 * own loader has read it.
 */
#include <stdio.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/http.h"
#include "harness/base/json_write.h"
#include "harness/base/log.h"
#include "harness/cli/command.h"
#include "harness/cli/fetching.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/print.h"
#include "harness/engine/sample.h"
#include "harness/engine/task.h"
#include "tasks/hub/fetch.h"
#include "tasks/hub/hub.h"
#include "tasks/hub/shelf.h"
#include "tasks/tasks.h"

static const struct opt_spec OPTIONS[] = {
    { .name = "revision", .argument = "SHA", .help = "another commit than the task's; main: the newest" },
    { .name = "file", .argument = "PATH", .help = "a file of the set from the disk: .jsonl, .json, .csv, .parquet",
      .repeats = true },
    { .name = "json", .help = "one JSON object on stdout" },
    { 0 },
};

struct errand {
    struct arena *arena;
    struct hub hub;
    const char *revision;           /* wanted; NULL: the task's */
    const char **paths;             /* NULL: from the network */
    const struct task *task;
    struct json_write *w;           /* NULL: for people */
    struct err *err;
};

/* The loader finds at once what a run would stumble over. */
static int check(void *checker, const char *path, struct err *err)
{
    const struct task *task = checker;
    const struct data_source source = { .path = path };
    struct dataset dataset;

    if (task->load(task, &source, &dataset, err) < 0)
        return err_prefix(err, "what came is not the set that %s expects: ", task->name);
    dataset_free(&dataset);
    return 0;
}

static const char *commit_wanted(const struct errand *errand, const struct provenance *source)
{
    return errand->revision != NULL ? errand->revision : source->revision;
}

/* Where it is here already and whole: nothing is fetched. */
static const struct manifest_entry *find(const struct errand *errand, const struct shelf *shelf,
                                         const struct provenance *source)
{
    bool is_open = errand->paths != NULL || (errand->revision != NULL && strcmp(errand->revision, "main") == 0);
    const struct manifest_entry *entry = NULL;
    struct err ignored = ERR_INIT;

    if (!is_open)
        entry = manifest_find(&shelf->manifest, source, commit_wanted(errand, source));
    return entry != NULL && shelf_check(shelf, entry, &ignored) == 0 ? entry : NULL;
}

static void print_set(const struct shelf *shelf, const struct manifest_entry *entry, bool is_new)
{
    struct buf text;

    buf_init(&text, 0);
    buf_addf(&text, "%s%s: ", shelf->manifest.task, is_new ? "" : ", here already");
    fetching_add_entry(&text, entry);
    buf_addf(&text, "\n  %s", shelf_path(shelf, entry));
    print_redacted(&text);
    putchar('\n');
    buf_fini(&text);
    if (entry->note != NULL)
        log_info("%s: %s", shelf->manifest.task, entry->note);
}

static void write_set(struct json_write *w, const struct shelf *shelf, const struct manifest_entry *entry, bool is_new)
{
    json_open(w, NULL, '{');
    json_add_string(w, "task", shelf->manifest.task);
    json_add_string(w, "path", shelf_path(shelf, entry));
    json_add_string(w, "sha256", entry->sha256);
    json_add_string(w, "id", entry->id);
    json_add_string(w, "revision", entry->revision);
    json_add_string(w, "way", entry->way);
    json_add_string(w, "note", entry->note);
    json_add_int(w, "rows", entry->rows);
    json_add_int(w, "bytes", entry->bytes);
    json_add_int(w, "pictures", entry->pictures);
    json_add_bool(w, "fetched", is_new);
    json_close(w);
}

/* Figures of another commit are another data set's. */
static void tell_commit(const struct errand *errand, const struct shelf *shelf, const struct provenance *source,
                        const struct manifest_entry *entry)
{
    if (entry->revision == NULL)
        log_info("%s: of which commit the file is, nobody knows; --revision SHA says it", errand->task->name);
    else if (source->revision == NULL)
        log_info("%s: the task pins no commit; this one is recorded, and runs take it: %s", errand->task->name,
                 entry->revision);
    else if (strcmp(source->revision, entry->revision) != 0)
        log_warn("%s: not the commit that the task pins (%.10s): runs take it only with --data %s=%s, and their data "
                 "hash is another", errand->task->name, source->revision, errand->task->name, shelf_path(shelf, entry));
}

static int fetch_one(struct errand *errand, struct shelf *shelf, const struct provenance *source, bool is_checked)
{
    const struct fetch_wish wish = { .source = source, .revision = errand->revision, .paths = errand->paths,
                                     .check = is_checked ? check : NULL, .checker = (void *)(size_t)errand->task };
    const struct manifest_entry *entry = find(errand, shelf, source);
    bool is_new = entry == NULL;

    if (is_new) {
        entry = fetch_set(&errand->hub, shelf, &wish, errand->err);
        fetching_end();
    }
    if (entry == NULL)
        return -1;
    if (is_new)
        tell_commit(errand, shelf, source, entry);
    if (errand->w != NULL)
        write_set(errand->w, shelf, entry, is_new);
    else
        print_set(shelf, entry, is_new);
    return 0;
}

static int fetch_task(struct errand *errand, const char *name)
{
    const struct task *task = tasks_find(errand->arena, name, errand->err);
    struct shelf shelf;
    int status;

    if (task == NULL)
        return -1;
    errand->task = task;
    if (task->source.id == NULL || task->paths == NULL) {
        if (errand->paths != NULL)
            return err_set_code(errand->err, EXIT_USAGE, "the data of %s is built in", task->name);
        log_info("%s: its data is built in", task->name);
        return 0;
    }
    if (shelf_open(&shelf, errand->arena, task->name, errand->err) < 0)
        return -1;
    status = shelf_lock(&shelf, fetching_supply.waits, errand->err);
    if (status == 0)
        status = fetch_one(errand, &shelf, &task->source, true);
    if (status == 0 && task->shots.id != NULL && errand->paths == NULL)
        status = fetch_one(errand, &shelf, &task->shots, false);
    shelf_close(&shelf);
    return status;
}

static int fetch_name(struct errand *errand, const char *name)
{
    const char *const single[] = { name, NULL };
    const char *const *names = tasks_group(name) != NULL ? tasks_group(name) : single;
    int status = 0;

    for (; status == 0 && *names != NULL; names++)
        status = fetch_task(errand, *names);
    return status;
}

static int fetch_names(struct errand *errand, const struct opt *opt)
{
    struct buf out;
    struct json_write w = json_write_to(&out);
    int status = 0;

    buf_init(&out, 0);
    errand->w = opt_has(opt, "json") ? &w : NULL;
    json_open(&w, NULL, '{');
    json_open(&w, "sets", '[');
    for (size_t i = 0; status == 0 && i < opt_operand_count(opt); i++)
        status = fetch_name(errand, opt_operand(opt, i));
    json_close(&w);
    json_close(&w);
    buf_add_char(&out, '\n');
    if (status == 0 && errand->w != NULL)
        print_redacted(&out);
    buf_fini(&out);
    return status;
}

static int read_options(const struct opt *opt, struct errand *errand, struct err *err)
{
    size_t files = opt_count(opt, "file");
    bool is_single = opt_operand_count(opt) == 1 && tasks_group(opt_operand(opt, 0)) == NULL, is_commit;

    if (opt_operand_count(opt) == 0)
        return err_set_code(err, EXIT_USAGE, "expected a task (`vernier list tasks` shows all)");
    errand->revision = opt_value(opt, "revision");
    if ((errand->revision != NULL || files > 0) && !is_single)
        return err_set_code(err, EXIT_USAGE, "--%s: expected one task beside it", files > 0 ? "file" : "revision");
    is_commit = errand->revision == NULL || hub_is_commit(errand->revision) ||
                (files == 0 && strcmp(errand->revision, "main") == 0);
    if (!is_commit)
        return err_set_code(err, EXIT_USAGE, "--revision %.80s: expected a commit, 40 hex digits%s", errand->revision,
                            files > 0 ? "" : ", or main");
    if (files > 0)
        errand->paths = arena_calloc(errand->arena, files + 1, sizeof errand->paths[0]);
    for (size_t i = 0; i < files; i++)
        errand->paths[i] = opt_nth(opt, "file", i);
    return 0;
}

static int run(const struct opt *opt, struct err *err)
{
    struct errand errand = { .arena = arena_new(), .err = err };
    struct http *http = http_open(err);
    int status = -1;

    interrupt_heed();
    if (http != NULL && read_options(opt, &errand, err) == 0 && hub_open(&errand.hub, http, errand.arena, err) == 0) {
        fetching_tell(&errand.hub);
        status = fetch_names(&errand, opt);
    }
    http_close(http);
    arena_free(errand.arena);
    return status < 0 ? -1 : EXIT_OK;
}

const struct command command_fetch = {
    .name = "fetch",
    .summary = "fetch data sets into the cache; a run does so by itself",
    .usage = "TASK|GROUP... [options]",
    .examples = "  vernier fetch mmlu_pro math500\n  HF_TOKEN=hf_... vernier fetch gpqa_diamond\n"
                "  vernier fetch gpqa_diamond --file ~/gpqa_diamond.csv\n"
                "  vernier fetch mmmlu --revision main\n",
    .options = OPTIONS,
    .run = run,
    .talks = true,
};
