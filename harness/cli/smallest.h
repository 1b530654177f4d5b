/*
 * smallest: what a run can show, told before it is paid for: the smallest difference between two models that its
 * questions and epochs are likely to find (80 % power, 5 % two-sided, paired; reports/stats/power.h says from what).
 */
#ifndef VERNIER_CLI_SMALLEST_H
#define VERNIER_CLI_SMALLEST_H

struct resolved;
struct work;

/* As a share; NAN where no sample is chosen. */
double smallest_difference(const struct work *work);

/* A line for each task, and what is assumed, to the log. */
void smallest_tell(const struct resolved *resolved);

#endif
