// Sparse layers: work and memory follow the covers.
//
// A row's sums stay in registers while its covers pass by: bias first, activation before the one store. Rows are split
// over the team by covers, and every row is one member's alone, so the bits do not depend on the number of threads.
#pragma once

#include "activations.hpp"
#include "work.hpp"

namespace hassenet {
namespace HASSENET_LEVEL {
namespace {

constexpr int most_registers = 8;

// A row costs about as much as four covers beside its own.
inline Index sparse_cost(Index covers, Index rows) { return covers + 4 * rows; }

// The first row of a part: it begins where its share of the cost begins.
inline Index first_row(const Index* starts, Index rows, int part, int parts) {
    const Index wanted = sparse_cost(starts[rows] - starts[0], rows) * part / parts;
    Index low = 0, high = rows;
    while (low < high) {
        const Index middle = (low + high) / 2;
        if (sparse_cost(starts[middle] - starts[0], middle) < wanted) low = middle + 1; else high = middle;
    }
    return low;
}
inline Span rows_of(const Index* starts, Index rows, int part, int parts) {
    return {first_row(starts, rows, part, parts), part + 1 == parts ? rows : first_row(starts, rows, part + 1, parts)};
}

// Calls f with the number of registers of each stretch of the batch: 8 as long as they last, then 4, 2, 1.
template <typename T, typename F> inline void stretches(Index padded, F f) {
    Index i = 0;
    for (; i + 8 * lanes<T> <= padded; i += 8 * lanes<T>) f(std::integral_constant<int, 8>{}, i);
    for (; i + 4 * lanes<T> <= padded; i += 4 * lanes<T>) f(std::integral_constant<int, 4>{}, i);
    for (; i + 2 * lanes<T> <= padded; i += 2 * lanes<T>) f(std::integral_constant<int, 2>{}, i);
    for (; i < padded; i += lanes<T>) f(std::integral_constant<int, 1>{}, i);
}

// Calls f with the rows that a layer's covers look at, in the width they have, and where counting begins in x.
template <typename T, typename F> inline void with_covers(const Work<T>& work, const Layer& layer, F f) {
    if (layer.near_sources) f(layer.near_sources, work.x + layer.base * work.stride);
    else f(layer.sources, static_cast<const T*>(work.x));
}

template <typename T, int N, typename I, typename Weight>
inline void add_products(V<T> (&sums)[N], const T* x, Index stride, const I* sources, Index begin, Index end,
                         Weight weight) {
    Index c = begin;
    if constexpr (N <= 4) {  // two covers at a time: one alone would wait for its own sums
        V<T> more[N] = {};
        for (; c + 2 <= end; c += 2) {
            const T *p = x + Index(sources[c]) * stride, *q = x + Index(sources[c + 1]) * stride;
            const T u = weight(c), v = weight(c + 1);
            for (int k = 0; k < N; ++k) sums[k] += u * load(p + k * lanes<T>);
            for (int k = 0; k < N; ++k) more[k] += v * load(q + k * lanes<T>);
        }
        for (int k = 0; k < N; ++k) sums[k] += more[k];
    }
    for (; c < end; ++c) {
        const T* p = x + Index(sources[c]) * stride;
        const T u = weight(c);
        for (int k = 0; k < N; ++k) sums[k] += u * load(p + k * lanes<T>);
    }
}

template <typename T, int N>
inline void store_activated(const Work<T>& work, Index row, Index at, V<T> (&s)[N], bool keep_signal) {
    T* out = work.x_row(row) + at;
    const Code code = keep_signal ? Code::identity : work.code(row);
    if (code == Code::relu)
        for (int k = 0; k < N; ++k) s[k] = relu<T>(s[k]);
    for (int k = 0; k < N; ++k) store(out + k * lanes<T>, s[k]);
    if (code == Code::identity || code == Code::relu) return;
    T* slope = work.slope_row(row);
    activate<T>(code, out, slope ? slope + at : nullptr, N * lanes<T>);
}

template <typename T, int N, typename I>
void sparse_stretch(const Work<T>& work, const Layer& layer, const I* sources, const T* x, const T* theta, Index at, Span rows,
                    bool keep_signal) {
    const T *w = theta + layer.weight, *b = theta + layer.bias;
    for (Index k = rows.begin; k < rows.end; ++k) {
        V<T> s[N];
        for (int i = 0; i < N; ++i) s[i] = all(b[k]);
        add_products<T, N>(s, x + at, work.stride, sources, layer.starts[k], layer.starts[k + 1],
                           [w](Index c) { return w[c]; });
        store_activated<T, N>(work, layer.first_row + k, at, s, keep_signal);
    }
}

// x⁽ⁱ⁺¹⁾ = G(Wx + b); the signal itself where `keep_signal`
template <typename T>
void sparse_forward(const Work<T>& work, const Layer& layer, const T* theta, bool keep_signal) {
    together(work.team, sparse_cost(layer.covers, layer.rows) * work.padded > worth_sharing, [&](int part, int parts) {
        const Span rows = rows_of(layer.starts, layer.rows, part, parts);
        stretches<T>(work.padded, [&](auto count, Index at) {
            with_covers(work, layer, [&](const auto* sources, const T* x) {
                sparse_stretch<T, decltype(count)::value>(work, layer, sources, x, theta, at, rows, keep_signal);
            });
        });
    });
}

// The store of δ, times G′ where nothing more is to come
template <typename T, int N>
inline void store_pulled_back(const Work<T>& work, Index row, Index at, V<T> (&d)[N], bool last) {
    T* out = work.delta_row(row) + at;
    const T* x = work.x_row(row) + at;
    const Code code = last ? work.back_code(row) : Code::identity;
    if (code == Code::relu)
        for (int i = 0; i < N; ++i) d[i] = choose<T>(load(x + i * lanes<T>) > V<T>{}, d[i], d[i] * T(0));
    for (int i = 0; i < N; ++i) store(out + i * lanes<T>, d[i]);
    if (code == Code::identity || code == Code::relu) return;
    const T* slope = work.slope_row(row);
    pull_back<T>(code, out, x, slope ? slope + at : nullptr, N * lanes<T>);
}

// δ of an element: what complete layers left there, and its sparse covers above
template <typename T, int N, typename I>
void delta_stretch(const Work<T>& work, const I* up_rows, const T* theta, Index rank, Index at, Span rows, bool add) {
    const Plan& plan = work.plan;
    const bool joint = plan.is_softmax[rank];
    const T* above = work.delta + at;
    for (Index r = rows.begin; r < rows.end; ++r) {
        const Index row = plan.rank_start[rank] + r;
        const T* before = work.delta_row(row) + at;
        V<T> d[N] = {};
        if (add)
            for (int i = 0; i < N; ++i) d[i] = load(before + i * lanes<T>);
        const Position* positions = plan.up_positions;
        add_products<T, N>(d, above, work.stride, up_rows, plan.up_starts[row], plan.up_starts[row + 1],
                           [theta, positions](Index c) { return theta[positions[c]]; });
        store_pulled_back<T, N>(work, row, at, d, !joint);
    }
}

template <typename T> void sparse_delta(const Work<T>& work, const T* theta, Index rank, bool add) {
    const Index first = work.plan.rank_start[rank], rows = work.plan.rank_start[rank + 1] - first;
    const Index* starts = work.plan.up_starts + first;
    const Index cost = sparse_cost(starts[rows] - starts[0], rows);
    together(work.team, cost * work.padded > worth_sharing, [&](int part, int parts) {
        const Span mine = rows_of(starts, rows, part, parts);
        stretches<T>(work.padded, [&](auto count, Index at) {
            if (work.plan.near_up_rows) delta_stretch<T, decltype(count)::value>(work, work.plan.near_up_rows, theta, rank, at, mine, add);
            else delta_stretch<T, decltype(count)::value>(work, work.plan.up_rows, theta, rank, at, mine, add);
        });
    });
}

template <typename T, int N> inline V<T> product(const V<T> (&d)[N], const T* p) {
    V<T> result = d[0] * load(p);
    for (int i = 1; i < N; ++i) result += d[i] * load(p + i * lanes<T>);
    return result;
}

// One dot product a cover, four at a time as long as they last
template <typename T, int N, typename I>
inline void row_gradient(const V<T> (&d)[N], const T* x, Index stride, const I* sources, Index covers, T* out, T alpha, T beta) {
    Index c = 0;
    for (; c + 4 <= covers; c += 4) {
        V<T> products[4];
        T sums[4];
        for (int j = 0; j < 4; ++j) products[j] = product<T, N>(d, x + Index(sources[c + j]) * stride);
        four_sums(products, sums);
        for (int j = 0; j < 4; ++j) out[c + j] = blended(alpha, sums[j], beta, out[c + j]);
    }
    for (; c < covers; ++c)
        out[c] = blended(alpha, sum(product<T, N>(d, x + Index(sources[c]) * stride)), beta, out[c]);
}

template <typename T, int N, typename I>
void gradient_stretch(const Work<T>& work, const Layer& layer, const I* sources, const T* x, const Target<T>& to, Index at, Span rows) {
    const T beta = at == 0 ? to.beta : T(1), bias_beta = at == 0 ? to.bias_beta : T(1);
    for (Index k = rows.begin; k < rows.end; ++k) {
        const T* delta = work.delta_row(layer.first_row + k) + at;
        V<T> d[N], total{};
        for (int i = 0; i < N; ++i) total += d[i] = load(delta + i * lanes<T>);
        const Index begin = layer.starts[k];
        row_gradient<T, N>(d, x + at, work.stride, sources + begin, layer.starts[k + 1] - begin,
                           to.out + layer.weight + begin, to.alpha, beta);
        T* b = to.out + layer.bias + k;
        *b = blended(to.alpha, sum(total), bias_beta, *b);
    }
}

template <typename T> void sparse_gradient(const Work<T>& work, const Layer& layer, const Target<T>& to) {
    together(work.team, sparse_cost(layer.covers, layer.rows) * work.padded > worth_sharing, [&](int part, int parts) {
        const Span rows = rows_of(layer.starts, layer.rows, part, parts);
        stretches<T>(work.padded, [&](auto count, Index at) {
            with_covers(work, layer, [&](const auto* sources, const T* x) {
                gradient_stretch<T, decltype(count)::value>(work, layer, sources, x, to, at, rows);
            });
        });
    });
}

}  // namespace
}  // namespace HASSENET_LEVEL
}  // namespace hassenet
