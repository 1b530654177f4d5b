#include "tasks/readers/tongue.h"

#include <stdint.h>

#include "harness/base/text.h"

/* Of the fourteen languages of MMMLU. Latin letters are bare and small; of words that end alike the shorter stands for
 * both ("답" for "정답"), since more may stand before it. */
static const char *const MARKERS[] = {
    "antwort", "respuesta", "risposta", "resposta", "reponse", "jawaban", "jibu", "idahun", "amona", "adahun", "anugo",
    "asayan", "losung", "respuesta correcta", "respuesta final", "opcion correcta", "reponse correcte", "reponse finale",
    "bonne reponse", "risposta corretta", "risposta finale", "resposta correta", "resposta final", "alternativa correta",
    "jawaban akhir", "jawaban yang benar", "jibu sahihi", "correct option", "correct choice", "best option", "best choice",
    "selected option", "final choice", "correct letter", "answer choice", "answer option", "answer letter", "ans",
    "答え", "正解", "正确选项", "सही विकल्प", "সঠিক বিকল্প", "الجواب الصحيح", "답", "답변", "\u1103\u1161\u11b8", "\u1107\u1167\u11ab",
    "答案", "答", "答复", "答曰", "回答", "解答", "উত্তর", "उत्तर", "اجابة",
    "الجواب", "الاجابة النهائية", "الاجابة الصحيحة", "الجواب النهائي",
};

/* What may stand between the word and its colon. */
static const char *const COPULAS[] = { "是", "为", "は", "은", "هي", "هو", "es", "ist", "est",
                                        "adalah", "e", "ni", "है", "হল", "হলো" };

static const char *const PHRASES[] = {
    "antwort ist", "antwort lautet", "richtige antwort", "respuesta es", "respuesta correcta es", "opcion correcta es",
    "alternativa correcta es", "reponse est", "reponse est donc", "reponse correcte est", "risposta e",
    "risposta corretta e", "risposta giusta e", "opzione corretta e", "resposta e", "resposta correta e",
    "alternativa correta e", "jawaban adalah", "jawabannya adalah", "jawaban yang benar adalah",
    "jawaban yang tepat adalah", "jibu ni", "jibu sahihi ni",
    "idahun ni", "idahun naa ni", "idahun to to ni", "idahun ti o to ni", "答案是", "答案为", "答案應為", "答案選", "答案选", "答案】", "正确选项是",
    "正確選項是", "故选", "故選", "所以选", "因此选", "应选", "本题选", "정답은", "답은", "正解は", "答えは", "الاجابة هي", "الاجابة الصحيحة هي",
    "الجواب هو", "الجواب الصحيح هو", "উত্তর হল", "উত্তর হলো", "উত্তরটি হল", "উত্তরটি হলো", "उत्तर है",
};

/* What may stand between a phrase and the label: "la respuesta correcta es la opción C". */
static const char *const NAMES[] = {
    "la", "opcion", "la opcion", "letra", "la letra", "option", "l'option", "la reponse", "la lettre", "opzione",
    "l'opzione", "la lettera", "a letra", "a alternativa", "a opcao", "opsi", "pilihan", "chaguo", "buchstabe", "选项", "選項",
    "विकल्प", "বিকল্প", "الخيار",
};

/* Without a verb between. */
static const char *const SUBJECTS[] = { "उत्तर", "उत्तर विकल्प", "উত্তর", "উত্তরটি" };
static const char *const CLOSINGS[] = { "है", "।", "হবে", ".", "\n" };

static uint32_t fold(uint32_t code)
{
    if (code == 0x622 || code == 0x623 || code == 0x625)
        return 0x627;
    return text_fold_latin(code);
}

/* The character that ends at end, folded, and where it begins; 0 at the text's begin. Combining accents are passed. */
static uint32_t read_back(struct span text, size_t end, size_t *begin)
{
    uint32_t code = 0;

    *begin = end;
    while (*begin > 0) {
        size_t after = *begin;
        do
            (*begin)--;
        while (*begin > 0 && ((unsigned char)text.text[*begin] & 0xC0) == 0x80);
        text_decode(text.text + *begin, after - *begin, &code);
        if (code < 0x300 || code > 0x36F)
            return fold(code);
    }
    return 0;
}

/* Where words begin, which are in folded form, if they end at end. */
static size_t match_back(struct span text, size_t end, const char *words)
{
    struct span wanted = span_of(words);
    size_t left = wanted.length;

    while (left > 0) {
        size_t begin, wanted_begin;
        uint32_t code = read_back(text, end, &begin), other = read_back(wanted, left, &wanted_begin);
        if (code != other)
            return SPAN_NOWHERE;
        end = begin;
        left = wanted_begin;
    }
    if (is_letter(words[0]) && end > 0) {       /* languages in Latin letters set words apart */
        size_t begin;
        uint32_t before = read_back(text, end, &begin);
        if (before < 0x80 && is_letter((char)before))
            return SPAN_NOWHERE;
    }
    return end;
}

/* The longest of them. */
static size_t match_any(struct span text, size_t end, const char *const *words, size_t count)
{
    size_t best = SPAN_NOWHERE;

    for (size_t i = 0; i < count; i++) {
        size_t begin = match_back(text, end, words[i]);
        if (begin < best)
            best = begin;
    }
    return best;
}

static size_t skip_blanks_back(struct span text, size_t end)
{
    while (end > 0 && text.text[end - 1] == ' ')
        end--;
    return end;
}

/* Where one of words begins that ends at end, or before one of tails that ends there. */
static size_t match_with(struct span text, size_t end, const char *const *words, size_t count, const char *const *tails,
                         size_t tail_count)
{
    size_t at = match_any(text, end, words, count), tail;

    if (at != SPAN_NOWHERE)
        return at;
    tail = match_any(text, end, tails, tail_count);
    return tail == SPAN_NOWHERE ? SPAN_NOWHERE : match_any(text, skip_blanks_back(text, tail), words, count);
}

size_t tongue_find_marker(struct span text, size_t end)
{
    return match_with(text, end, MARKERS, sizeof MARKERS / sizeof MARKERS[0], COPULAS, sizeof COPULAS / sizeof COPULAS[0]);
}

size_t tongue_find_phrase(struct span text, size_t end)
{
    return match_with(text, end, PHRASES, sizeof PHRASES / sizeof PHRASES[0], NAMES, sizeof NAMES / sizeof NAMES[0]);
}

bool tongue_ends_subject(struct span text, size_t end)
{
    return match_any(text, end, SUBJECTS, sizeof SUBJECTS / sizeof SUBJECTS[0]) != SPAN_NOWHERE;
}

bool tongue_closes_subject(struct span text, size_t at)
{
    for (size_t i = 0; i < sizeof CLOSINGS / sizeof CLOSINGS[0]; i++)
        if (span_has(text, at, CLOSINGS[i]))
            return true;
    return at >= text.length;
}

static bool is_of_script(uint32_t code, uint32_t of)
{
    if (of < 0x700)
        return code >= 0x620 && code <= 0x65F;      /* past these: digits, and before: the comma */
    if (of < 0x980)
        return code >= 0x900 && code <= 0x97F && code != 0x964 && code != 0x965;
    return code >= 0x980 && code <= 0x9FF;
}

bool tongue_has_letter(struct span text, size_t at, char *letter, size_t *size)
{
    /* Both orders of Bengali are in use: its consonants', and the sounds of A, B, C, D. */
    static const struct { uint32_t code; char letter; } LETTERS[] = {
        { 0x623, 'A' }, { 0x627, 'A' }, { 0x628, 'B' }, { 0x62C, 'C' }, { 0x62F, 'D' },
        { 0x915, 'A' }, { 0x916, 'B' }, { 0x917, 'C' }, { 0x918, 'D' },
        { 0x985, 'A' }, { 0x995, 'A' }, { 0x996, 'B' }, { 0x9AC, 'B' }, { 0x997, 'C' }, { 0x9A1, 'C' },
        { 0x998, 'D' }, { 0x9A2, 'D' },
    };
    uint32_t code, next = 0;

    if (at >= text.length || (unsigned char)text.text[at] < 0x80)
        return false;
    *size = text_decode(text.text + at, text.length - at, &code);
    if (at + *size < text.length)
        text_decode(text.text + at + *size, text.length - at - *size, &next);
    for (size_t i = 0; i < sizeof LETTERS / sizeof LETTERS[0]; i++)
        if (LETTERS[i].code == code) {
            *letter = LETTERS[i].letter;
            return !is_of_script(next, code);
        }
    return false;
}

size_t tongue_find_last_visarga(struct span text)
{
    static const char WORD[] = "উত্তরঃ";
    size_t at = span_find_last(text, WORD);

    return at == SPAN_NOWHERE ? SPAN_NOWHERE : at + strlen(WORD) - strlen("ঃ");
}
