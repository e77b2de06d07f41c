// exp, expm1, log1p, tanh, the logistic function, erf and erfc, a register at a time, to a few units in the last place.
#pragma once

#include <cmath>

#include "simd.hpp"

namespace hassenet {
namespace HASSENET_LEVEL {
namespace {

template <typename T> struct Format;
template <> struct Format<float> {
    // adding `rounder` leaves the nearest whole number in the low bits
    static constexpr float rounder = 12582912.0f, ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
    static constexpr std::int32_t rounder_bits = 0x4B400000, bias = 127, mantissa = 23;
    static constexpr float lowest = -104.0f, highest = 89.0f, lowest_normal = -87.0f;
    static constexpr std::int32_t upper_half = ~0xFFF;
    static constexpr int terms = 7, log_terms = 8;
};
template <> struct Format<double> {
    static constexpr double rounder = 6755399441055744.0, ln2_high = 6.93145751953125e-1, ln2_low = 1.42860682030941723212e-6;
    static constexpr std::int64_t rounder_bits = 0x4338000000000000, bias = 1023, mantissa = 52;
    static constexpr double lowest = -746.0, highest = 710.0, lowest_normal = -708.0;
    static constexpr std::int64_t upper_half = ~0x7FFFFFFLL;
    static constexpr int terms = 13, log_terms = 17;
};

template <typename T> inline V<T> choose(Bits<T> where, V<T> a, V<T> b) { return where ? a : b; }
template <typename T> inline V<T> absolute(V<T> x) { return choose<T>(x < all<T>(0), -x, x); }

// 2ⁿ for a whole number n in the range of normal numbers
template <typename T> inline V<T> power_of_two(V<T> n) {
    Bits<T> bits = (Bits<T>)(n + all(Format<T>::rounder));
    return (V<T>)((bits - Format<T>::rounder_bits + Format<T>::bias) << Format<T>::mantissa);
}

template <typename T> inline V<T> rounded(V<T> x) { return (x + all(Format<T>::rounder)) - all(Format<T>::rounder); }

// e^x = 2ⁿ (1 + p) with p = e^r − 1, |r| ≤ ln 2 / 2
template <typename T> inline void reduced(V<T> x, V<T>& n, V<T>& p) {
    n = rounded<T>(x * T(1.44269504088896340736));
    V<T> r = (x - n * Format<T>::ln2_high) - n * Format<T>::ln2_low;
    T factorial[Format<T>::terms + 1];
    factorial[0] = 1;
    for (int i = 1; i <= Format<T>::terms; ++i) factorial[i] = factorial[i - 1] * T(i);
    V<T> q = all(T(1) / factorial[Format<T>::terms]);
    for (int i = Format<T>::terms - 1; i >= 2; --i) q = q * r + T(1) / factorial[i];
    p = r + r * r * q;
}

template <typename T> inline V<T> exponential(V<T> x) {
    x = choose<T>(x > all(Format<T>::highest), all(Format<T>::highest), x);
    x = choose<T>(x < all(Format<T>::lowest), all(Format<T>::lowest), x);
    V<T> n, p;
    reduced<T>(x, n, p);
    V<T> half = rounded<T>(n * T(0.5));  // in two steps: the result may be infinite, or below the normal numbers
    return (power_of_two<T>(half) + power_of_two<T>(half) * p) * power_of_two<T>(n - half);
}

// e^x − 1 for x ≤ 0
template <typename T> inline V<T> expm1_below(V<T> x) {
    x = choose<T>(x < all(Format<T>::lowest_normal), all(Format<T>::lowest_normal), x);
    V<T> n, p;
    reduced<T>(x, n, p);
    V<T> scale = power_of_two<T>(n);
    return p * scale + (scale - T(1));
}

// log(1 + e) for 0 ≤ e ≤ 1: 2 artanh(z), z = e / (2 + e) ≤ 1/3
template <typename T> inline V<T> log1p_unit(V<T> e) {
    V<T> z = e / (e + T(2)), square = z * z;
    V<T> q = all(T(1) / T(2 * Format<T>::log_terms + 1));
    for (int i = Format<T>::log_terms - 1; i >= 1; --i) q = q * square + T(1) / T(2 * i + 1);
    return T(2) * (z + z * square * q);
}

template <typename T> inline V<T> logistic(V<T> x) {
    V<T> e = exponential<T>(-absolute<T>(x));
    return choose<T>(x < all<T>(0), e, all<T>(1)) / (e + T(1));
}

template <typename T> inline V<T> softplus(V<T> x) {
    V<T> positive = choose<T>(x < all<T>(0), all<T>(0), x);  // NaN stays
    return positive + log1p_unit<T>(exponential<T>(-absolute<T>(x)));
}

template <typename T> inline V<T> hyperbolic_tangent(V<T> x) {
    V<T> m = expm1_below<T>(T(-2) * absolute<T>(x));
    V<T> t = -m / (m + T(2));
    return choose<T>(x < all<T>(0), -t, t);
}

template <typename T, int n> inline V<T> polynomial(const double (&c)[n], V<T> x) {
    V<T> q = all(T(c[0]));
    for (int i = 1; i < n; ++i) q = q * x + T(c[i]);
    return q;
}

// e^(−a²/2), a ≥ 0, without the s²/2 units that a rounded square would cost: a = h + r, h² is exact, a² = h² + r (a + h)
template <typename T> inline V<T> gauss(V<T> a) {
    a = choose<T>(a > all<T>(40), all<T>(40), a);  // 0 in double precision; NaN stays
    V<T> h = (V<T>)((Bits<T>)a & Format<T>::upper_half), r = a - h;
    return exponential<T>(h * h * T(-0.5)) * exponential<T>(r * (a + h) * T(-0.5));
}

// erf for |x| < 1, by the rational approximation of Cody (1969) as Moshier's Cephes has it
template <typename T> inline V<T> error_function_unit(V<T> x) {
    constexpr double N[] = {9.60497373987051638749e0, 9.00260197203842689217e1, 2.23200534594684319226e3,
                            7.00332514112805075473e3, 5.55923013010394962768e4};
    constexpr double U[] = {1.0, 3.35617141647503099647e1, 5.21357949780152679795e2, 4.59432382970980127987e3,
                            2.26290000613890934246e4, 4.92673942608635921086e4};
    V<T> square = x * x;
    return x * polynomial<T>(N, square) / polynomial<T>(U, square);
}

// e^(a²) erfc(a) for a ≥ 1, from the same source
template <typename T> inline V<T> scaled_complement(V<T> a) {
    constexpr double P[] = {2.46196981473530512524e-10, 5.64189564831068821977e-1, 7.46321056442269912687e0,
                            4.86371970985681366614e1,   1.96520832956077098242e2,  5.26445194995477358631e2,
                            9.34528527171957607540e2,   1.02755188689515710272e3,  5.57535335369399327526e2};
    constexpr double Q[] = {1.0, 1.32281951154744992508e1, 8.67072140885989742329e1, 3.54937778887819891062e2,
                            9.75708501743205489753e2, 1.82390916687909736289e3, 2.24633760818710981792e3,
                            1.65666309194161350182e3, 5.57535340817727675546e2};
    constexpr double R[] = {5.64189583547755073984e-1, 1.27536670759978104416e0, 5.01905042251180477414e0,
                            6.16021097993053585195e0, 7.40974269950448939160e0, 2.97886665372100240670e0};
    constexpr double S[] = {1.0, 2.26052863220117276590e0, 9.39603524938001434673e0, 1.20489539808096656605e1,
                            1.70814450747565897222e1, 9.60896809063285878198e0, 3.36907645100081516050e0};
    V<T> near = choose<T>(a > all<T>(8), all<T>(8), a), far = choose<T>(a > all<T>(30), all<T>(30), a);
    return choose<T>(a < all<T>(8), polynomial<T>(P, near) / polynomial<T>(Q, near),
                     polynomial<T>(R, far) / polynomial<T>(S, far));
}

}  // namespace
}  // namespace HASSENET_LEVEL
}  // namespace hassenet
