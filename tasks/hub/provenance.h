#ifndef VERNIER_TASKS_HUB_PROVENANCE_H
#define VERNIER_TASKS_HUB_PROVENANCE_H
/* Where data comes from, as its authors name it; NULL where it does not say. */
struct provenance {
    const char *id;                 /* "TIGER-Lab/MMLU-Pro" */
    const char *revision;           /* the commit that the task was made for */
    const char *config, *split;
    const char *const *files;       /* there; NULL-terminated */
    const char *const *configs;     /* of each file; NULL: they are of one */
};
#endif
