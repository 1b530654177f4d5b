/*
 * embedded: a data file compiled into the program (CMake's vernier_embed). Lives as long as the program does.
 */
#ifndef VERNIER_BASE_EMBEDDED_H
#define VERNIER_BASE_EMBEDDED_H

#include <stddef.h>

struct embedded {
    const char *name;   /* the file's name, without its folder */
    const char *data;   /* its bytes, and a NUL after them */
    size_t length;      /* without that NUL */
};

#endif
