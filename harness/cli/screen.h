/*
 * screen: a few lines on the terminal that stderr is, drawn over in place. The process has one, so this is its own
 * state, like the log's, with which it shares the terminal: a log line first takes the drawing away.
 *
 * After a drawing the cursor stands at its upper left corner. So whatever the terminal does with the lines when it is
 * resized, the next drawing begins where the last began, and clears what is below. A drawing is one write, and none
 * where nothing changed.
 *
 * It is taken away by screen_clear, and by the signals that stop or abort the process (Ctrl-Z, Ctrl-\, a failed
 * assert). A process in the background draws nothing. Main thread only.
 */
#ifndef VERNIER_CLI_SCREEN_H
#define VERNIER_CLI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

/* Whether stderr is a terminal that can move its cursor. */
bool screen_is_there(void);

/* Whether the locale's characters are less than UTF-8. */
bool screen_is_ascii(void);

/* The widest line that no terminal wraps. */
size_t screen_columns(void);

/* Lines, each ended by a newline and no wider than screen_columns; those that have no room below are left away. */
void screen_draw(const char *text);

/* Takes the drawing away; signals and log are as before. Nothing drawn: does nothing. */
void screen_clear(void);

#endif
