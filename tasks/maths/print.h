/*
 * print: a canonical node in words that parse reads back as the same node.
 */
#ifndef VERNIER_MATHS_PRINT_H
#define VERNIER_MATHS_PRINT_H

struct node;
struct work;

/* Lives in the arena. The kids have their texts. */
const char *print(struct work *work, const struct node *node);

#endif
