/*
 * doctor: what a run would find out first, alone and in full: with models, their servers' probes, and the judge's;
 * without, the machine.
 * Takes the words of `run`, so that the same ones may follow either.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/certificates.h"
#include "harness/base/clock.h"
#include "harness/base/file.h"
#include "harness/base/http.h"
#include "harness/base/json_write.h"
#include "harness/base/log.h"
#include "harness/cli/command.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/print.h"
#include "harness/cli/probing.h"
#include "harness/cli/rehearsal.h"
#include "harness/cli/resolve.h"
#include "harness/cli/screen.h"
#include "harness/cli/vigil.h"
#include "harness/cli/wanted.h"
#include "harness/engine/runner.h"
#include "results/store.h"
#include "runners/runners.h"
#include "tasks/tasks.h"

static const struct opt_spec OPTIONS[] = {
    WANTED_OPTIONS,
    { .name = "store", .argument = "FILE", .help = "the results database (default: vernier.db)" },
    { .name = "json", .help = "one JSON object on stdout" },
    { 0 },
};

/* No clock is before this program was written: 21 November 2026. */
#define CLOCK_MIN_MS 1795219200000

struct doctor {
    struct arena *arena;
    struct http *http;
    bool json;
    struct json_write w;            /* with json */
    int code;                       /* EXIT_OK while nothing is bad */
};

static void print_finding(const struct finding *finding)
{
    printf("  %-4s  %-9s ", severity_name(finding->severity), finding->name);
    print_foreign(finding->words);
    putchar('\n');
    if (finding->fix != NULL)
        printf("  %-4s  %-9s to mend it: %s\n", "", "", finding->fix);
}

static void write_finding(struct json_write *w, const struct finding *finding)
{
    json_open(w, NULL, '{');
    json_add_string(w, "name", finding->name);
    json_add_string(w, "verdict", severity_name(finding->severity));
    json_add_string(w, "words", finding->words);
    json_add_string(w, "fix", finding->fix);
    json_close(w);
}

/* Exit codes stand in the order of what is serious: the largest of them is the command's. */
static void heed(struct doctor *doctor, const struct finding *finding)
{
    static const struct { const char *name; int code; } CODES[] = { { "store", EXIT_STORE }, { "data", EXIT_BAD_DATA } };
    int code = EXIT_UNAVAILABLE;

    if (finding->severity != SEVERITY_BAD)
        return;
    for (size_t i = 0; i < sizeof CODES / sizeof CODES[0]; i++)
        if (strcmp(CODES[i].name, finding->name) == 0)
            code = CODES[i].code;
    doctor->code = code > doctor->code ? code : doctor->code;
}

/* All that was found of a model or the machine, under its name. */
static void show(struct doctor *doctor, const char *name, const struct probe *probe)
{
    enum severity worst = probe_worst(probe);

    for (const struct finding *finding = probe->first; finding != NULL; finding = finding->next)
        heed(doctor, finding);
    if (doctor->json) {
        json_open(&doctor->w, NULL, '{');
        json_add_string(&doctor->w, "name", name);
        json_add_string(&doctor->w, "verdict", severity_name(worst));
        json_open(&doctor->w, "findings", '[');
    } else {
        print_foreign(name);
        putchar('\n');
    }
    for (const struct finding *finding = probe->first; finding != NULL; finding = finding->next)
        if (doctor->json)
            write_finding(&doctor->w, finding);
        else
            print_finding(finding);
    if (doctor->json) {
        json_close(&doctor->w);
        json_close(&doctor->w);
    }
}

static int check_model(struct doctor *doctor, const char *name, const struct model *model, const struct probing *probing,
                       struct err *err)
{
    const struct runner_means means = { .http = doctor->http, .probes = true };
    struct runner *runner = runners_open(model, &means, err);
    struct probe probe;
    bool interrupted;

    if (runner == NULL)
        return -1;
    probe = probing_runner(probing, runner, name);
    interrupted = probe.interrupted;
    if (runner_type(runner)->probe == NULL)
        probe_find(&probe, "server", SEVERITY_OK, NULL, "no server answers for it, so there is none to ask");
    screen_clear();
    if (!interrupted)
        show(doctor, name, &probe);
    probe_end(&probe);
    runner_type(runner)->close(runner);
    return interrupted ? err_set_code(err, EXIT_INTERRUPTED, "interrupted") : 0;
}

/* Who judges is asked for words, whatever the tasks ask the others for. */
static int check_judge(struct doctor *doctor, const struct model *judge, const struct probing *probing, struct err *err)
{
    struct probe_wish wish = *probing->wish;
    struct probing words = *probing;

    wish.likelihoods = wish.no_words = false;
    words.wish = &wish;
    words.is_judges = true;
    return check_model(doctor, arena_printf(doctor->arena, "the judge, %s/%s", judge->provider, judge->id), judge, &words,
                       err);
}

static int check_all_of(struct doctor *doctor, const struct plan *plan, const struct model *judge,
                        const struct probing *probing, struct err *err)
{
    for (size_t i = 0; i < plan->run_count; i++)
        if (check_model(doctor, plan->run[i]->name, plan->run[i], probing, err) < 0)
            return -1;
    return judge != NULL ? check_judge(doctor, judge, probing, err) : 0;
}

static int check_models(struct doctor *doctor, const struct opt *opt, struct err *err)
{
    struct resolved resolved = { .count = 0 };
    struct probe_wish wish;
    struct probing probing = { .http = doctor->http, .signal_fd = -1, .wish = &wish };
    const struct model *judge;
    struct places places;
    struct plan *plan;
    size_t connections;
    int status;

    if (wanted_models(opt, doctor->arena, &plan, err) < 0 || places_read(opt, doctor->arena, &places, err) < 0 ||
        wanted_connections(opt, &connections, err) < 0 ||
        (plan->tasks != NULL && resolve_plan(plan, &places, &resolved, err) < 0))
        return -1;
    judge = plan->tasks != NULL ? resolved.judge : resolve_plan_judge(doctor->arena, plan);
    resolved_rehearse(&resolved);
    wish = probing_wish(&resolved, connections);
    probing.signal_fd = interrupt_open();
    probing.vigil = vigil_begin(NULL);
    status = plan->tasks != NULL ? resolved_check_judge(&resolved, opt_has(opt, "judge"), err) : 0;
    if (status == 0)
        status = check_all_of(doctor, plan, judge, &probing, err);
    vigil_end(probing.vigil);
    if (plan->tasks != NULL)
        resolved_free(&resolved);
    if (status == 0)
        interrupt_close(probing.signal_fd);
    return status;
}

/* Looked at, not opened for writing: that would make one. */
static void check_store(struct doctor *doctor, const struct opt *opt, struct probe *probe)
{
    const char *path = store_name(opt), *folder = file_folder(doctor->arena, path);
    struct err err = ERR_INIT;
    struct store *store;

    if (access(folder, W_OK) != 0)
        probe_find(probe, "store", SEVERITY_BAD, "--store FILE in a folder of your own", "%s: nothing can be written there",
                   folder);
    else if (!file_exists(path))
        probe_find(probe, "store", SEVERITY_OK, NULL, "%s: not there yet; a run makes it", path);
    else if ((store = store_open_read(path, &err)) == NULL)
        probe_find(probe, "store", SEVERITY_BAD, "--store FILE names another", "%s", err.text);
    else if (store_close(store) < 0 || access(path, W_OK) != 0)
        probe_find(probe, "store", SEVERITY_BAD, "--store FILE names another", "%s: damaged, or not to be written", path);
    else
        probe_find(probe, "store", SEVERITY_OK, NULL, "%s: opens, and can be written", path);
}

/* Whether a file of the task's lies under folder, or none is needed. */
static bool has_data(struct doctor *doctor, const char *name, const char *folder)
{
    struct err err = ERR_INIT;
    const struct task *task = tasks_find(doctor->arena, name, &err);

    for (size_t i = 0; task != NULL && task->paths != NULL && task->paths[i] != NULL; i++)
        if (file_exists(file_join(doctor->arena, folder, task->paths[i])))
            return true;
    return false;
}

static void check_data(struct doctor *doctor, const char *folder, struct probe *probe)
{
    size_t found = 0, all = 0;
    struct stat status;

    if (folder == NULL) {
        probe_find(probe, "data", SEVERITY_OK, NULL, "not looked at: no --data DIR was given");
    } else if (stat(folder, &status) != 0 || !S_ISDIR(status.st_mode) || access(folder, R_OK | X_OK) != 0) {
        probe_find(probe, "data", SEVERITY_BAD, "--data DIR", "%s: no folder that can be read", folder);
    } else {
        for (const char *const *name = tasks_names(); *name != NULL; name++, all++)
            found += has_data(doctor, *name, folder);
        probe_find(probe, "data", found > 0 ? SEVERITY_OK : SEVERITY_WARN, NULL, "%s: data of %zu of %zu tasks lie there",
                   folder, found, all);
    }
}

/* Where the usual systems keep the certificates that servers are known by. */
static void check_certificates(struct probe *probe)
{
    static const char *const BUNDLES[] = { "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                           "/etc/ssl/cert.pem" };
    const char *variable, *own = certificates_own(&variable);

    if (own != NULL && access(own, R_OK) != 0) {
        probe_find(probe, "tls", SEVERITY_BAD, "it must name a file", "%s is %s, which cannot be read", variable, own);
        return;
    }
    for (size_t i = 0; own == NULL && i < sizeof BUNDLES / sizeof BUNDLES[0]; i++)
        if (access(BUNDLES[i], R_OK) == 0)
            own = BUNDLES[i];
    if (own != NULL)
        probe_find(probe, "tls", SEVERITY_OK, NULL, "certificates in %s", own);
    else
        probe_find(probe, "tls", SEVERITY_WARN, "install ca-certificates", "no certificates found: https will fail");
}

static void check_clock(struct probe *probe)
{
    char now[20];

    clock_format(clock_utc_ms(), now);
    if (clock_utc_ms() < CLOCK_MIN_MS)
        probe_find(probe, "clock", SEVERITY_BAD, "set the clock",
                   "it says %s UTC, which is past: certificates will not hold", now);
    else
        probe_find(probe, "clock", SEVERITY_OK, NULL, "%s UTC", now);
}

static int check_machine(struct doctor *doctor, const struct opt *opt, struct err *err)
{
    struct probe probe = probe_begin(doctor->http, -1, &(struct probe_wish){ .connections = 0 });
    struct places places;
    int status = places_read(opt, doctor->arena, &places, err);

    if (status == 0) {
        check_store(doctor, opt, &probe);
        check_data(doctor, places.folder, &probe);
        check_certificates(&probe);
        check_clock(&probe);
        show(doctor, "this machine", &probe);
    }
    probe_end(&probe);
    return status;
}

/* Without a model they would be words that nobody heeds. */
static int check_words(const struct opt *opt, struct err *err)
{
    static const char *const OF_MODELS[] = { "base-url", "model-setting", "max-tokens", "reasoning", "temperature", "top-p",
                                             "task", "tasks", "judge" };

    for (size_t i = 0; i < sizeof OF_MODELS / sizeof OF_MODELS[0]; i++)
        if (opt_has(opt, OF_MODELS[i]))
            return err_set_code(err, EXIT_USAGE, "--%s: of which model? give --model provider/name, or a plan",
                                OF_MODELS[i]);
    return 0;
}

static int check_all(struct doctor *doctor, const struct opt *opt, struct err *err)
{
    bool has_models = opt_has(opt, "model") || opt_operand_count(opt) > 0;
    struct buf out;
    int status;

    if (!has_models && check_words(opt, err) < 0)
        return -1;
    buf_init(&out, 0);
    doctor->json = opt_has(opt, "json");
    doctor->w = json_write_to(&out);
    json_open(&doctor->w, NULL, '{');
    json_open(&doctor->w, "checked", '[');
    status = has_models ? check_models(doctor, opt, err) : check_machine(doctor, opt, err);
    json_close(&doctor->w);
    json_close(&doctor->w);
    buf_add_char(&out, '\n');
    if (doctor->json && status == 0)
        print_redacted(&out);
    buf_fini(&out);
    return status < 0 ? -1 : doctor->code;
}

static int run(const struct opt *opt, struct err *err)
{
    struct doctor doctor = { .arena = arena_new(), .http = http_open(err) };
    int code = doctor.http != NULL ? check_all(&doctor, opt, err) : -1;

    http_close(doctor.http);
    arena_free(doctor.arena);
    return code;
}

const struct command command_doctor = {
    .name = "doctor",
    .summary = "check models' servers before a run, or this machine",
    .usage = "[PLAN] [options]",
    .examples = "  vernier doctor --model openai/qwen3.5-27b,like=qwen3.5-27b --base-url http://127.0.0.1:8000/v1\n"
                "  vernier doctor nightly.json --task aime2025 --data ~/data --max-connections 64\n"
                "  vernier doctor --data ~/data\n",
    .options = OPTIONS,
    .run = run,
    .talks = true,
};
