/*
 * interrupt: Ctrl-C, SIGTERM and a closed terminal while nothing is in flight that was paid for, as while a data set is
 * fetched: the command ends at once, says so, and exits with EXIT_INCOMPLETE. Whoever uses it leaves nothing half done
 * that the same command could not go on with, as a kill could come as well.
 *
 * Whoever has something to close takes them as bytes on a descriptor instead, waits there too, and closes first.
 */
#ifndef VERNIER_CLI_INTERRUPT_H
#define VERNIER_CLI_INTERRUPT_H

#include <stdbool.h>

/* From here on, or until interrupt_end. A signal that is ignored (nohup) stays so. Main thread only. */
void interrupt_heed(void);

/* As before interrupt_heed. */
void interrupt_end(void);

/* From here on they come as bytes on this descriptor, a signalfd that does not block. -1: it cannot be had, and they do
 * what they did. */
int interrupt_open(void);

/* Whether one came that was not read; of -1 never. */
bool interrupt_came(int fd);

/* They do again what they did, at once where one came that was not read. -1 is allowed. */
void interrupt_close(int fd);

#endif
