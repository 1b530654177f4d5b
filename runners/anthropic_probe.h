/*
 * anthropic_probe: whether a server of Claude's shape serves the model, under which name, and answers as it should.
 * Reads the page of the model and asks one short question.
 */
#ifndef VERNIER_RUNNERS_ANTHROPIC_PROBE_H
#define VERNIER_RUNNERS_ANTHROPIC_PROBE_H

/* Why it serves no ask for likelihoods. */
#define ANTHROPIC_NO_LIKELIHOOD "Claude's API tells no log-probabilities, so how likely a choice is cannot be asked"

struct anthropic_query;
struct arena;
struct dialect;
struct model;
struct probe;
struct remote;

/*
 * Adds findings to probe: server, key, model, limit, context, answer, and what specimen.h shows. The id that an alias stands
 * for, in arena; NULL where it stands for itself, or nobody says. *dialect, where it is dialect_unnamed, becomes that of a
 * server of another kind that speaks so.
 */
const char *anthropic_probe(struct probe *probe, const struct model *model, const struct remote *remote,
                            const struct anthropic_query *query, struct arena *arena, const struct dialect **dialect);

#endif
