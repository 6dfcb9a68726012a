/* math.c - the part of <math.h> that libmingwex.a does not have under the names of msvcrt.
 *
 * The x87 computes in long double anyway, and every release of the library has the long double forms;
 * which double ones it has differs.  So each is made from its long double form, rounded once.
 */
#include "user/msvcrt/crt.h"
#include <errno.h>
#include <float.h>
#include <math.h>

#undef __setusermatherr

typedef int(__cdecl *matherr_handler)(struct _exception *);

static matherr_handler user_handler;

void __setusermatherr(matherr_handler handler);
void __mingw_raise_matherr(int type, const char *name, double first, double second, double result);

/* The start code of mingw-w64 hands its handler over. */
void __setusermatherr(matherr_handler handler)
{
    user_handler = handler;
}

/* The library calls this when an argument or a result is out of range. */
void __mingw_raise_matherr(int type, const char *name, double first, double second, double result)
{
    struct _exception exception = {
        .type = type, .name = (char *)name, .arg1 = first, .arg2 = second, .retval = result};

    if (user_handler && user_handler(&exception) != 0)
        return;
    crt_fail(type == _DOMAIN ? EDOM : ERANGE);
}

static double domain_error(const char *name, double value)
{
    __mingw_raise_matherr(_DOMAIN, name, value, 0, __builtin_nan(""));
    return __builtin_nan("");
}

static double overflow_checked(const char *name, double value, double result)
{
    if (__builtin_isinf(result) && !__builtin_isinf(value))
        __mingw_raise_matherr(_OVERFLOW, name, value, 0, result);
    return result;
}

/* Infinity is no angle. */
static double of_angle(const char *name, double x, long double (*function)(long double))
{
    return __builtin_isinf(x) ? domain_error(name, x) : (double)function(x);
}

double sin(double x)
{
    return of_angle("sin", x, sinl);
}

double cos(double x)
{
    return of_angle("cos", x, cosl);
}

double tan(double x)
{
    return of_angle("tan", x, tanl);
}

double acos(double x)
{
    return fabs(x) > 1 ? domain_error("acos", x) : (double)acosl(x);
}

double asin(double x)
{
    return fabs(x) > 1 ? domain_error("asin", x) : (double)asinl(x);
}

double atan(double x)
{
    return (double)atanl(x);
}

double atan2(double y, double x)
{
    return (double)atan2l(y, x);
}

double sinh(double x)
{
    return overflow_checked("sinh", x, (double)sinhl(x));
}

double cosh(double x)
{
    return overflow_checked("cosh", x, (double)coshl(x));
}

double tanh(double x)
{
    return (double)tanhl(x);
}

double exp(double x)
{
    return overflow_checked("exp", x, (double)expl(x));
}

static double logarithm(const char *name, double x, long double (*function)(long double))
{
    if (x < 0)
        return domain_error(name, x);
    if (x > 0 || __builtin_isnan(x))
        return (double)function(x);
    __mingw_raise_matherr(_SING, name, x, 0, -HUGE_VAL);
    return -HUGE_VAL;
}

double log(double x)
{
    return logarithm("log", x, logl);
}

double log10(double x)
{
    return logarithm("log10", x, log10l);
}

double sqrt(double x)
{
    return x < 0 ? domain_error("sqrt", x) : (double)sqrtl(x);
}

/* powl() itself complains about a negative base with a broken exponent. */
double pow(double x, double y)
{
    double result = (double)powl(x, y);

    if (__builtin_isinf(result) && __builtin_isfinite(x) && __builtin_isfinite(y))
        __mingw_raise_matherr(x == 0 ? _SING : _OVERFLOW, "pow", x, y, result);
    return result;
}

double fmod(double x, double y)
{
    return y == 0 || __builtin_isinf(x) ? domain_error("fmod", x) : (double)fmodl(x, y);
}

double modf(double x, double *whole)
{
    long double wide;
    double rest = (double)modfl(x, &wide);

    *whole = (double)wide;
    return rest;
}

double floor(double x)
{
    return (double)floorl(x);
}

double ceil(double x)
{
    return (double)ceill(x);
}

double frexp(double x, int *exponent)
{
    return (double)frexpl(x, exponent);
}

double fabs(double x)
{
    return __builtin_fabs(x);
}

double _hypot(double x, double y)
{
    return (double)hypotl(x, y);
}

double _cabs(struct _complex z)
{
    return _hypot(z.x, z.y);
}

double _copysign(double value, double sign)
{
    return __builtin_copysign(value, sign);
}

double _chgsign(double x)
{
    return -x;
}

double _logb(double x)
{
    return (double)logbl(x);
}

double _scalb(double x, long exponent)
{
    return scalbln(x, exponent);
}

/* Neighbours of a positive double have neighbouring bit patterns; a negative one counts the other way. */
double _nextafter(double x, double y)
{
    union {
        double value;
        uint64_t bits;
    } next = {.value = x};

    if (__builtin_isnan(x) || __builtin_isnan(y))
        return x + y;
    if (x == y)
        return y;
    if (x == 0) {
        next.bits = 1;
        return y > 0 ? next.value : -next.value;
    }
    next.bits += (x < y) == (x > 0) ? 1u : UINT64_MAX;
    return next.value;
}

int _finite(double x)
{
    return __builtin_isfinite(x) != 0;
}

int _isnan(double x)
{
    return __builtin_isnan(x) != 0;
}

int _fpclass(double x)
{
    bool negative = __builtin_signbit(x) != 0;

    switch (__fpclassify(x)) {
    case FP_NAN:
        return _FPCLASS_QNAN;
    case FP_INFINITE:
        return negative ? _FPCLASS_NINF : _FPCLASS_PINF;
    case FP_ZERO:
        return negative ? _FPCLASS_NZ : _FPCLASS_PZ;
    case FP_SUBNORMAL:
        return negative ? _FPCLASS_ND : _FPCLASS_PD;
    default:
        return negative ? _FPCLASS_NN : _FPCLASS_PN;
    }
}
