#include "tasks/maths/atoms.h"

#include <stdint.h>
#include <string.h>

#include "harness/base/arena.h"
#include "tasks/maths/ball_function.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/work.h"

bool atoms_is_turn(const struct node *angle, const struct node **turn)
{
    if (angle->kind == NODE_PRODUCT && angle->count == 2 && angle->kids[0]->kind == NODE_RATIONAL &&
        angle->kids[1]->kind == NODE_PI) {
        if (turn != NULL)
            *turn = angle->kids[0];
        return true;
    }
    return false;
}

bool atoms_is_unit_root(const struct node *power)
{
    const struct node *exponent = power->kids[1];

    return power->kids[0]->kind == NODE_EULER && exponent->kind == NODE_PRODUCT && exponent->count == 3 &&
           exponent->kids[0]->kind == NODE_RATIONAL && exponent->kids[1]->kind == NODE_PI &&
           exponent->kids[2]->kind == NODE_IMAGINARY;
}

static bool is_angle_function(const struct node *node)
{
    return node_is_call(node, "sin") || node_is_call(node, "cos");
}

bool atoms_is(const struct node *node, enum atom_kind kind)
{
    if (node->kind == NODE_SYMBOL || node->kind == NODE_INFINITY || !node_is_scalar(node))
        return true;
    if (node->kind == NODE_FUNCTION && !ball_function_knows(node))
        return true;
    if (kind == ATOMS_FREE)
        return false;
    switch (node->kind) {
    case NODE_PI: case NODE_EULER:
        return true;
    case NODE_FUNCTION:
        return kind == ATOMS_ALGEBRA || !((is_angle_function(node) && atoms_is_turn(node->kids[0], NULL)) ||
                                          node_is_call(node, "abs"));
    case NODE_POWER:
        if (node->kids[1]->kind != NODE_RATIONAL)
            return kind == ATOMS_ALGEBRA || !atoms_is_unit_root(node);
        return false;
    default:
        return false;
    }
}

size_t atoms_find(const struct atoms *atoms, const struct node *node)
{
    for (size_t i = 0; i < atoms->count; i++)
        if (strcmp(atoms->items[i]->text, node->text) == 0)
            return i;
    return SIZE_MAX;
}

static void add_atom(struct work *work, struct atoms *atoms, const struct node *node)
{
    if (atoms_find(atoms, node) != SIZE_MAX)
        return;
    if (atoms->count == LIMIT_SYMBOLS) {
        work_stop(work, "too many symbols");
        return;
    }
    if (atoms->items == NULL)
        atoms->items = arena_calloc(work->arena, LIMIT_SYMBOLS, sizeof(struct node *));
    if (node->kind != NODE_SYMBOL && node->kind != NODE_PI)
        atoms->plain = false;
    atoms->items[atoms->count++] = node;
}

/* Whether a symbol inside makes sense only as a whole number. */
static bool wants_whole(const struct node *node)
{
    static const char *const NAMES[] = { "fact", "binom", "floor", "ceil", "mod", "sum", "prod" };

    if (node->kind == NODE_POWER)
        return node->kids[0]->kind == NODE_RATIONAL && fmpq_sgn(node->kids[0]->value) < 0 &&
               node->kids[1]->kind != NODE_RATIONAL;
    for (size_t i = 0; node->kind == NODE_FUNCTION && i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (strcmp(node->name, NAMES[i]) == 0)
            return true;
    return false;
}

void atoms_collect(struct work *work, const struct node *node, struct atoms *atoms)
{
    if (work->stopped != NULL)
        return;
    if (atoms->count == 0)
        atoms->plain = true;
    atoms->whole = atoms->whole || wants_whole(node);
    if (atoms_is(node, atoms->kind)) {
        add_atom(work, atoms, node);
        return;
    }
    /* The pi in sin(pi/7) is no number of its own: the sine is algebraic. */
    if (atoms->kind == ATOMS_TRANSCENDENTAL && ((is_angle_function(node) && atoms_is_turn(node->kids[0], NULL)) ||
                                                (node->kind == NODE_POWER && atoms_is_unit_root(node))))
        return;
    for (size_t i = 0; i < node->count; i++)
        atoms_collect(work, node->kids[i], atoms);
}
