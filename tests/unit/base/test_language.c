#include "harness/base/language.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static const struct { const char *language, *text; } REPLIES[] = {
    { "ar", "نجمع العددين فنحصل على خمسة، ولذلك فإن الخيار الثاني هو الصحيح.\n\nAnswer: B" },
    { "ar", "الإجابة الصحيحة هي: ب" },
    { "bn", "দুই আর তিন যোগ করলে পাঁচ হয়, তাই দ্বিতীয় বিকল্পটি ঠিক।\n\nANSWER: B" },
    { "de", "Wenn man zwei und drei zusammenzählt, erhält man fünf. Daher ist die zweite Möglichkeit richtig.\n\nAnswer: B" },
    { "de", "Der Hund und der Fisch können nicht fliegen, der Falke aber schon.\n\nAntwort: C" },
    { "en", "If we add the two numbers we get five, so the second option is the right one.\n\nAnswer: B" },
    { "es", "Si sumamos los dos números, el resultado es cinco; por lo tanto la segunda opción es la correcta.\n\nAnswer: B" },
    { "fr", "On additionne les deux nombres et on obtient cinq : c'est donc la deuxième réponse qui est juste.\n\nRéponse : B" },
    { "hi", "दो और तीन को जोड़ने पर पाँच मिलता है, इसलिए दूसरा विकल्प सही है।\n\nAnswer: B" },
    { "id", "Jika kedua bilangan itu dijumlahkan, hasilnya adalah lima, sehingga pilihan kedua yang benar.\n\nJawaban: B" },
    { "it", "Sommando i due numeri si ottiene cinque, quindi la seconda risposta è quella corretta.\n\nRisposta: B" },
    { "ja", "二つの数を足すと五になります。したがって、二番目の選択肢が正しいです。\n\n答え: B" },
    { "ko", "두 수를 더하면 다섯이 되므로 두 번째 보기가 맞습니다.\n\n정답: B" },
    { "pt", "Somando os dois números obtém-se cinco; portanto, a segunda alternativa é a correta.\n\nResposta: B" },
    { "pt", "O falcão é um animal que voa, mas o cão e o gato não têm asas.\n\nAnswer: C" },
    { "sw", "Tukijumlisha namba hizi mbili tunapata tano, kwa hiyo jibu la pili ni sahihi katika orodha hii.\n\nJibu: B" },
    { "yo", "Tí a bá ṣe àròpọ̀ àwọn nọ́ńbà méjì yìí, a ó rí márùn-ún, nítorí náà èkejì ni ó tọ́.\n\nÌdáhùn: B" },
    { "zh", "把两个数相加得到五，因此第二个选项是正确的。\n\n答案：B" },
    /* TeX is no language: these are told by what stands around it. */
    { "de", "Wir setzen ein: $\\frac{a}{b} = \\sqrt{\\text{of the end}}$, und damit ist das Ergebnis $x_{max}$, wie oben.\nAnswer: A" },
    { "zh", "由 $\\lim_{n \\to \\infty} a_n = 0$ 可知，该级数收敛，所以选择第一项。" },
    /* Too little to tell by, or too even. */
    { "und", "" },
    { "und", "Answer: C" },
    { "und", "ANSWER: A" },
    { "und", "\\boxed{C}" },
    { "und", "$\\frac{1}{2} + 3$" },
    { "und", "答案：C" },
    { "und", "Falke" },
    { "und", "The falcon is the one that flies, of course. Der Falke ist das Tier, das fliegt, und zwar gut." },
    { "und", "\xff\xfe\xfd" },
};

static void test_language_of_tells_replies(void **state)
{
    size_t count = sizeof REPLIES / sizeof REPLIES[0];
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < count; i++) {
        const char *language = language_of(REPLIES[i].text, strlen(REPLIES[i].text));
        if (strcmp(language, REPLIES[i].language) == 0)
            continue;
        print_error("%s, not %s: %s\n", language, REPLIES[i].language, REPLIES[i].text);
        failed++;
    }
    print_message("%zu tried, %d failed\n", count, failed);
    assert_int_equal(failed, 0);
}

static void test_language_of_reads_no_further_than_its_length(void **state)
{
    static const char TEXT[] = "und das ist der Hund, the of and to is";

    (void)state;
    assert_string_equal(language_of(TEXT, strlen("und das ist der Hund")), "de");
    assert_string_equal(language_of(TEXT, strlen("und")), LANGUAGE_UNDECIDED);
}

static void test_language_is_known(void **state)
{
    char code[] = LANGUAGES_KNOWN, *rest = code, *one;
    int count = 0;

    (void)state;
    while ((one = strsep(&rest, " ")) != NULL) {
        assert_true(language_is_known(one));
        count++;
    }
    assert_int_equal(count, 15);
    assert_false(language_is_known("xx"));
    assert_false(language_is_known(LANGUAGE_UNDECIDED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_language_of_tells_replies),
        cmocka_unit_test(test_language_of_reads_no_further_than_its_length),
        cmocka_unit_test(test_language_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
