/*
 * openai_probe: whether a server of OpenAI's shape can do what a run wants of it, and which server it is. Asks at most
 * three short questions, and reads the server's own pages.
 */
#ifndef VERNIER_RUNNERS_OPENAI_PROBE_H
#define VERNIER_RUNNERS_OPENAI_PROBE_H

struct arena;
struct model;
struct openai_query;
struct probe;
struct remote;

/*
 * Adds findings to probe. Where nobody named a dialect (query->dialect_is_open) and one is found, *query is made anew for
 * it, its strings in arena. Findings, in this order, each where it was looked at: server, key, dialect, model, context,
 * slots, likelihood, answer, sampling, end, template, thinking, usage, speed, tools, images.
 */
void openai_probe(struct probe *probe, const struct model *model, const struct remote *remote, struct arena *arena,
                  struct openai_query *query);

#endif
