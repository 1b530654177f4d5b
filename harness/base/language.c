#include "harness/base/language.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/text.h"

#define TEXT_BYTES_MAX ((size_t)64 << 10)
#define WORD_BYTES_MAX 16       /* of the longest small word, and more */
/* Signs of Chinese, Japanese and Korean say about as much as three letters. */
#define LETTERS_OF_A_SIGN 3
#define LETTERS_MIN 4           /* of a script of its own */
#define SIGNS_MIN 8             /* of Chinese: a Japanese sentence of as many signs has kana */

/* Languages in Latin letters, as bits of a word's. */
enum { DE = 1, EN = 2, ES = 4, FR = 8, ID = 16, IT = 32, PT = 64, SW = 128, YO = 256 };

static const char *const LATIN[] = { "de", "en", "es", "fr", "id", "it", "pt", "sw", "yo" };
#define LATIN_COUNT (sizeof LATIN / sizeof LATIN[0])

/* Small words, without accents, in order; some are of several. */
static const struct word { char text[WORD_BYTES_MAX]; unsigned languages; } WORDS[] = {
    { "a", EN | ES | FR | IT | PT }, { "aber", DE }, { "ad", IT }, { "ada", ID }, { "adalah", ID }, { "ai", IT },
    { "ainda", PT }, { "ainsi", FR }, { "akan", ID }, { "al", ES | IT }, { "all", EN }, { "alla", IT },
    { "alle", DE }, { "als", DE }, { "also", DE | EN }, { "ambao", SW }, { "ambapo", SW }, { "ambayo", SW },
    { "ambos", ES }, { "an", DE | EN }, { "anche", IT }, { "and", EN }, { "anda", ID }, { "antara", ID },
    { "any", EN }, { "ao", PT }, { "apenas", PT }, { "are", EN }, { "as", EN | PT }, { "assim", PT }, { "at", EN },
    { "atau", ID }, { "ati", YO | YO }, { "au", FR | SW }, { "auch", DE }, { "auf", DE }, { "aus", DE },
    { "aussi", FR }, { "aux", FR }, { "avec", FR }, { "awo", YO }, { "awon", YO }, { "ba", YO }, { "baada", SW },
    { "bahwa", ID }, { "be", EN }, { "because", EN }, { "been", EN }, { "bei", DE }, { "berikut", ID }, { "bi", YO },
    { "bii", YO }, { "bila", SW }, { "bis", DE }, { "bukan", ID }, { "but", EN }, { "by", EN }, { "c", FR },
    { "cada", ES | PT }, { "can", EN }, { "car", FR }, { "ce", FR }, { "cela", FR }, { "ces", FR }, { "cette", FR },
    { "cha", SW }, { "che", IT }, { "ci", IT }, { "com", PT }, { "come", IT }, { "comme", FR }, { "como", ES | PT },
    { "con", ES | IT }, { "cual", ES }, { "cuando", ES }, { "cui", IT }, { "cuyo", ES }, { "d", FR | IT },
    { "da", IT | PT }, { "daher", DE }, { "dal", IT }, { "dalam", ID }, { "dalla", IT }, { "dan", ID },
    { "dann", DE }, { "dans", FR }, { "dapat", ID }, { "dari", ID }, { "das", DE | PT }, { "dass", DE },
    { "de", ES | FR | PT }, { "debe", ES }, { "degli", IT }, { "dei", IT }, { "del", ES | IT }, { "dell", IT },
    { "della", IT }, { "delle", IT }, { "dello", IT }, { "dem", DE }, { "den", DE }, { "dengan", ID }, { "der", DE },
    { "des", DE | FR }, { "desde", ES }, { "di", ID | IT }, { "die", DE }, { "diese", DE }, { "dieser", DE },
    { "do", PT }, { "doch", DE }, { "does", EN }, { "doit", FR }, { "donc", FR }, { "donde", ES }, { "dont", FR },
    { "dos", PT }, { "dove", IT }, { "du", FR }, { "dua", ID }, { "dunque", IT }, { "durch", DE },
    { "e", IT | PT | YO }, { "each", EN }, { "ed", IT }, { "ein", DE }, { "eine", DE }, { "einem", DE },
    { "einen", DE }, { "einer", DE }, { "el", ES }, { "ela", PT }, { "ele", PT }, { "elle", FR }, { "em", PT },
    { "en", ES | FR }, { "entao", PT }, { "entonces", ES }, { "entre", ES | FR }, { "er", DE }, { "es", DE | ES },
    { "esa", ES }, { "ese", ES }, { "eso", ES }, { "essa", PT }, { "esse", PT }, { "essere", IT }, { "est", FR },
    { "esta", ES | PT }, { "este", ES | PT }, { "esto", ES }, { "estos", ES }, { "et", FR }, { "etre", FR },
    { "eyi", YO }, { "fait", FR }, { "fi", YO }, { "foi", PT }, { "for", EN }, { "from", EN }, { "fue", ES },
    { "fun", YO }, { "fur", DE }, { "gba", YO }, { "gbogbo", YO }, { "gege", YO }, { "gli", IT },
    { "ha", ES | IT | PT }, { "haben", DE }, { "had", EN }, { "hadi", SW }, { "hakuna", SW }, { "han", ES },
    { "hanno", IT }, { "hanya", ID }, { "harus", ID }, { "has", EN }, { "hasta", ES }, { "hat", DE }, { "hata", SW },
    { "have", EN }, { "hay", ES }, { "haya", SW }, { "he", EN }, { "hii", SW }, { "his", EN }, { "hivyo", SW },
    { "hiyo", SW }, { "hizi", SW }, { "how", EN }, { "huo", SW }, { "huu", SW }, { "i", EN | IT }, { "ia", ID },
    { "ich", DE }, { "idahun", YO }, { "if", EN }, { "ihr", DE }, { "il", FR | IT }, { "ilikuwa", SW }, { "ils", FR },
    { "im", DE }, { "in", DE | EN | IT }, { "inaweza", SW }, { "ini", ID }, { "into", EN }, { "is", EN },
    { "isso", PT }, { "ist", DE }, { "it", EN }, { "its", EN }, { "itu", ID }, { "iwa", YO }, { "jawaban", ID },
    { "je", FR | YO }, { "jedoch", DE }, { "jibu", SW }, { "jika", ID }, { "ju", YO }, { "juga", ID }, { "juu", SW },
    { "kama", SW }, { "kan", YO }, { "kann", DE }, { "karena", ID }, { "kati", SW }, { "katika", SW }, { "ke", ID },
    { "keine", DE }, { "kemudian", ID }, { "kepada", ID }, { "ketika", ID }, { "ki", YO }, { "kila", SW },
    { "kita", ID }, { "ko", YO }, { "konnen", DE }, { "kufanya", SW }, { "kuna", SW }, { "kutoka", SW },
    { "kuwa", SW }, { "kwa", SW }, { "kwamba", SW }, { "kwani", SW }, { "kwenye", SW }, { "l", FR | IT },
    { "la", ES | FR | IT | SW }, { "lakini", SW }, { "lao", SW }, { "las", ES }, { "lati", YO },
    { "le", ES | FR | IT | YO }, { "lebih", ID }, { "les", ES | FR }, { "leur", FR }, { "lo", ES | IT },
    { "lori", YO }, { "loro", IT }, { "lorsque", FR }, { "los", ES }, { "ma", IT }, { "maa", YO },
    { "mais", FR | PT }, { "maka", ID }, { "man", DE }, { "mara", SW }, { "mas", ES | PT }, { "mehr", DE },
    { "meme", FR }, { "menjadi", ID }, { "mereka", ID }, { "merupakan", ID }, { "mit", DE }, { "mo", YO },
    { "more", EN }, { "mu", YO }, { "muss", DE }, { "muy", ES }, { "n", FR | YO }, { "na", PT | SW }, { "naa", YO },
    { "nach", DE }, { "namun", ID }, { "nao", PT }, { "nas", PT }, { "ne", FR }, { "nei", IT }, { "nel", IT },
    { "nella", IT }, { "nelle", IT }, { "ni", ES | SW | YO }, { "nicht", DE }, { "nigba", YO }, { "ninu", YO },
    { "nipa", YO }, { "nitori", YO }, { "nitorina", YO }, { "no", ES | PT }, { "noch", DE }, { "non", IT },
    { "nos", ES | PT }, { "not", EN }, { "nous", FR }, { "num", PT }, { "numa", PT }, { "nur", DE },
    { "o", ES | IT | PT | YO }, { "oder", DE }, { "of", EN }, { "ogni", IT }, { "oleh", ID | ID }, { "on", EN | FR },
    { "one", EN }, { "only", EN }, { "ont", FR }, { "or", EN }, { "os", PT }, { "other", EN }, { "ou", FR | PT },
    { "our", EN }, { "pada", ID }, { "pamoja", SW }, { "par", FR }, { "para", ES | ID | PT }, { "pas", FR },
    { "pe", YO }, { "pela", PT }, { "pelas", PT }, { "pelo", PT }, { "pelos", PT }, { "pelu", YO }, { "per", IT },
    { "perche", IT }, { "pero", ES }, { "peut", FR }, { "pia", SW }, { "piu", IT }, { "plus", FR }, { "pode", PT },
    { "poiche", IT }, { "pois", PT }, { "por", ES | PT }, { "porque", ES | PT }, { "portanto", PT }, { "pour", FR },
    { "puede", ES }, { "puisque", FR }, { "puo", IT }, { "qu", FR }, { "quando", PT }, { "que", ES | FR | PT },
    { "questa", IT }, { "questo", IT }, { "qui", FR }, { "quindi", IT }, { "re", YO }, { "reponse", FR },
    { "resposta", PT }, { "respuesta", ES }, { "risposta", IT }, { "s", FR }, { "sababu", SW }, { "sana", SW },
    { "sans", FR }, { "sao", PT }, { "satu", ID }, { "saya", ID }, { "se", ES | FR | IT | PT | YO },
    { "sebagai", ID }, { "secara", ID }, { "sehingga", ID }, { "sein", DE }, { "sem", PT }, { "seperti", ID },
    { "ser", ES | PT }, { "serta", ID }, { "ses", FR }, { "setiap", ID }, { "seu", PT }, { "seus", PT },
    { "should", EN }, { "si", ES | FR | IT | SW | YO }, { "sia", IT }, { "sich", DE }, { "sie", DE }, { "sin", ES },
    { "since", EN }, { "sind", DE }, { "so", DE | EN | YO }, { "sobre", ES }, { "some", EN }, { "somit", DE },
    { "son", ES | FR }, { "sono", IT }, { "sont", FR }, { "sowie", DE }, { "su", ES }, { "sua", IT | PT },
    { "suas", PT }, { "sudah", ID }, { "sugbon", YO }, { "sul", IT }, { "sulla", IT }, { "suo", IT }, { "sur", FR },
    { "sus", ES }, { "tabi", YO }, { "tambem", PT }, { "tambien", ES }, { "te", ES }, { "telah", ID }, { "tele", YO },
    { "tem", PT }, { "ter", PT }, { "tersebut", ID }, { "tetapi", ID }, { "than", EN }, { "that", EN }, { "the", EN },
    { "their", EN }, { "them", EN }, { "there", EN }, { "therefore", EN }, { "these", EN }, { "they", EN },
    { "this", EN }, { "ti", YO }, { "tidak", ID }, { "tiene", ES }, { "to", EN | YO }, { "todo", ES }, { "tout", FR },
    { "tra", IT }, { "tres", FR }, { "tu", ES }, { "tun", YO }, { "uber", DE }, { "um", DE | PT }, { "uma", PT },
    { "un", ES | FR | IT }, { "una", ES | IT }, { "und", DE }, { "une", FR }, { "uns", DE }, { "untuk", ID },
    { "von", DE }, { "vor", DE }, { "vous", FR }, { "vya", SW }, { "wa", SW | YO }, { "wakati", SW }, { "wake", SW },
    { "wao", SW }, { "war", DE }, { "waren", DE }, { "was", EN }, { "we", EN }, { "weil", DE }, { "wenn", DE },
    { "werden", DE }, { "were", EN }, { "what", EN }, { "when", EN }, { "which", EN }, { "who", EN }, { "wie", DE },
    { "will", EN }, { "wipe", YO }, { "wir", DE }, { "wird", DE }, { "with", EN }, { "wo", YO }, { "won", YO },
    { "would", EN }, { "wurde", DE }, { "y", ES }, { "ya", ES | SW }, { "yake", SW }, { "yang", ID }, { "yao", SW },
    { "yii", YO }, { "yoo", YO }, { "yote", SW }, { "you", EN }, { "your", EN }, { "za", SW }, { "zaidi", SW },
    { "zao", SW }, { "zu", DE }, { "zum", DE }, { "zur", DE }, { "zwischen", DE },
};

enum script { ARABIC, BENGALI, HINDI, KOREAN, SIGNS, LATIN_SCRIPT, SCRIPT_COUNT };

struct count {
    size_t letters[SCRIPT_COUNT];
    size_t kana, han;
    size_t words[LATIN_COUNT];      /* small ones of each language */
};

static int compare(const void *key, const void *item)
{
    return strcmp(key, ((const struct word *)item)->text);
}

static void count_word(struct count *count, const char *word)
{
    const struct word *found = bsearch(word, WORDS, sizeof WORDS / sizeof WORDS[0], sizeof WORDS[0], compare);

    for (size_t i = 0; found != NULL && i < LATIN_COUNT; i++)
        count->words[i] += (found->languages >> i) & 1;
}

static bool is_latin(uint32_t code)
{
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || (code >= 0xC0 && code <= 0x24F && code != 0xD7 &&
           code != 0xF7) || (code >= 0x300 && code <= 0x36F) || (code >= 0x1E00 && code <= 0x1EFF);
}

/* Counts the Latin word at text, and returns its bytes. After a backslash it is a command. */
static size_t count_latin(struct count *count, const char *text, size_t length, bool is_command)
{
    char word[WORD_BYTES_MAX] = "";
    size_t at = 0, letters = 0;
    bool is_label = text[0] >= 'A' && text[0] <= 'Z';

    while (at < length) {
        uint32_t code, folded;
        size_t size = text_decode(text + at, length - at, &code);
        if (!is_latin(code))
            break;
        at += size;
        folded = text_fold_latin(code);
        if (folded == 0)
            continue;               /* an accent */
        if (letters < sizeof word - 1)
            word[letters] = folded < 0x80 ? (char)folded : '?';
        letters++;
    }
    if (is_command || (letters == 1 && is_label))
        return at;
    count->letters[LATIN_SCRIPT] += letters > 1 ? letters : 0;
    if (letters < sizeof word)
        count_word(count, word);
    return at;
}

static void count_other(struct count *count, uint32_t code)
{
    if ((code >= 0x620 && code <= 0x64A) || (code >= 0x671 && code <= 0x6D3))
        count->letters[ARABIC]++;
    else if (code >= 0x904 && code <= 0x939)
        count->letters[HINDI]++;
    else if (code >= 0x985 && code <= 0x9B9)
        count->letters[BENGALI]++;
    else if (code >= 0xAC00 && code <= 0xD7A3)
        count->letters[KOREAN] += LETTERS_OF_A_SIGN;
    else if (code >= 0x3041 && code <= 0x30FA)
        count->kana++;
    else if (code >= 0x4E00 && code <= 0x9FFF)
        count->han++;
}

static void count_all(struct count *count, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        uint32_t code;
        size_t size = text_decode(text + at, length - at, &code);
        if (is_latin(code)) {
            at += count_latin(count, text + at, length - at, at > 0 && text[at - 1] == '\\');
            continue;
        }
        count_other(count, code);
        at += size;
    }
    count->letters[SIGNS] = LETTERS_OF_A_SIGN * (count->kana + count->han);
}

/* By small words: one that has a few more than any other, and a quarter more. */
static const char *decide_latin(const struct count *count)
{
    size_t best = 0, second;

    for (size_t i = 1; i < LATIN_COUNT; i++)
        if (count->words[i] > count->words[best])
            best = i;
    second = best == 0 ? 1 : 0;
    for (size_t i = 0; i < LATIN_COUNT; i++)
        if (i != best && count->words[i] > count->words[second])
            second = i;
    if (count->words[best] < 3 || count->words[best] < count->words[second] + 2 ||
        4 * count->words[best] < 5 * count->words[second])
        return LANGUAGE_UNDECIDED;
    return LATIN[best];
}

static const char *decide_signs(const struct count *count)
{
    if (10 * count->kana >= count->han)
        return count->kana + count->han >= LETTERS_MIN ? "ja" : LANGUAGE_UNDECIDED;
    return count->han >= SIGNS_MIN && 50 * count->kana < count->han ? "zh" : LANGUAGE_UNDECIDED;
}

const char *language_of(const char *text, size_t length)
{
    static const char *const OWN[] = { [ARABIC] = "ar", [BENGALI] = "bn", [HINDI] = "hi", [KOREAN] = "ko" };
    struct count count = { .kana = 0 };
    size_t top = 0, all = 0;

    count_all(&count, text, length < TEXT_BYTES_MAX ? length : TEXT_BYTES_MAX);
    for (size_t i = 0; i < SCRIPT_COUNT; i++) {
        all += count.letters[i];
        if (count.letters[i] > count.letters[top])
            top = i;
    }
    if (10 * count.letters[top] < 6 * all || count.letters[top] < LETTERS_MIN)
        return LANGUAGE_UNDECIDED;
    if (top == LATIN_SCRIPT)
        return decide_latin(&count);
    return top == SIGNS ? decide_signs(&count) : OWN[top];
}

bool language_is_known(const char *code)
{
    static const char *const OTHERS[] = { "ar", "bn", "hi", "ja", "ko", "zh" };

    for (size_t i = 0; i < LATIN_COUNT; i++)
        if (strcmp(code, LATIN[i]) == 0)
            return true;
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++)
        if (strcmp(code, OTHERS[i]) == 0)
            return true;
    return false;
}
