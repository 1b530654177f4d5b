#include "tasks/maths/ball_function.h"

#include <string.h>

#include "tasks/maths/tree.h"

static void inverse(acb_t out, const acb_t x, slong bits)
{
    acb_inv(out, x, bits);
}

static void acot(acb_t out, const acb_t x, slong bits)
{
    inverse(out, x, bits);
    acb_atan(out, out, bits);
}

static void asec(acb_t out, const acb_t x, slong bits)
{
    inverse(out, x, bits);
    acb_acos(out, out, bits);
}

static void acsc(acb_t out, const acb_t x, slong bits)
{
    inverse(out, x, bits);
    acb_asin(out, out, bits);
}

static void sech(acb_t out, const acb_t x, slong bits)
{
    acb_cosh(out, x, bits);
    acb_inv(out, out, bits);
}

static void csch(acb_t out, const acb_t x, slong bits)
{
    acb_sinh(out, x, bits);
    acb_inv(out, out, bits);
}

static void magnitude(acb_t out, const acb_t x, slong bits)
{
    acb_abs(acb_realref(out), x, bits);
    arb_zero(acb_imagref(out));
}

static void phase(acb_t out, const acb_t x, slong bits)
{
    acb_arg(acb_realref(out), x, bits);
    arb_zero(acb_imagref(out));
}

static void real_part(acb_t out, const acb_t x, slong bits)
{
    arb_set_round(acb_realref(out), acb_realref(x), bits);
    arb_zero(acb_imagref(out));
}

static void imaginary_part(acb_t out, const acb_t x, slong bits)
{
    arb_set_round(acb_realref(out), acb_imagref(x), bits);
    arb_zero(acb_imagref(out));
}

static void down(acb_t out, const acb_t x, slong bits)
{
    if (!acb_is_real(x))
        acb_indeterminate(out);
    else
        arb_floor(acb_realref(out), acb_realref(x), bits);
}

static void up(acb_t out, const acb_t x, slong bits)
{
    if (!acb_is_real(x))
        acb_indeterminate(out);
    else
        arb_ceil(acb_realref(out), acb_realref(x), bits);
}

static void factorial(acb_t out, const acb_t x, slong bits)
{
    acb_add_ui(out, x, 1, bits);
    acb_gamma(out, out, bits);
}

static const struct ball_function FUNCTIONS[] = {
    { "Im", imaginary_part, 1 }, { "Re", real_part, 1 },   { "abs", magnitude, 3 },  { "arccos", acb_acos, 60 },
    { "arccot", acot, 60 },      { "arccsc", acsc, 60 },   { "arcosh", acb_acosh, 60 }, { "arcsec", asec, 60 },
    { "arcsin", acb_asin, 60 },  { "arctan", acb_atan, 60 }, { "arg", phase, 40 },   { "arsinh", acb_asinh, 60 },
    { "artanh", acb_atanh, 60 }, { "ceil", up, 2 },        { "cos", acb_cos, 40 },   { "cosh", acb_cosh, 40 },
    { "coth", acb_coth, 60 },    { "csch", csch, 60 },     { "fact", factorial, 150 }, { "floor", down, 2 },
    { "ln", acb_log, 40 },       { "sech", sech, 60 },     { "sin", acb_sin, 40 },   { "sinh", acb_sinh, 40 },
    { "tanh", acb_tanh, 60 },
};

const struct ball_function *ball_function_find(const char *name)
{
    for (size_t i = 0; i < sizeof FUNCTIONS / sizeof FUNCTIONS[0]; i++)
        if (strcmp(FUNCTIONS[i].name, name) == 0)
            return &FUNCTIONS[i];
    return NULL;
}

bool ball_function_knows(const struct node *call)
{
    if (call->count == 1 && ball_function_find(call->name) != NULL)
        return true;
    return call->count >= 2 &&
           (strcmp(call->name, "binom") == 0 || strcmp(call->name, "max") == 0 || strcmp(call->name, "min") == 0);
}
