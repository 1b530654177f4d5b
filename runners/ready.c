#include "runners/ready.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

int ready_open(struct ready *ready, struct err *err)
{
    *ready = (struct ready){ .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
    if (ready->fd < 0)
        return err_set_code(err, EXIT_INTERNAL, "no eventfd: %s", strerror(errno));
    return 0;
}

void ready_close(struct ready *ready)
{
    if (ready->fd >= 0)
        close(ready->fd);
    *ready = (struct ready){ .fd = -1 };
}

static void raise_flag(const struct ready *ready)
{
    uint64_t one = 1;
    ssize_t done = write(ready->fd, &one, sizeof one);

    assert(done == (ssize_t)sizeof one);
}

static void lower_flag(const struct ready *ready)
{
    uint64_t count;
    ssize_t done = read(ready->fd, &count, sizeof count);

    assert(done == (ssize_t)sizeof count);
}

void ready_add(struct ready *ready, struct ask *ask)
{
    if (ready->asks.first == NULL)
        raise_flag(ready);
    ask_list_add(&ready->asks, ask);
}

struct ask *ready_take(struct ready *ready)
{
    struct ask *ask = ask_list_take(&ready->asks);

    if (ask != NULL && ready->asks.first == NULL)
        lower_flag(ready);
    return ask;
}

void ready_drop(struct ready *ready)
{
    while (ready_take(ready) != NULL)
        ;
}
