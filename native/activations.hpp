// G, a value beside its derivative, on a stretch of a row; the length is a number of whole registers.
#pragma once

#include "elementary.hpp"

namespace hassenet {
namespace HASSENET_LEVEL {
namespace {

template <typename T> constexpr T leak = T(0.01);

template <typename T> struct Point { V<T> x, slope; };

// s ↦ G(s) and G′(s); where G′ is not used the compiler drops it
template <typename T> inline Point<T> gelu(V<T> s) {
    V<T> a = absolute<T>(s), x = s * T(0.70710678118654752440), e = gauss<T>(a);
    V<T> tail = e * scaled_complement<T>(absolute<T>(x)) * T(0.5);  // Φ(−|s|), not by subtraction from 1
    V<T> far = choose<T>(s < all<T>(0), tail, T(1) - tail);
    V<T> cdf = choose<T>(absolute<T>(x) < all<T>(1), (error_function_unit<T>(x) + T(1)) * T(0.5), far);
    V<T> density = e * T(0.39894228040143267794);
    return {s * cdf, cdf + s * density};
}
template <typename T> inline Point<T> silu(V<T> s) {
    V<T> p = logistic<T>(s), x = s * p;
    return {x, p + x * (T(1) - p)};
}

template <typename T, typename F> inline void each(T* row, Index n, F f) {
    for (Index i = 0; i < n; i += lanes<T>) store(row + i, f(load(row + i)));
}

template <typename T, typename F> inline void each_with_slope(T* row, T* slope, Index n, F f) {
    for (Index i = 0; i < n; i += lanes<T>) {
        Point<T> point = f(load(row + i));
        store(row + i, point.x);
        if (slope) store(slope + i, point.slope);
    }
}

// max(s, 0), NaN kept
template <typename T> inline V<T> relu(V<T> s) { return choose<T>(s < all<T>(0), all<T>(0), s); }

// s becomes G(s); G′(s) goes to `slope` for the activations whose value does not tell it
template <typename T> void activate(Code code, T* row, T* slope, Index n) {
    switch (code) {
    case Code::relu: return each(row, n, [](V<T> s) { return relu<T>(s); });
    case Code::leaky_relu: return each(row, n, [](V<T> s) { return choose<T>(s > all<T>(0), s, s * leak<T>); });
    case Code::sigmoid: return each(row, n, [](V<T> s) { return logistic<T>(s); });
    case Code::tanh: return each(row, n, [](V<T> s) { return hyperbolic_tangent<T>(s); });
    case Code::softplus: return each(row, n, [](V<T> s) { return softplus<T>(s); });
    case Code::elu:
        return each(row, n, [](V<T> s) {
            return choose<T>(s > all<T>(0), s, expm1_below<T>(choose<T>(s > all<T>(0), all<T>(0), s)));
        });
    case Code::exp: return each(row, n, [](V<T> s) { return exponential<T>(s); });
    case Code::gelu: return each_with_slope(row, slope, n, [](V<T> s) { return gelu<T>(s); });
    case Code::silu: return each_with_slope(row, slope, n, [](V<T> s) { return silu<T>(s); });
    case Code::identity: case Code::softmax: case Code::kept_slope: return;
    }
}

template <typename T, typename F> inline void scale(T* delta, const T* x, Index n, F derivative) {
    for (Index i = 0; i < n; i += lanes<T>) store(delta + i, load(delta + i) * derivative(load(x + i)));
}

// δ becomes G′(s) ⊙ δ, with G′ from x = G(s), or from where it was kept
template <typename T> void pull_back(Code code, T* delta, const T* x, const T* slope, Index n) {
    switch (code) {
    case Code::relu:
        return scale(delta, x, n, [](V<T> v) { return choose<T>(v > all<T>(0), all<T>(1), all<T>(0)); });
    case Code::leaky_relu:
        return scale(delta, x, n, [](V<T> v) { return choose<T>(v > all<T>(0), all<T>(1), all(leak<T>)); });
    case Code::sigmoid: return scale(delta, x, n, [](V<T> v) { return v * (T(1) - v); });
    case Code::tanh: return scale(delta, x, n, [](V<T> v) { return T(1) - v * v; });
    case Code::softplus: return scale(delta, x, n, [](V<T> v) { return -expm1_below<T>(-v); });
    case Code::elu:
        return scale(delta, x, n, [](V<T> v) { return choose<T>(v > all<T>(0), all<T>(1), v + T(1)); });
    case Code::exp: return scale(delta, x, n, [](V<T> v) { return v; });
    case Code::gelu: case Code::silu: case Code::kept_slope: return scale(delta, slope, n, [](V<T> v) { return v; });
    case Code::identity: case Code::softmax: return;
    }
}

// softmax over the rows, column by column; `begin` and `end` bound the columns
template <typename T> void softmax(T* rows, Index n_rows, Index stride, Index begin, Index end) {
    for (Index i = begin; i < end; i += lanes<T>) {
        V<T> most = load(rows + i), total{};
        for (Index k = 1; k < n_rows; ++k) {
            V<T> s = load(rows + k * stride + i);
            most = choose<T>(s > most, s, most);
        }
        for (Index k = 0; k < n_rows; ++k) {
            V<T> e = exponential<T>(load(rows + k * stride + i) - most);
            store(rows + k * stride + i, e);
            total += e;
        }
        for (Index k = 0; k < n_rows; ++k) store(rows + k * stride + i, load(rows + k * stride + i) / total);
    }
}

// the same within each of some blocks of rows
template <typename T> void softmax(T* rows, Index n_rows, Index blocks, Index stride, Index begin, Index end) {
    const Index size = n_rows / blocks;
    for (Index b = 0; b < blocks; ++b) softmax<T>(rows + b * size * stride, size, stride, begin, end);
}

// δ becomes (diag(x) − xxᵀ) δ
template <typename T>
void pull_back_softmax(T* delta, const T* x, Index n_rows, Index stride, Index begin, Index end) {
    for (Index i = begin; i < end; i += lanes<T>) {
        V<T> mean{};
        for (Index k = 0; k < n_rows; ++k) mean += load(delta + k * stride + i) * load(x + k * stride + i);
        for (Index k = 0; k < n_rows; ++k) {
            T* d = delta + k * stride + i;
            store(d, load(x + k * stride + i) * (load(d) - mean));
        }
    }
}

template <typename T>
void pull_back_softmax(T* delta, const T* x, Index n_rows, Index blocks, Index stride, Index begin, Index end) {
    const Index size = n_rows / blocks;
    for (Index b = 0; b < blocks; ++b)
        pull_back_softmax<T>(delta + b * size * stride, x + b * size * stride, size, stride, begin, end);
}

}  // namespace
}  // namespace HASSENET_LEVEL
}  // namespace hassenet
