/*
 * interrupt: Ctrl-C, SIGTERM and a closed terminal while nothing is in flight that was paid for, as while a data set is
 * fetched: the command ends at once, says so, and exits with EXIT_INCOMPLETE. Whoever uses it leaves nothing half done
 * that the same command could not go on with, as a kill could come as well.
 */
#ifndef VERNIER_CLI_INTERRUPT_H
#define VERNIER_CLI_INTERRUPT_H

/* From here on, or until interrupt_end. A signal that is ignored (nohup) stays so. Main thread only. */
void interrupt_heed(void);

/* As before interrupt_heed. */
void interrupt_end(void);

#endif
