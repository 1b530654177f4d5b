/*
 * tongue: how languages other than English say "answer:", "the answer is", and A, B, C, D.
 *
 * Words are compared without regard to case, to accents of Latin letters and to whether these are written as one
 * character or two (NFC or NFD); so the tables hold plain letters. Arabic's three written alifs are one.
 */
#ifndef VERNIER_READERS_TONGUE_H
#define VERNIER_READERS_TONGUE_H

#include <stdbool.h>
#include <stddef.h>

#include "tasks/readers/span.h"

/* Where the word for "answer" begins that ends at end, perhaps with a copula after it; SPAN_NOWHERE when none does. */
size_t tongue_find_marker(struct span text, size_t end);

/* Where a phrase like "the answer is" begins that ends at end; SPAN_NOWHERE when none does. */
size_t tongue_find_phrase(struct span text, size_t end);

/* Whether words end at end that Hindi and Bengali put before a label without a verb ("सही उत्तर C है"), and whether what
 * such a sentence ends with stands there: its verb, a full stop, nothing more. */
bool tongue_ends_subject(struct span text, size_t end);
bool tongue_closes_subject(struct span text, size_t at);

/* Whether a local letter that labels a choice stands there, alone; *letter is its Latin one, *size its bytes. */
bool tongue_has_letter(struct span text, size_t at, char *letter, size_t *size);

/* Bengali writes the visarga for a colon: where it stands last in text, right after the word; SPAN_NOWHERE for nowhere. */
size_t tongue_find_last_visarga(struct span text);

#endif
