#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "harness/base/buf.h"
#include "harness/base/clock.h"
#include "harness/base/listener.h"

struct place { char folder[64], path[80]; };

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof *place);

    snprintf(place->folder, sizeof place->folder, "/tmp/vernier-listener-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->path, sizeof place->path, "%s/s", place->folder);
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;

    unlink(place->path);
    rmdir(place->folder);
    free(place);
    return 0;
}

/* How often it was asked, and how much it says. */
struct teller { size_t times, bytes; };

static void tell(void *to, struct buf *out)
{
    struct teller *teller = to;

    teller->times++;
    for (size_t i = 0; i < teller->bytes; i++)
        buf_add_char(out, "told\n"[i % 5]);
}

static struct listener *open_there(const struct place *place)
{
    struct err err = ERR_INIT;
    struct listener *listener = listener_open(place->path, &err);

    if (listener == NULL)
        fail_msg("%s", err.text);
    return listener;
}

/* Another process that asks and says by its exit how it went: 0 all of it came, 1 nobody, 2 an error, 3 something else. */
static pid_t ask_beside(const struct place *place, size_t bytes)
{
    pid_t pid = fork();

    if (pid == 0) {
        struct err err = ERR_INIT;
        struct buf out;
        int got;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        buf_init(&out, 0);
        got = listener_ask(place->path, 20000, &out, &err);
        _exit(got == 0 ? 1 : got < 0 ? 2 : out.length == bytes && memcmp(out.data, "told", 4) == 0 ? 0 : 3);
    }
    return pid;
}

/* Serves, as an engine does, until that process has ended. */
static int serve_until(struct listener *listener, struct teller *teller, pid_t pid)
{
    int status;

    for (;;) {
        struct pollfd ready = { .fd = listener_fd(listener), .events = POLLIN };
        poll(&ready, 1, 20);
        listener_serve(listener, tell, teller);
        if (waitpid(pid, &status, WNOHANG) == pid)
            return WEXITSTATUS(status);
    }
}

static void test_ask_is_told_all(void **state)
{
    static const size_t SIZES[] = { 4, 1000, 1 << 20, 3 << 20 };      /* past what a socket holds at once */
    struct listener *listener = open_there(*state);

    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        struct teller teller = { .bytes = SIZES[i] };
        assert_int_equal(serve_until(listener, &teller, ask_beside(*state, SIZES[i])), 0);
        assert_int_equal(teller.times, 1);
    }
    listener_close(listener);
}

static void test_ask_finds_nobody(void **state)
{
    const struct place *place = *state;
    struct err err = ERR_INIT;
    struct buf out;

    buf_init(&out, 0);
    assert_int_equal(listener_ask(place->path, 1000, &out, &err), 0);
    struct listener *listener = open_there(place);
    struct stat there;
    assert_int_equal(stat(place->path, &there), 0);
    assert_int_equal(there.st_mode & 07777, 0600);
    listener_close(listener);
    assert_int_equal(access(place->path, F_OK), -1);
    assert_int_equal(listener_ask(place->path, 1000, &out, &err), 0);
    buf_fini(&out);
}

/* A process that is killed leaves its socket: nobody answers there, and the next one takes its place. */
static void test_open_takes_the_place_of_a_killed_one(void **state)
{
    const struct place *place = *state;
    struct err err = ERR_INIT;
    struct teller teller = { .bytes = 4 };
    struct buf out;
    pid_t pid = fork();

    if (pid == 0)
        _exit(listener_open(place->path, &err) != NULL ? 0 : 1);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_int_equal(access(place->path, F_OK), 0);
    buf_init(&out, 0);
    assert_int_equal(listener_ask(place->path, 1000, &out, &err), 0);
    struct listener *listener = open_there(place);
    assert_int_equal(serve_until(listener, &teller, ask_beside(place, 4)), 0);
    listener_close(listener);
    buf_fini(&out);
}

static void test_open_leaves_other_files_alone(void **state)
{
    const struct place *place = *state;
    struct err err = ERR_INIT;
    struct buf out;
    int fd = open(place->path, O_CREAT | O_WRONLY, 0600);

    close(fd);
    assert_null(listener_open(place->path, &err));
    assert_non_null(strstr(err.text, "no socket"));
    assert_int_equal(access(place->path, F_OK), 0);
    buf_init(&out, 0);
    assert_int_equal(listener_ask(place->path, 1000, &out, &err), -1);
    buf_fini(&out);
}

static void test_open_works_in_deep_folders(void **state)
{
    const struct place *place = *state;
    char path[1024], name[128];
    struct err err = ERR_INIT;
    struct buf out;

    memset(name, 'n', sizeof name);
    name[100] = '\0';
    snprintf(path, sizeof path, "%s/%s", place->folder, name);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/%s/%s", place->folder, name, name);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/%s/%s/s", place->folder, name, name);
    struct listener *listener = listener_open(path, &err);
    assert_non_null(listener);
    buf_init(&out, 0);
    assert_int_equal(listener_ask(path, 200, &out, &err), -1);       /* somebody listens, and does not serve */
    assert_non_null(strstr(err.text, "told nothing"));
    listener_close(listener);
    snprintf(path, sizeof path, "%s/%s/%.99s", place->folder, name, name);
    assert_null(listener_open(path, &err));                          /* a name of 99 bytes is too long */
    snprintf(path, sizeof path, "rm -r %s/n*", place->folder);
    assert_int_equal(system(path), 0);
    buf_fini(&out);
}

static int connect_plainly(const struct place *place)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof address.sun_path, "%s", place->path);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* Guests who send garbage, who leave at once, and who do not read: none blocks, and honest ones are served. */
static void test_serve_is_not_held_up(void **state)
{
    const struct place *place = *state;
    struct listener *listener = open_there(place);
    struct teller teller = { .bytes = 2 << 20 };
    int mute[3], rude = connect_plainly(place);
    int64_t begun_ms = clock_monotonic_ms();

    assert_true(send(rude, "\xff\x00{{{{", 6, MSG_NOSIGNAL) == 6);
    close(connect_plainly(place));
    listener_serve(listener, tell, &teller);
    close(rude);
    for (int i = 0; i < 3; i++)
        mute[i] = connect_plainly(place);
    listener_serve(listener, tell, &teller);
    assert_true(clock_monotonic_ms() - begun_ms < 4000);
    assert_int_equal(serve_until(listener, &teller, ask_beside(place, teller.bytes)), 0);
    for (int i = 0; i < 3; i++)
        close(mute[i]);
    listener_close(listener);
}

/* With the house full nothing is readable, so that the wait sleeps; late guests are dropped and others let in. */
static void test_serve_drops_who_does_not_read(void **state)
{
    const struct place *place = *state;
    struct listener *listener = open_there(place);
    struct teller teller = { .bytes = 2 << 20 };
    struct pollfd ready = { .fd = listener_fd(listener), .events = POLLIN };
    int mute[6];

    for (int i = 0; i < 6; i++)
        mute[i] = connect_plainly(place);
    listener_serve(listener, tell, &teller);
    assert_int_equal(poll(&ready, 1, 50), 0);
    pid_t pid = ask_beside(place, teller.bytes);
    assert_int_equal(serve_until(listener, &teller, pid), 0);
    for (int i = 0; i < 6; i++)
        close(mute[i]);
    listener_close(listener);
}

/* Who is at the door stays there while there is no descriptor for him; nothing is told and nothing is readable meanwhile. */
static void test_serve_without_a_descriptor_shuts_the_door(void **state)
{
    const struct place *place = *state;
    struct listener *listener = open_there(place);
    struct teller teller = { .bytes = 100 };
    struct pollfd ready = { .fd = listener_fd(listener), .events = POLLIN };
    pid_t pid = ask_beside(place, teller.bytes);
    struct rlimit limit, none;
    int next;

    assert_int_equal(poll(&ready, 1, 20000), 1);
    getrlimit(RLIMIT_NOFILE, &limit);
    next = dup(0);
    close(next);
    none = (struct rlimit){ .rlim_cur = (rlim_t)next, .rlim_max = limit.rlim_max };
    setrlimit(RLIMIT_NOFILE, &none);
    listener_serve(listener, tell, &teller);
    assert_int_equal(teller.times, 0);
    assert_int_equal(poll(&ready, 1, 0), 0);
    setrlimit(RLIMIT_NOFILE, &limit);
    assert_int_equal(serve_until(listener, &teller, pid), 0);
    listener_close(listener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ask_finds_nobody, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ask_is_told_all, setup, teardown),
        cmocka_unit_test_setup_teardown(test_open_takes_the_place_of_a_killed_one, setup, teardown),
        cmocka_unit_test_setup_teardown(test_open_leaves_other_files_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_open_works_in_deep_folders, setup, teardown),
        cmocka_unit_test_setup_teardown(test_serve_is_not_held_up, setup, teardown),
        cmocka_unit_test_setup_teardown(test_serve_drops_who_does_not_read, setup, teardown),
        cmocka_unit_test_setup_teardown(test_serve_without_a_descriptor_shuts_the_door, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
