#include "tasks/maths/unit.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const struct unit UNITS[] = {
    { "meter", "length", 1, 1 },           { "centimeter", "length", 1, 100 },     { "millimeter", "length", 1, 1000 },
    { "kilometer", "length", 1000, 1 },    { "decimeter", "length", 1, 10 },       { "micrometer", "length", 1, 1000000 },
    { "nanometer", "length", 1, 1000000000 },
    { "inch", "length", 254, 10000 },      { "foot", "length", 3048, 10000 },      { "yard", "length", 9144, 10000 },
    { "mile", "length", 1609344, 1000 },   { "kilogram", "mass", 1, 1 },           { "gram", "mass", 1, 1000 },
    { "milligram", "mass", 1, 1000000 },   { "tonne", "mass", 1000, 1 },           { "pound", "mass", 45359237, 100000000 },
    { "ounce", "mass", 45359237, 1600000000 }, { "ton", "", 1, 1 },                { "second", "time", 1, 1 },
    { "minute", "time", 60, 1 },           { "hour", "time", 3600, 1 },            { "day", "time", 86400, 1 },
    { "week", "time", 604800, 1 },         { "month", "months", 1, 1 },            { "year", "months", 12, 1 },
    { "millisecond", "time", 1, 1000 },    { "dollar", "dollars", 1, 1 },          { "cent", "dollars", 1, 100 },
    { "euro", "euros", 1, 1 },             { "pound sterling", "sterling", 1, 1 }, { "yen", "yen", 1, 1 },
    { "yuan", "yuan", 1, 1 },              { "rupee", "rupees", 1, 1 },            { "liter", "volume", 1, 1 },
    { "milliliter", "volume", 1, 1000 },   { "gallon", "us volume", 16, 1 },       { "quart", "us volume", 4, 1 },
    { "pint", "us volume", 2, 1 },         { "cup", "us volume", 1, 1 },           { "newton", "force", 1, 1 },
    { "joule", "energy", 1, 1 },           { "kilojoule", "energy", 1000, 1 },     { "calorie", "calories", 1, 1 },
    { "watt", "power", 1, 1 },             { "kilowatt", "power", 1000, 1 },       { "volt", "", 1, 1 },
    { "ampere", "", 1, 1 },                { "ohm", "", 1, 1 },                    { "tesla", "", 1, 1 },
    { "hertz", "frequency", 1, 1 },        { "kilohertz", "frequency", 1000, 1 },  { "pascal", "pressure", 1, 1 },
    { "kilopascal", "pressure", 1000, 1 }, { "kelvin", "", 1, 1 },                 { "celsius", "", 1, 1 },
    { "fahrenheit", "", 1, 1 },            { "radian", "", 1, 1 },                 { "unit", "", 1, 1 },
    { "mole", "", 1, 1 },                  { "acre", "", 1, 1 },                   { "mile per hour", "speed", 1, 1 },
    { "square", "", 1, 1 },                { "cubic", "", 1, 1 },                  { "per", "", 1, 1 },
};

/* Other ways to write them, and which may stand glued to a number in plain text. */
static const struct {
    const char *word;
    const char *name;
} ALIASES[] = {
    { "m", "meter" },        { "metre", "meter" },    { "cm", "centimeter" },  { "centimetre", "centimeter" },
    { "mm", "millimeter" },  { "millimetre", "millimeter" }, { "km", "kilometer" }, { "kilometre", "kilometer" },
    { "dm", "decimeter" },   { "nm", "nanometer" },   { "in", "inch" },        { "inches", "inch" },
    { "ft", "foot" },        { "feet", "foot" },      { "yd", "yard" },        { "mi", "mile" },
    { "kg", "kilogram" },    { "g", "gram" },         { "mg", "milligram" },   { "lb", "pound" },
    { "lbs", "pound" },      { "oz", "ounce" },       { "s", "second" },       { "sec", "second" },
    { "secs", "second" },    { "min", "minute" },     { "mins", "minute" },    { "h", "hour" },
    { "hr", "hour" },        { "hrs", "hour" },       { "ms", "millisecond" }, { "yr", "year" },
    { "usd", "dollar" },     { "rs", "rupee" },       { "l", "liter" },        { "L", "liter" },
    { "litre", "liter" },    { "ml", "milliliter" },  { "mL", "milliliter" },  { "millilitre", "milliliter" },
    { "gal", "gallon" },     { "N", "newton" },       { "J", "joule" },        { "kJ", "kilojoule" },
    { "cal", "calorie" },    { "W", "watt" },         { "kW", "kilowatt" },    { "V", "volt" },
    { "A", "ampere" },       { "T", "tesla" },        { "Hz", "hertz" },       { "kHz", "kilohertz" },
    { "Pa", "pascal" },      { "kPa", "kilopascal" }, { "K", "kelvin" },       { "rad", "radian" },
    { "rads", "radian" },    { "mol", "mole" },       { "mph", "mile per hour" }, { "sq", "square" },
    { "cubed", "cubic" },    { "squared", "square" }, { "rmb", "yuan" },       { "cents", "cent" },
};

static const struct unit *find_name(const char *word, size_t length)
{
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++)
        if (strlen(UNITS[i].name) == length && strncasecmp(UNITS[i].name, word, length) == 0)
            return &UNITS[i];
    return NULL;
}

const struct unit *unit_find(const char *word, size_t length, bool lone)
{
    const struct unit *unit;

    if (length == 0 || length > 20 || (length == 1 && !lone))
        return NULL;
    for (size_t i = 0; i < sizeof ALIASES / sizeof ALIASES[0]; i++) {
        size_t size = strlen(ALIASES[i].word);
        if (size == length && (size <= 2 ? strncmp : strncasecmp)(ALIASES[i].word, word, length) == 0)
            return find_name(ALIASES[i].name, strlen(ALIASES[i].name));
    }
    unit = find_name(word, length);
    if (unit == NULL && length > 3 && tolower((unsigned char)word[length - 1]) == 's')
        unit = unit_find(word, length - 1, lone);
    return unit;
}
