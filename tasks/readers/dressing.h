/*
 * dressing: TeX that says how a thing looks and not what it is: fonts, sizes, colours, spaces. Readers look past it.
 */
#ifndef VERNIER_READERS_DRESSING_H
#define VERNIER_READERS_DRESSING_H

#include <stddef.h>

#include "tasks/readers/span.h"

/* How many bytes of a wrapper begin there, its opening brace included: \text{ \textbf{ \textcolor{red}{ \underline{. */
size_t dressing_wrapper(struct span text, size_t at);

/* How many bytes of a space or a switch begin there: \, \quad ~ \bf \large \displaystyle \color{blue}. */
size_t dressing_switch(struct span text, size_t at);

#endif
