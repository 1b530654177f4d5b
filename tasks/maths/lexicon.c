#include "tasks/maths/lexicon.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tasks/maths/token.h"

#define T(name, token, text) { name, LEXEME_TOKEN, token, text }
#define GREEK(name) { name, LEXEME_TOKEN, TOKEN_SYMBOL, name }
#define FUNCTION(name) { name, LEXEME_TOKEN, TOKEN_FUNCTION, name }
#define BLANK(name) { name, LEXEME_BLANK, 0, NULL }
#define WRAPPER(name) { name, LEXEME_WRAPPER, 0, NULL }
#define STYLE(name) { name, LEXEME_STYLE, 0, NULL }
#define ACCENT(name) { name, LEXEME_TOKEN, TOKEN_ACCENT, name }

/* In the order of strcmp. */
static const struct lexeme COMMANDS[] = {
    BLANK(" "), BLANK("!"), T("#", TOKEN_UNREADABLE, "#"), T("$", TOKEN_MONEY, "dollar"), T("%", '%', NULL), BLANK("&"),
    BLANK("("), BLANK(")"), BLANK(","), BLANK(":"), BLANK(";"), BLANK(">"), FUNCTION("Arg"), BLANK("Big"),
    GREEK("Delta"), GREEK("Gamma"), FUNCTION("Im"), GREEK("Lambda"), T("Longrightarrow", TOKEN_RELATION, "="),
    GREEK("Omega"), GREEK("Phi"), GREEK("Pi"), GREEK("Psi"), FUNCTION("Re"), T("Rightarrow", TOKEN_RELATION, "="),
    GREEK("Sigma"), GREEK("Theta"), GREEK("Upsilon"), GREEK("Xi"), BLANK("["), T("\\", TOKEN_ROW, NULL), BLANK("]"),
    GREEK("aleph"), GREEK("alpha"), T("angle", TOKEN_SYMBOL, "angle"), T("approx", TOKEN_RELATION, "~"),
    FUNCTION("arccos"), FUNCTION("arccosh"), FUNCTION("arccot"), FUNCTION("arccsc"), FUNCTION("arcosh"),
    FUNCTION("arcsec"), FUNCTION("arcsin"), FUNCTION("arcsinh"), FUNCTION("arctan"), FUNCTION("arctanh"),
    FUNCTION("arg"), FUNCTION("arsinh"), FUNCTION("artanh"), T("ast", '*', NULL), T("backslash", TOKEN_WITHOUT, NULL),
    ACCENT("bar"), BLANK("beginboxed"),
    GREEK("beta"), T("binom", TOKEN_BINOMIAL, NULL), T("bmod", TOKEN_MODULO, NULL), WRAPPER("bold"),
    STYLE("boldsymbol"), STYLE("boxed"), T("bullet", '*', NULL), T("cap", TOKEN_INTERSECTION, NULL),
    T("cdot", '*', NULL), T("cdots", TOKEN_ELLIPSIS, NULL), T("ceil", TOKEN_FUNCTION, "ceil"),
    T("cfrac", TOKEN_FRACTION, NULL), GREEK("chi"), T("choose", TOKEN_CHOOSE, NULL), T("circ", TOKEN_DEGREE, NULL),
    T("colon", ':', NULL), T("cong", TOKEN_RELATION, "#"), FUNCTION("cos"), FUNCTION("cosh"), FUNCTION("cot"),
    FUNCTION("coth"), FUNCTION("csc"), FUNCTION("csch"), T("cup", TOKEN_UNION, NULL), T("dbinom", TOKEN_BINOMIAL, NULL),
    FUNCTION("deg"), T("degree", TOKEN_DEGREE, NULL), GREEK("delta"), FUNCTION("det"), T("dfrac", TOKEN_FRACTION, NULL),
    FUNCTION("dim"), BLANK("displaystyle"), T("div", '/', NULL), ACCENT("dot"), T("dots", TOKEN_ELLIPSIS, NULL),
    T("dotsc", TOKEN_ELLIPSIS, NULL), GREEK("ell"), STYLE("emph"), T("emptyset", TOKEN_EMPTY, NULL), BLANK("enspace"),
    GREEK("epsilon"), T("equiv", TOKEN_RELATION, "#"), GREEK("eta"), T("euro", TOKEN_MONEY, "euro"), FUNCTION("exp"),
    T("exponentialE", TOKEN_EULER, NULL), STYLE("fbox"), FUNCTION("floor"), T("forall", TOKEN_UNREADABLE, "forall"),
    T("frac", TOKEN_FRACTION, NULL), STYLE("framebox"), GREEK("gamma"), FUNCTION("gcd"), T("ge", TOKEN_RELATION, "g"),
    T("geq", TOKEN_RELATION, "g"), T("geqslant", TOKEN_RELATION, "g"), T("gt", TOKEN_RELATION, ">"), ACCENT("hat"),
    GREEK("hbar"), WRAPPER("hbox"), { "hspace", LEXEME_SKIPPED, 0, NULL }, T("iff", TOKEN_RELATION, "#"),
    T("implies", TOKEN_RELATION, "="), T("in", TOKEN_RELATION, "@"), T("infin", TOKEN_INFINITY, NULL),
    T("infty", TOKEN_INFINITY, NULL), T("int", TOKEN_SERIES, "int"), GREEK("iota"), GREEK("kappa"), FUNCTION("ker"),
    { "label", LEXEME_SKIPPED, 0, NULL }, GREEK("lambda"), T("land", TOKEN_AND, NULL),
    T("langle", TOKEN_ANGLE_OPEN, NULL), T("lbrace", TOKEN_SET_OPEN, NULL), T("lbrack", '[', NULL),
    T("lceil", TOKEN_CEILING_OPEN, NULL), FUNCTION("lcm"), T("ldots", TOKEN_ELLIPSIS, NULL),
    T("le", TOKEN_RELATION, "l"), T("leq", TOKEN_RELATION, "l"), T("leqslant", TOKEN_RELATION, "l"),
    T("lfloor", TOKEN_FLOOR_OPEN, NULL), FUNCTION("lg"), T("lim", TOKEN_SERIES, "lim"), BLANK("limits"), FUNCTION("ln"),
    FUNCTION("log"), T("lor", TOKEN_AND, NULL), T("lt", TOKEN_RELATION, "<"), T("lvert", TOKEN_BAR_OPEN, NULL),
    STYLE("mathbb"), STYLE("mathbf"), STYLE("mathcal"), STYLE("mathit"), STYLE("mathop"), STYLE("mathrm"),
    STYLE("mathsf"), STYLE("mathtt"), FUNCTION("max"), WRAPPER("mbox"), T("mid", TOKEN_SUCH_THAT, NULL),
    FUNCTION("min"), T("mod", TOKEN_MODULO, NULL), T("mp", TOKEN_MINUS_PLUS, NULL), GREEK("mu"), GREEK("nabla"),
    T("ne", TOKEN_RELATION, "!"), T("neq", TOKEN_RELATION, "!"), T("nicefrac", TOKEN_FRACTION, NULL), BLANK("nolimits"),
    T("notin", TOKEN_UNREADABLE, "notin"), GREEK("nu"), GREEK("omega"), STYLE("operatorname"), ACCENT("overline"),
    ACCENT("overrightarrow"), GREEK("partial"), { "phantom", LEXEME_SKIPPED, 0, NULL }, GREEK("phi"),
    T("pi", TOKEN_PI, NULL), T("pm", TOKEN_PLUS_MINUS, NULL), T("pmod", TOKEN_CONGRUENT, NULL),
    T("pounds", TOKEN_MONEY, "pound sterling"), T("prime", '\'', NULL), T("prod", TOKEN_SERIES, "prod"), GREEK("psi"),
    BLANK("qquad"), BLANK("quad"), T("rangle", TOKEN_ANGLE_CLOSE, NULL), T("rbrace", TOKEN_SET_CLOSE, NULL),
    T("rbrack", ']', NULL), T("rceil", TOKEN_CEILING_CLOSE, NULL), T("rfloor", TOKEN_FLOOR_CLOSE, NULL), GREEK("rho"),
    T("rightarrow", TOKEN_RELATION, "t"), T("rvert", TOKEN_BAR_CLOSE, NULL), BLANK("scriptstyle"), FUNCTION("sec"),
    FUNCTION("sech"), T("setminus", TOKEN_WITHOUT, NULL), GREEK("sigma"), T("sim", TOKEN_RELATION, "~"),
    T("simeq", TOKEN_RELATION, "~"), FUNCTION("sin"), FUNCTION("sinh"), T("slash", '/', NULL), BLANK("space"),
    T("sqrt", TOKEN_ROOT, NULL), GREEK("star"), T("sum", TOKEN_SERIES, "sum"), FUNCTION("sup"),
    { "tag", LEXEME_SKIPPED, 0, NULL }, FUNCTION("tan"), FUNCTION("tanh"), GREEK("tau"),
    T("tbinom", TOKEN_BINOMIAL, NULL), WRAPPER("text"), WRAPPER("textbf"), WRAPPER("textit"), WRAPPER("textnormal"),
    WRAPPER("textrm"), WRAPPER("textsc"), WRAPPER("textsf"), BLANK("textstyle"), WRAPPER("texttt"),
    T("tfrac", TOKEN_FRACTION, NULL), GREEK("theta"), ACCENT("tilde"), T("times", '*', NULL),
    T("to", TOKEN_RELATION, "t"), STYLE("underline"), GREEK("upsilon"), GREEK("varepsilon"),
    T("varnothing", TOKEN_EMPTY, NULL), GREEK("varphi"), GREEK("vartheta"), T("vdots", TOKEN_ELLIPSIS, NULL),
    ACCENT("vec"), T("vee", TOKEN_AND, NULL), T("vert", '|', NULL), T("wedge", TOKEN_AND, NULL), ACCENT("widehat"),
    ACCENT("widetilde"), GREEK("xi"), T("yen", TOKEN_MONEY, "yen"), GREEK("zeta"), T("{", TOKEN_SET_OPEN, NULL),
    T("|", '|', NULL), T("}", TOKEN_SET_CLOSE, NULL),
};

/* In the order of strcmp, lower case. */
static const struct lexeme WORDS[] = {
    FUNCTION("abs"), FUNCTION("acos"), FUNCTION("acosh"), FUNCTION("acot"), T("am", TOKEN_HALF_DAY, "am"),
    T("and", TOKEN_AND, NULL), FUNCTION("arccos"), FUNCTION("arccosh"), FUNCTION("arccot"), FUNCTION("arccsc"),
    FUNCTION("arcosh"), FUNCTION("arcsec"), FUNCTION("arcsin"), FUNCTION("arcsinh"), FUNCTION("arctan"),
    FUNCTION("arctanh"), FUNCTION("arsinh"), FUNCTION("artanh"), FUNCTION("asin"), FUNCTION("asinh"), FUNCTION("atan"),
    FUNCTION("atanh"), T("binom", TOKEN_FUNCTION, "binom"), T("binomial", TOKEN_FUNCTION, "binom"), FUNCTION("ceil"),
    T("ceiling", TOKEN_FUNCTION, "ceil"), FUNCTION("cos"), FUNCTION("cosh"), FUNCTION("cot"), FUNCTION("coth"),
    FUNCTION("csc"), FUNCTION("csch"), T("deg", TOKEN_DEGREE, NULL), T("degree", TOKEN_DEGREE, NULL),
    T("degrees", TOKEN_DEGREE, NULL), FUNCTION("det"), FUNCTION("exp"), FUNCTION("fact"),
    T("factorial", TOKEN_FUNCTION, "fact"), FUNCTION("floor"), T("frac", TOKEN_FRACTION, NULL), FUNCTION("gcd"),
    T("inf", TOKEN_INFINITY, NULL), T("infinity", TOKEN_INFINITY, NULL), FUNCTION("lcm"), FUNCTION("ln"),
    FUNCTION("log"), FUNCTION("max"), FUNCTION("min"), T("mod", TOKEN_MODULO, NULL), FUNCTION("norm"),
    T("oo", TOKEN_INFINITY, NULL), T("or", TOKEN_AND, NULL), T("pct", '%', NULL), T("percent", '%', NULL),
    T("pi", TOKEN_PI, NULL), T("pm", TOKEN_HALF_DAY, "pm"), FUNCTION("sec"), FUNCTION("sech"), FUNCTION("sin"),
    FUNCTION("sinh"), T("sqrt", TOKEN_ROOT, NULL), FUNCTION("tan"), FUNCTION("tanh"), T("union", TOKEN_UNION, NULL),
};

struct key {
    const char *name;
    size_t length;
};

static int compare_names(const void *one, const void *other)
{
    const struct key *key = one;
    const struct lexeme *lexeme = other;
    int order = strncmp(key->name, lexeme->name, key->length);

    return order != 0 ? order : lexeme->name[key->length] == '\0' ? 0 : -1;
}

const struct lexeme *lexicon_command(const char *name, size_t length)
{
    struct key key = { name, length };

    return bsearch(&key, COMMANDS, sizeof COMMANDS / sizeof COMMANDS[0], sizeof COMMANDS[0], compare_names);
}

const struct lexeme *lexicon_word(const char *name, size_t length)
{
    char lower[16];
    struct key key = { lower, length };

    if (length >= sizeof lower)
        return NULL;
    for (size_t i = 0; i < length; i++)
        lower[i] = (char)tolower((unsigned char)name[i]);
    return bsearch(&key, WORDS, sizeof WORDS / sizeof WORDS[0], sizeof WORDS[0], compare_names);
}

bool lexicon_is_prose(const char *word, size_t length)
{
    static const char *const SHORT[] = { "yes", "no", "odd", "even", "true", "none", "zero", "one", "two", "six", "ten",
                                         "dne", "four", "five", "nine", "east", "west", "mon", "tue", "may", "july",
                                         "june", "not", "the", "is", "for", "all", "any", "if", "then", "when", "with",
                                         "only", "are", "has", "both", "never", "it", "of", "at", "by", "on", "so",
                                         "that" };
    bool capital = isupper((unsigned char)word[0]) != 0, vowel = false;

    for (size_t i = 0; i < sizeof SHORT / sizeof SHORT[0]; i++)
        if (strlen(SHORT[i]) == length && strncasecmp(SHORT[i], word, length) == 0)
            return true;
    for (size_t i = 0; i < length; i++) {
        vowel = vowel || strchr("aeiouyAEIOUY", word[i]) != NULL;
        if (i > 0 && isupper((unsigned char)word[i]))
            capital = false;
    }
    return (unsigned char)word[0] >= 0x80 || (vowel && (length >= 5 || (capital && length >= 3)));
}
