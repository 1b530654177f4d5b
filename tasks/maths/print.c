#include "tasks/maths/print.h"

#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "tasks/maths/limits.h"
#include "tasks/maths/tree.h"
#include "tasks/maths/wording.h"
#include "tasks/maths/work.h"

static void add_rational(struct buf *out, const struct node *node)
{
    char *text = fmpq_get_str(NULL, 10, node->value);

    buf_add_string(out, text);
    flint_free(text);
}

static void add_between(struct buf *out, const struct node *node, const char *separator)
{
    for (size_t i = 0; i < node->count; i++) {
        if (i > 0)
            buf_add_string(out, separator);
        buf_add_string(out, node->kids[i]->text);
    }
}

static void add_bracketed(struct buf *out, const char *open, const struct node *node, const char *close)
{
    buf_add_string(out, open);
    add_between(out, node, ", ");
    buf_add_string(out, close);
}

static void add_sum(struct buf *out, const struct node *node)
{
    for (size_t i = 0; i < node->count; i++) {
        if (i > 0 && node->kids[i]->text[0] != '-')
            buf_add_char(out, '+');
        buf_add_string(out, node->kids[i]->text);
    }
}

static bool needs_brackets(const struct node *node)
{
    return node->kind == NODE_SUM || node->kind == NODE_PRODUCT || !node_is_scalar(node);
}

static void add_factor(struct buf *out, const struct node *node)
{
    buf_addf(out, node->kind == NODE_SUM || !node_is_scalar(node) ? "(%s)" : "%s", node->text);
}

static void add_product(struct buf *out, const struct node *node)
{
    size_t first = 0;

    if (node_is_integer(node->kids[0], -1)) {
        buf_add_char(out, '-');
        first = 1;
    }
    for (size_t i = first; i < node->count; i++) {
        if (i > first)
            buf_add_char(out, '*');
        add_factor(out, node->kids[i]);
    }
}

static void add_power(struct buf *out, const struct node *node)
{
    const struct node *base = node->kids[0], *exponent = node->kids[1];
    bool plain = (base->kind != NODE_RATIONAL || (node_is_whole(base) && fmpq_sgn(base->value) >= 0)) &&
                 base->kind != NODE_POWER && !needs_brackets(base);
    bool digits = node_is_whole(exponent) && fmpq_sgn(exponent->value) >= 0;

    buf_addf(out, plain ? "%s^" : "(%s)^", base->text);
    buf_addf(out, digits ? "%s" : "(%s)", exponent->text);
}

/* "x_n+1" as x_{n+1}, "alpha" as \alpha, "bar.AB" as \bar{AB}. */
static void add_name(struct buf *out, const char *name)
{
    size_t length = strcspn(name, "_"), letters = strcspn(name, "_'"), dot = strcspn(name, ".");

    if (name[dot] == '.' && dot < length)
        buf_addf(out, "\\%.*s{%.*s}", (int)dot, name, (int)(length - dot - 1), name + dot + 1);
    else if (letters > 1)
        buf_addf(out, "\\%.*s %.*s", (int)letters, name, (int)(length - letters), name + letters);
    else
        buf_addf(out, "%.*s", (int)length, name);
    if (name[length] == '_')
        buf_addf(out, "_{%s}", name + length + 1);
}

/* "\max_{x}(f(x))" */
static void add_over(struct buf *out, const struct node *node)
{
    buf_addf(out, "\\%s_{%s}(", node->name + 1, node->kids[0]->text);
    for (size_t i = 1; i < node->count; i++)
        buf_addf(out, i > 1 ? ", %s" : "%s", node->kids[i]->text);
    buf_add_char(out, ')');
}

static void add_function(struct buf *out, const struct node *node)
{
    static const char *const SERIES[] = { "sum", "prod", "int", "lim" };

    for (size_t i = 0; i < sizeof SERIES / sizeof SERIES[0]; i++)
        if (strcmp(node->name, SERIES[i]) == 0 && node->count == 3) {
            buf_addf(out, "\\%s_{%s}^{%s}(%s)", node->name, node->kids[0]->text, node->kids[1]->text, node->kids[2]->text);
            return;
        }
    if (node->name[0] == '_') {
        add_over(out, node);
    } else if (strcmp(node->name, "suchthat") == 0) {
        add_between(out, node, "\\mid ");
    } else if (strcmp(node->name, "residue") == 0) {
        buf_addf(out, "%s\\pmod{%s}", node->kids[0]->text, node->kids[1]->text);
    } else if (strcmp(node->name, "mod") == 0) {
        buf_addf(out, "((%s)\\bmod(%s))", node->kids[0]->text, node->kids[1]->text);
    } else {
        size_t length = strlen(node->name);
        if (length == 5 && strcmp(node->name + 1, "_inv") == 0)
            buf_addf(out, "%c^{-1}", node->name[0]);
        else if (strpbrk(node->name, "_'.") != NULL)
            add_name(out, node->name);
        else
            buf_add_string(out, node->name);
        add_bracketed(out, "(", node, ")");
    }
}

static void add_matrix(struct buf *out, const struct node *node)
{
    const char *environment = node->kind == NODE_MATRIX ? "pmatrix" : "cases";

    buf_addf(out, "\\begin{%s}", environment);
    for (size_t i = 0; i < node->count; i++) {
        if (i > 0)
            buf_add_string(out, i % node->columns == 0 ? "\\\\" : "&");
        buf_add_string(out, node->kids[i]->text);
    }
    buf_addf(out, "\\end{%s}", environment);
}

static void add_relation(struct buf *out, const struct node *node)
{
    static const char OPERATORS[] = "=!<>lg~@#t";
    static const char *const FORMS[] = { "=", "\\ne ", "<", ">", "\\le ", "\\ge ", "\\approx ", "\\in ", "\\equiv ",
                                         "\\to " };

    for (size_t i = 0; i < node->count; i++) {
        const char *at = i > 0 ? strchr(OPERATORS, node->name[i - 1]) : NULL;
        if (at != NULL)
            buf_add_string(out, FORMS[at - OPERATORS]);
        buf_add_string(out, node->kids[i]->text);
    }
}

static void add_tuple(struct buf *out, const struct node *node)
{
    char open[2] = { node->open, '\0' }, close[2] = { node->close, '\0' };

    if (node->open == '<')
        add_bracketed(out, "\\langle ", node, "\\rangle ");
    else
        add_bracketed(out, open, node, close);
}

static void add_marked(struct buf *out, const struct node *node)
{
    const struct node *kid = node->kind == NODE_RATIO ? NULL : node->kids[0];

    if (node->kind == NODE_RATIO) {
        add_between(out, node, ":");
        if (node->name != NULL && strcmp(node->name, "time") != 0)
            buf_addf(out, "\\text{ %s}", node->name);
    } else if (node->kind == NODE_BASED) {
        buf_addf(out, "%s_{%s}", node->name, kid->text);
    } else if (node->kind == NODE_UNIT) {
        buf_addf(out, "%s\\text{ %s}", kid->text, node->name);
    } else {
        buf_addf(out, "(%s)%s", kid->text, node->kind == NODE_PERCENT ? "\\%" : "^\\circ ");
    }
}

static void add_node(struct work *work, struct buf *out, const struct node *node)
{
    switch (node->kind) {
    case NODE_RATIONAL: add_rational(out, node); break;
    case NODE_PI: buf_add_string(out, "\\pi "); break;
    case NODE_EULER: buf_add_string(out, "e"); break;
    case NODE_IMAGINARY: buf_add_string(out, "i"); break;
    case NODE_INFINITY: buf_add_string(out, "\\infty "); break;
    case NODE_SYMBOL: add_name(out, node->name); break;
    case NODE_SUM: add_sum(out, node); break;
    case NODE_PRODUCT: add_product(out, node); break;
    case NODE_POWER: add_power(out, node); break;
    case NODE_FUNCTION: add_function(out, node); break;
    case NODE_RELATION: add_relation(out, node); break;
    case NODE_LIST: add_between(out, node, ", "); break;
    case NODE_TUPLE: add_tuple(out, node); break;
    case NODE_SET: add_bracketed(out, "\\{", node, "\\}"); break;
    case NODE_UNION: add_between(out, node, "\\cup "); break;
    case NODE_INTERSECTION: add_between(out, node, "\\cap "); break;
    case NODE_WITHOUT: add_between(out, node, "\\setminus "); break;
    case NODE_NUMBERS: buf_addf(out, "\\mathbb{%s}", node->name); break;
    case NODE_MATRIX: case NODE_CASES: add_matrix(out, node); break;
    case NODE_ELLIPSIS: buf_add_string(out, "\\ldots "); break;
    case NODE_TEXT: buf_addf(out, node->name[0] == '\0' ? "%s" : "\\text{%s}", wording_plain(work, node->name)); break;
    default: add_marked(out, node);
    }
}

const char *print(struct work *work, const struct node *node)
{
    struct buf out;
    const char *text;

    buf_init(&out, 256 * 1024);
    add_node(work, &out, node);
    if (out.cut || !work_spend(work, out.length / 8))
        work_stop(work, "the canonical form is too long");
    text = arena_strndup(work->arena, out.data, out.length);
    buf_fini(&out);
    return text;
}
