/*
 * courier_route: where a courier's asks go, and how long and how often it tries for each.
 */
#ifndef VERNIER_RUNNERS_COURIER_ROUTE_H
#define VERNIER_RUNNERS_COURIER_ROUTE_H

#include <stddef.h>
#include <stdint.h>

/* Strings are borrowed until the courier's close. */
struct courier_route {
    const char *url, *model;        /* where and who: one pace for all who ask there */
    const char *const *headers;     /* NULL-terminated */
    int64_t connect_ms, first_byte_ms, idle_ms, total_ms;
    size_t reply_max;
    int tries;                      /* calls per ask at most, >= 1; those told to come later apart */
    int64_t patience_ms;            /* how long an ask lets itself be told to come later */
    int start_in_flight;            /* calls at once to begin with; 0: as many as there are asks */
};

#endif
