/*
 * signs: plus-minus written out. 1 +- 2 becomes the list 3, -1, at the nearest list, set or relation; k independent signs
 * give up to 2^k of them, and a minus-plus takes the other sign of the first plus-minus.
 */
#ifndef VERNIER_MATHS_SIGNS_H
#define VERNIER_MATHS_SIGNS_H

struct node;
struct work;

/* Of a tree as it was parsed; itself when there is no such sign. */
struct node *signs_expand(struct work *work, struct node *node);

#endif
