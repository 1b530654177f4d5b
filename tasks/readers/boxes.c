#include "tasks/readers/boxes.h"

#include "harness/base/arena.h"

/* The finding of boxes: which braces are open here. */
struct finding {
    struct boxes boxes;
    size_t capacity;
    size_t depth;               /* braces open */
    size_t inner;               /* index of the innermost open box, SPAN_NOWHERE for none */
};

/* Where the name of a box begins that ends right before end; SPAN_NOWHERE when none does. */
static size_t find_name(struct span text, size_t end)
{
    static const char *const NAMES[] = { "boxed", "framebox", "fbox" };

    if (end == 0 || (text.text[end - 1] != 'd' && text.text[end - 1] != 'x'))
        return SPAN_NOWHERE;        /* most braces */
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        size_t length = strlen(NAMES[i]);
        if (end < length || !span_has(text, end - length, NAMES[i]))
            continue;
        end -= length;
        if (end > 0 && text.text[end - 1] == '\\')
            return end - 1;
        return end > 0 && is_letter(text.text[end - 1]) ? SPAN_NOWHERE : end;
    }
    return SPAN_NOWHERE;
}

static void add_box(struct finding *finding, size_t start, size_t body, struct arena *arena)
{
    struct boxes *boxes = &finding->boxes;

    if (boxes->count == finding->capacity) {
        struct box *items;
        finding->capacity = finding->capacity == 0 ? 8 : 2 * finding->capacity;
        items = arena_calloc(arena, finding->capacity, sizeof *items);
        if (boxes->count > 0)
            memcpy(items, boxes->items, boxes->count * sizeof *items);
        boxes->items = items;
    }
    boxes->items[boxes->count] =
        (struct box){ .start = start, .body = body, .depth = finding->depth, .outer = finding->inner };
    finding->inner = boxes->count++;
}

static void open_brace(struct finding *finding, struct span text, size_t at, struct arena *arena)
{
    size_t end = at, start;

    finding->depth++;
    while (end > 0 && is_blank(text.text[end - 1]))
        end--;
    start = find_name(text, end);
    if (start != SPAN_NOWHERE)
        add_box(finding, start, at + 1, arena);
}

static void close_brace(struct finding *finding, struct span text, size_t at)
{
    struct box *box = finding->inner == SPAN_NOWHERE ? NULL : &finding->boxes.items[finding->inner];

    if (box != NULL && box->depth == finding->depth) {
        box->content = span_slice(text, box->body, at);
        finding->boxes.closed_count++;
        finding->inner = box->outer;
    }
    if (finding->depth > 0)
        finding->depth--;
}

struct boxes boxes_find(struct span text, struct arena *arena)
{
    struct finding finding = { .inner = SPAN_NOWHERE };
    const char *first = memmem(text.text, text.length, "box", 3);

    if (first == NULL)
        return finding.boxes;
    /* Braces before the first name belong to no box, so nothing is lost by beginning there. */
    for (size_t at = (size_t)(first - text.text); at < text.length; at++) {
        if (text.text[at] == '\\')
            at++;
        else if (text.text[at] == '{')
            open_brace(&finding, text, at, arena);
        else if (text.text[at] == '}')
            close_brace(&finding, text, at);
    }
    return finding.boxes;
}

size_t boxes_previous(const struct boxes *boxes, size_t index)
{
    while (index-- > 0) {
        struct span content = boxes->items[index].content;
        if (content.text != NULL && span_skip_blanks(content, 0) < content.length)
            return index;
    }
    return SPAN_NOWHERE;
}
