// Large complete layers: the same three products by the BLAS that SciPy brings, which packs what no cache holds.
//
// A matrix with rows side by side is, in Fortran order, its transpose: s = Wx is sᵀ = xᵀWᵀ, of which all three lie in
// memory as they are wanted.
#pragma once

#include "dense.hpp"

namespace hassenet {
namespace HASSENET_LEVEL {
namespace {

// From about so many entries of W the BLAS is faster than blocks that are read where they lie.
constexpr Index large_matrix = Index(1) << 20;

inline Gemm<float> gemm_of(const Products& products, float) { return products.single; }
inline Gemm<double> gemm_of(const Products& products, double) { return products.twice; }

template <typename T> inline bool by_blas(const Work<T>& work, const Layer& layer) {
    return layer.consecutive && layer.covers >= large_matrix && work.stride >= 32 && gemm_of(*work.plan.products, T(0));
}

// The sources of a layer as the BLAS is to read them: transposed where examples are rows.
template <typename T> struct Sources {
    const T* x;
    Index step;
    char as_it_is, transposed;
};

template <typename T> inline Sources<T> sources_of(const Work<T>& work, const Layer& layer) {
    if (work.rows && &layer == work.plan.layers) return {work.copies, work.row_step, 'T', 'N'};
    return {work.x_row(layer.sources[0]), work.stride, 'N', 'T'};
}

struct Sizes { Index rows, columns, terms; };

// C ← alpha·A·B + beta·C in Fortran order; the BLAS only reads A and B
template <typename T>
inline void gemm(const Work<T>& work, char turn_a, char turn_b, Sizes sizes, T alpha, const T* A, Index step_a, const T* B,
                 Index step_b, T beta, T* C, Index step_c) {
    int m = int(sizes.rows), n = int(sizes.columns), k = int(sizes.terms);
    int a = int(step_a), b = int(step_b), c = int(step_c);
    gemm_of(*work.plan.products, T(0))(&turn_a, &turn_b, &m, &n, &k, &alpha, const_cast<T*>(A), &a, const_cast<T*>(B), &b, &beta, C, &c);
}

template <typename T, typename F> inline void each_row(const Work<T>& work, Index rows, F f) {
    together(work.team, 4 * rows * work.padded > worth_sharing, [&](int part, int parts) {
        const Span mine = share(rows, part, parts);
        for (Index k = mine.begin; k < mine.end; ++k) f(k);
    });
}

// b and G, where the products of a row are there
template <typename T>
inline void finish(const Work<T>& work, const Layer& layer, const T* theta, Index k, Span examples, bool keep_signal) {
    const Index row = layer.first_row + k, n = examples.end - examples.begin;
    T *s = work.x_row(row) + examples.begin, *slope = work.slope_row(row);
    const T b = theta[layer.bias + k];
    each(s, n, [b](V<T> v) { return v + b; });
    if (!keep_signal) activate<T>(work.code(row), s, slope ? slope + examples.begin : nullptr, n);
}

template <typename T>
void large_forward(const Work<T>& work, const Layer& layer, const T* theta, bool keep_signal) {
    const Sources<T> from = sources_of(work, layer);
    gemm<T>(work, from.as_it_is, 'N', {work.padded, layer.rows, layer.columns}, T(1), from.x, from.step,
            theta + layer.weight, layer.columns, T(0), work.x_row(layer.first_row), work.stride);
    each_row(work, layer.rows, [&](Index k) { finish(work, layer, theta, k, {0, work.padded}, keep_signal); });
}

// Of a layer all of whose sources stand in the rank
template <typename T>
void large_delta(const Work<T>& work, const Layer& layer, const T* theta, bool add, bool last) {
    const Index stride = work.stride, first = layer.sources[0];
    gemm<T>(work, 'N', 'T', {work.padded, layer.columns, layer.rows}, T(1), work.delta_row(layer.first_row), stride,
            theta + layer.weight, layer.columns, add ? T(1) : T(0), work.delta_row(first), stride);
    if (!last) return;
    each_row(work, layer.columns, [&](Index k) {
        const Index row = first + k;
        pull_back<T>(work.back_code(row), work.delta_row(row), work.x_row(row), work.slope_row(row), work.padded);
    });
}

template <typename T> void large_gradient(const Work<T>& work, const Layer& layer, const Target<T>& to) {
    const Sources<T> from = sources_of(work, layer);
    gemm<T>(work, from.transposed, 'N', {layer.columns, layer.rows, work.n}, to.alpha, from.x, from.step,
            work.delta_row(layer.first_row), work.stride, to.beta, to.out + layer.weight, layer.columns);
    bias_gradient(work, layer, to);
}

}  // namespace
}  // namespace HASSENET_LEVEL
}  // namespace hassenet
