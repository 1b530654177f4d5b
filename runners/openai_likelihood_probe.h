/*
 * openai_likelihood_probe: whether, and in which way, a server of OpenAI's shape tells how likely continuations are.
 */
#ifndef VERNIER_RUNNERS_OPENAI_LIKELIHOOD_PROBE_H
#define VERNIER_RUNNERS_OPENAI_LIKELIHOOD_PROBE_H

struct model;
struct openai_query;
struct probe;
struct remote;

/* Adds the finding "likelihood". Where there is a way that will do for what the run wants (probe->wish), the query has it
 * from then on; one that a person named is the only one tried. Asks up to five short questions. */
void openai_likelihood_probe(struct probe *probe, const struct model *model, const struct remote *remote,
                             struct openai_query *query);

#endif
