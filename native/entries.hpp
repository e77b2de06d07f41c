// Compressed rows: a first layer whose cost follows the entries that are there, not the features that could be.
//
// A batch's entries are turned to columns once. A complete layer then goes through them for a tile of rows at a time,
// with those columns of W that occur; a sparse layer goes through its covers, and for each through the entries of its
// feature. The features themselves are never written out.
#pragma once

#include <algorithm>

#include "dropout.hpp"
#include "examples.hpp"

namespace hassenet {
namespace HASSENET_LEVEL {
namespace {

constexpr Index columns_at_once = 1024;
template <typename T> constexpr Index tile = 2 * lanes<T>;

// Whether a step by entries takes less time than one that writes the features out: nanoseconds as measured by
// benchmarks/entries.py, `n` examples a batch. It depends on the data and the batch's size only, not on a call's rows.
inline bool is_faster_by_entries(const Layer& layer, Index inputs, double n, double density) {
    const double hit = std::min(1.0, n * density);  // how probable it is that a feature occurs in a batch
    const double features = double(inputs), covers = double(layer.covers);
    if (layer.complete) return 2 * hit + 0.23 * n * density < 0.037 * n;
    return covers * (5 + 10 * hit + n * density) + 6 * features * n * density < 0.08 * covers * n + 0.6 * features * n;
}

// Whether only the first layer looks at the features, and few enough of them are there.
inline bool by_entries(const Plan& plan, const Matrix& X, Index n) {
    if (!X.starts) return false;
    const Layer& first = plan.layers[0];
    const Index inputs = plan.rank_start[1];
    if (first.complete && !(first.consecutive && first.columns == inputs)) return false;
    if (plan.inputs_are_read_above) return false;
    const double all = double(X.rows) * double(X.columns);
    return all > 0 && is_faster_by_entries(first, inputs, double(n), double(X.stored) / all);
}

template <typename F> inline void with_index(const Matrix& X, F f) {
    if (X.wide) f(static_cast<const std::int64_t*>(X.starts), static_cast<const std::int64_t*>(X.indices));
    else f(static_cast<const std::int32_t*>(X.starts), static_cast<const std::int32_t*>(X.indices));
}

// The most entries in a part of a batch
inline Index most_entries(const Data& data, Index batch_size, Index at_once) {
    Index most = 0;
    with_index(data.X, [&](const auto* starts, const auto*) {
        for (Index first = 0; first < data.n; first = batch_size < data.n - first ? first + batch_size : data.n)
            for (Index i = first, end = first + smaller(batch_size, data.n - first); i < end; i += at_once) {
                Index entries = 0;
                for (Index k = i; k < smaller(i + at_once, end); ++k) {
                    const Index row = data.order ? data.order[k] : k;
                    entries += Index(starts[row + 1]) - Index(starts[row]);
                }
                most = larger(most, entries);
            }
    });
    return most;
}

template <typename T> void claim_entries(Work<T>& work, const Arena& arena, const Data& data, Index batch_size, Index at_once) {
    const Index most = most_entries(data, batch_size, at_once), inputs = work.plan.rank_start[1];
    const Index used = smaller(most, inputs);
    work.entries.column = claimed<Row>(arena, used);
    work.entries.starts = claimed<Index>(arena, used + 1);
    work.entries.example = claimed<Row>(arena, most);
    work.entries.value = claimed<T>(arena, most);
    work.entries.place = claimed<Row>(arena, inputs);
    std::fill(work.entries.place, work.entries.place + inputs, Row(-1));
    work.entries.used = 0;
    work.tiles = claimed<T>(arena, 2 * work.team.size * tile<T> * (work.stride + columns_at_once));
    work.has_entries = true;
}

template <typename T> inline T* tile_of(const Work<T>& work, int part) {
    return work.tiles + part * tile<T> * (work.stride + columns_at_once);
}

// The columns that occur in a batch, in order, each with its number of entries in starts[u + 1].
template <typename T, typename I> void find_columns(Entries<T>& e, const Batch& batch, const I* starts, const I* indices) {
    for (Index u = 0; u < e.used; ++u) e.place[e.column[u]] = -1;
    e.used = 0;
    for (Index i = 0; i < batch.n; ++i)
        for (Index c = Index(starts[batch.row(i)]), end = Index(starts[batch.row(i) + 1]); c < end; ++c)
            if (e.place[indices[c]] < 0) {
                e.place[indices[c]] = 0;
                e.column[e.used++] = Row(indices[c]);
            }
    std::sort(e.column, e.column + e.used);
    for (Index u = 0; u < e.used; ++u) e.place[e.column[u]] = Row(u);
    std::fill(e.starts, e.starts + e.used + 1, Index(0));
    for (Index i = 0; i < batch.n; ++i)
        for (Index c = Index(starts[batch.row(i)]), end = Index(starts[batch.row(i) + 1]); c < end; ++c)
            ++e.starts[e.place[indices[c]] + 1];
    for (Index u = 0; u < e.used; ++u) e.starts[u + 1] += e.starts[u];
}

// What dropout leaves of a feature of an example
template <typename T> inline T input_factor(const Work<T>& work, Index example, Index feature) {
    if (is_spared(work, 0, feature)) return T(1);
    const double rate = work.dropout->rates[0];
    Words<1> words;
    philox<1>(words, work.numbers + example, std::uint32_t(feature / 4), work.step, work.dropout->seed);
    return words.of[feature % 4][0] < drop_below(rate) ? T(0) : T(1 / (1 - rate));
}

template <typename T> void gather_entries(Work<T>& work, const Batch& batch) {
    Entries<T>& e = work.entries;
    const bool masked = drops(work, 0);
    with_type(batch.data.X.type, [&](auto zero) {
        const auto* data = static_cast<const decltype(zero)*>(batch.data.X.data);
        with_index(batch.data.X, [&](const auto* starts, const auto* indices) {
            find_columns(e, batch, starts, indices);
            for (Index i = 0; i < batch.n; ++i)
                for (Index c = Index(starts[batch.row(i)]), end = Index(starts[batch.row(i) + 1]); c < end; ++c) {
                    const Index at = e.starts[e.place[indices[c]]]++;
                    e.example[at] = Row(i);
                    e.value[at] = masked ? T(data[c]) * input_factor(work, i, Index(indices[c])) : T(data[c]);
                }
        });
    });
    for (Index u = e.used; u > 0; --u) e.starts[u] = e.starts[u - 1];  // each had moved to the end of its column
    e.starts[0] = 0;
}

// Where a row's signal is known for the examples that are there: the last again beyond them, then G
template <typename T> inline void finish_row(const Work<T>& work, Index row, bool keep_signal) {
    T* s = work.x_row(row);
    for (Index i = work.n; i < work.padded; ++i) s[i] = s[work.n - 1];
    if (!keep_signal) activate<T>(work.code(row), s, work.slope_row(row), work.padded);
}

// Some columns of `height` rows of W, a column after the other
template <typename T>
inline void pack_columns(const Entries<T>& e, Span columns, const T* W, Index step, Index height, T* out) {
    for (Index r = 0; r < tile<T>; ++r)
        for (Index u = columns.begin; u < columns.end; ++u)
            out[(u - columns.begin) * tile<T> + r] = r < height ? W[r * step + e.column[u]] : T(0);
}

template <typename T> void complete_tile_forward(const Work<T>& work, const Layer& layer, const T* theta, Index row, T* scratch) {
    const Entries<T>& e = work.entries;
    const Index height = smaller(tile<T>, layer.rows - row);
    T *sums = scratch, *columns = scratch + tile<T> * work.stride;
    for (Index i = 0; i < work.n; ++i)
        for (Index r = 0; r < tile<T>; ++r) sums[i * tile<T> + r] = r < height ? theta[layer.bias + row + r] : T(0);
    for (Index u = 0; u < e.used; u += columns_at_once) {
        const Span some{u, smaller(u + columns_at_once, e.used)};
        pack_columns(e, some, theta + layer.weight + row * layer.columns, layer.columns, height, columns);
        for (Index k = some.begin; k < some.end; ++k) {
            const V<T> a = load(columns + (k - u) * tile<T>), b = load(columns + (k - u) * tile<T> + lanes<T>);
            for (Index c = e.starts[k]; c < e.starts[k + 1]; ++c) {
                T* s = sums + e.example[c] * tile<T>;
                store(s, load(s) + e.value[c] * a);
                store(s + lanes<T>, load(s + lanes<T>) + e.value[c] * b);
            }
        }
    }
    for (Index r = 0; r < height; ++r) {
        T* s = work.x_row(layer.first_row + row + r);
        for (Index i = 0; i < work.n; ++i) s[i] = sums[i * tile<T> + r];
    }
}

template <typename T> void complete_tile_gradient(const Work<T>& work, const Layer& layer, const Target<T>& to, Index row, T* scratch) {
    const Entries<T>& e = work.entries;
    const Index height = smaller(tile<T>, layer.rows - row);
    T *deltas = scratch, *columns = scratch + tile<T> * work.stride;
    for (Index r = 0; r < tile<T>; ++r)
        for (Index i = 0; i < work.n; ++i)
            deltas[i * tile<T> + r] = r < height ? work.delta_row(layer.first_row + row + r)[i] : T(0);
    T* W = to.out + layer.weight + row * layer.columns;
    if (to.beta != T(1))
        for (Index c = 0; c < height * layer.columns; ++c) W[c] = to.beta == T(0) ? T(0) : to.beta * W[c];
    for (Index u = 0; u < e.used; u += columns_at_once) {
        const Index end = smaller(u + columns_at_once, e.used);
        for (Index k = u; k < end; ++k) {
            V<T> a{}, b{};
            for (Index c = e.starts[k]; c < e.starts[k + 1]; ++c) {
                const T* d = deltas + e.example[c] * tile<T>;
                a += e.value[c] * load(d);
                b += e.value[c] * load(d + lanes<T>);
            }
            store(columns + (k - u) * tile<T>, a);
            store(columns + (k - u) * tile<T> + lanes<T>, b);
        }
        for (Index r = 0; r < height; ++r)
            for (Index k = u; k < end; ++k) W[r * layer.columns + e.column[k]] += to.alpha * columns[(k - u) * tile<T> + r];
    }
}

template <typename T, typename F> inline void each_tile(const Work<T>& work, const Layer& layer, F f) {
    const Index tiles = ceiling(layer.rows, tile<T>), terms = work.entries.starts[work.entries.used] * layer.rows;
    together(work.team, terms > worth_sharing, [&](int part, int parts) {
        const Span mine = share(tiles, part, parts);
        for (Index t = mine.begin; t < mine.end; ++t) f(t * tile<T>, tile_of(work, part));
    });
}

template <typename T, typename F> inline void each_sparse_row(const Work<T>& work, const Layer& layer, F f) {
    together(work.team, sparse_cost(layer.covers, layer.rows) * work.padded > worth_sharing, [&](int part, int parts) {
        const Span mine = rows_of(layer.starts, layer.rows, part, parts);
        for (Index k = mine.begin; k < mine.end; ++k) f(k);
    });
}

inline Row source_of(const Layer& layer, Index c) {
    return layer.near_sources ? Row(layer.base + layer.near_sources[c]) : layer.sources[c];
}

// The entries of the feature that a cover looks at
template <typename T> inline Span entries_of(const Entries<T>& e, Row source) {
    const Row u = e.place[source];
    return u < 0 ? Span{0, 0} : Span{e.starts[u], e.starts[u + 1]};
}

template <typename T> void entries_forward(const Work<T>& work, const Layer& layer, const T* theta, bool keep_signal) {
    const Entries<T>& e = work.entries;
    if (layer.complete) {
        each_tile(work, layer, [&](Index row, T* scratch) {
            complete_tile_forward(work, layer, theta, row, scratch);
            for (Index k = row; k < smaller(row + tile<T>, layer.rows); ++k) finish_row(work, layer.first_row + k, keep_signal);
        });
        return;
    }
    each_sparse_row(work, layer, [&](Index k) {
        T* s = work.x_row(layer.first_row + k);
        std::fill(s, s + work.padded, theta[layer.bias + k]);
        for (Index c = layer.starts[k]; c < layer.starts[k + 1]; ++c) {
            const Span some = entries_of(e, source_of(layer, c));
            const T w = theta[layer.weight + c];
            for (Index i = some.begin; i < some.end; ++i) s[e.example[i]] += w * e.value[i];
        }
        finish_row(work, layer.first_row + k, keep_signal);
    });
}

template <typename T> void entries_gradient(const Work<T>& work, const Layer& layer, const Target<T>& to) {
    const Entries<T>& e = work.entries;
    if (layer.complete) {
        each_tile(work, layer, [&](Index row, T* scratch) { complete_tile_gradient(work, layer, to, row, scratch); });
    } else {
        each_sparse_row(work, layer, [&](Index k) {
            const T* delta = work.delta_row(layer.first_row + k);
            for (Index c = layer.starts[k]; c < layer.starts[k + 1]; ++c) {
                const Span some = entries_of(e, source_of(layer, c));
                T total = 0, &w = to.out[layer.weight + c];
                for (Index i = some.begin; i < some.end; ++i) total += delta[e.example[i]] * e.value[i];
                w = blended(to.alpha, total, to.beta, w);
            }
        });
    }
    bias_gradient(work, layer, to);
}

}  // namespace
}  // namespace HASSENET_LEVEL
}  // namespace hassenet
