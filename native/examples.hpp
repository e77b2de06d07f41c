// A complete first layer reads its examples as rows, features side by side, the way data come.
//
// A signal is the dot product of a row of W and an example, and δxᵀ wants x with features side by side: nothing has to be
// transposed, and rows that have the type of θ are not even copied.
#pragma once

#include "gather.hpp"

namespace hassenet {
namespace HASSENET_LEVEL {
namespace {

// From so many features dot products are worth the sums over their lanes.
constexpr Index least_features = 128;

template <typename T> constexpr Type type_of = sizeof(T) == 4 ? Type::float32 : Type::float64;

inline bool reads_all_inputs(const Plan& plan) {
    const Layer& first = plan.layers[0];
    return first.complete && first.consecutive && first.columns == plan.rank_start[1] && !plan.inputs_are_read_above;
}

template <typename T> void claim_rows(Work<T>& work, const Arena& arena, const Matrix& X) {
    const bool direct = X.type == type_of<T> && !X.starts && !X.beside && X.column_stride == 1 && !by_blas(work, work.plan.layers[0]);
    work.rows = claimed<const T*>(arena, work.stride);
    work.row_step = ceiling(X.columns, line<T>) * line<T>;
    work.copies = direct ? nullptr : claimed<T>(arena, work.stride * work.row_step);
}

// What the products of δ and x need besides: x transposed, and the last features of rows that are read where they lie
template <typename T> void claim_gradient(Work<T>& work, const Arena& arena, const Matrix& X) {
    Index most = 0;
    for (Index l = work.rows || work.has_entries ? 1 : 0; l < work.plan.depth; ++l) {
        const Layer& layer = as_run(work.plan.layers[l]);
        if (layer.complete) most = larger(most, layer.columns);
    }
    work.panels = claimed<T>(arena, ceiling(most, panel<T>) * panel<T> * work.stride);
    if (work.rows && !work.copies && X.columns % lanes<T>) work.last_panel = claimed<T>(arena, work.stride * panel<T>);
}

// ---- the batch's rows

template <typename T, typename S> void copy_row(const Matrix& X, Index row, T* out) {
    const S* data = static_cast<const S*>(X.data) + row * X.row_stride;
    if (X.column_stride == 1)
        for (Index j = 0; j < X.columns; ++j) out[j] = T(data[j]);
    else
        for (Index j = 0; j < X.columns; ++j) out[j] = T(data[j * X.column_stride]);
}

template <typename T> void copy_row_beside(const Matrix& X, Index example, Index columns, Index step, T* out) {
    const Beside& beside = *X.beside;
    const Index next = X.column_stride;
    with_bytes(X.type, [&](auto zero) {
        using S = decltype(zero);
        const S* data = static_cast<const S*>(X.data) + row_of(beside, example) * X.row_stride;
        for (Index j = 0; j < beside.columns; ++j) made_of<T, S>(beside, data + j * next, next, j, 1, out + beside.features[j]);
    });
    with_type(beside.type, [&](auto zero) {
        const auto* others = static_cast<const decltype(zero)*>(beside.data) + example * beside.row_stride;
        for (Index j = 0; j < beside.others; ++j) out[beside.places[j]] = T(others[j * beside.column_stride]);
    });
    std::fill(out + columns, out + step, T(0));
}

template <typename T, typename S, typename I> void scatter_row(const Matrix& X, Index row, T* out) {
    const S* data = static_cast<const S*>(X.data);
    const I *starts = static_cast<const I*>(X.starts), *indices = static_cast<const I*>(X.indices);
    std::memset(out, 0, std::size_t(X.columns) * sizeof(T));
    for (Index c = Index(starts[row]); c < Index(starts[row + 1]); ++c) out[indices[c]] += T(data[c]);  // a pair given twice is a sum
}

template <typename T> void copy_rows(const Work<T>& work, const Batch& batch) {
    const Matrix& X = batch.data.X;
    together(work.team, 4 * X.columns * work.padded > worth_sharing, [&](int part, int parts) {
        const Span mine = share(work.padded, part, parts);
        for (Index i = mine.begin; X.beside && i < mine.end; ++i) copy_row_beside(X, batch.row(i), X.columns, work.row_step, work.copies + i * work.row_step);
        if (X.beside) return;
        with_type(X.type, [&](auto zero) {
            using S = decltype(zero);
            for (Index i = mine.begin; i < mine.end; ++i) {
                T* out = work.copies + i * work.row_step;
                if (!X.starts) copy_row<T, S>(X, batch.row(i), out);
                else if (X.wide) scatter_row<T, S, std::int64_t>(X, batch.row(i), out);
                else scatter_row<T, S, std::int32_t>(X, batch.row(i), out);
                std::fill(out + X.columns, out + work.row_step, T(0));
            }
        });
    });
}

// The features of the last, incomplete register, 0 beyond them: no load may pass the end of X.
template <typename T> void copy_last_panel(const Work<T>& work, Index columns) {
    const Index first = columns / panel<T> * panel<T>;
    for (Index i = 0; i < work.padded; ++i) {
        T* out = work.last_panel + i * panel<T>;
        std::fill(std::copy(work.rows[i] + first, work.rows[i] + columns, out), out + panel<T>, T(0));
    }
}

template <typename T> void gather_examples(const Work<T>& work, const Batch& batch) {
    const Matrix& X = batch.data.X;
    if (work.copies) copy_rows(work, batch);
    for (Index i = 0; i < work.padded; ++i)
        work.rows[i] = work.copies ? work.copies + i * work.row_step : static_cast<const T*>(X.data) + batch.row(i) * X.row_stride;
    if (work.last_panel) copy_last_panel(work, X.columns);
}

// ---- s = Wx

constexpr int dot_examples = 4, dot_rows = register_bytes == 64 ? 6 : 3;

// What is left of R rows beyond the last whole register, 0 beyond that. It is copied before the sums are in registers, which
// a call of memcpy would empty.
template <typename T, int R> struct Rests {
    T of[R][lanes<T>] = {};

    Rests(const T* const* rows, Index n) {
        const Index rest = n % lanes<T>;
        for (int r = 0; rest && r < R; ++r) std::memcpy(of[r], rows[r] + n - rest, std::size_t(rest) * sizeof(T));
    }
};

template <typename T, int R> using Sums = V<T>[R][dot_examples];

template <typename T, int R>
inline void add_dots(Sums<T, R>& sums, const T* const (&w)[R], const T* const (&x)[dot_examples], Index j) {
    V<T> of_x[dot_examples];
    for (int e = 0; e < dot_examples; ++e) of_x[e] = load(x[e] + j);
    for (int r = 0; r < R; ++r) {
        const V<T> of_w = load(w[r] + j);
        for (int e = 0; e < dot_examples; ++e) sums[r][e] += of_w * of_x[e];
    }
}

// ⟨w[r], x[e]⟩ of R rows of W and four examples
template <typename T, int R>
inline void dot_products(const T* const (&w)[R], const Rests<T, R>& of_w, const T* const* rows, Index n, T* const (&out)[R]) {
    const T* const x[dot_examples] = {rows[0], rows[1], rows[2], rows[3]};
    const Rests<T, dot_examples> of_x(rows, n);
    Sums<T, R> sums;
    for (int r = 0; r < R; ++r)
        for (int e = 0; e < dot_examples; ++e) sums[r][e] = V<T>{};
    for (Index j = 0; j + lanes<T> <= n; j += lanes<T>) add_dots<T, R>(sums, w, x, j);
    if (n % lanes<T>) {
        const T *last_w[R], *const last_x[dot_examples] = {of_x.of[0], of_x.of[1], of_x.of[2], of_x.of[3]};
        for (int r = 0; r < R; ++r) last_w[r] = of_w.of[r];
        add_dots<T, R>(sums, last_w, last_x, 0);
    }
    for (int r = 0; r < R; ++r) four_sums(sums[r], out[r]);
}

template <typename T, int R>
inline void dot_block(const Work<T>& work, const Layer& layer, const T* theta, Index row, Span examples) {
    const T* w[R];
    for (int r = 0; r < R; ++r) w[r] = theta + layer.weight + (row + r) * layer.columns;
    const Rests<T, R> of_w(w, layer.columns);
    for (Index i = examples.begin; i < examples.end; i += dot_examples) {
        T* out[R];
        for (int r = 0; r < R; ++r) out[r] = work.x_row(layer.first_row + row + r) + i;
        dot_products<T, R>(w, of_w, work.rows + i, layer.columns, out);
    }
}

template <typename T>
void examples_forward(const Work<T>& work, const Layer& layer, const T* theta, bool keep_signal) {
    together(work.team, layer.covers * work.padded > worth_sharing, [&](int part, int parts) {
        const Region mine = region_of<T>(layer.rows, work.padded, part, parts);
        const Span examples{mine.columns.begin, smaller(mine.columns.end, work.padded)};
        Index k = mine.rows.begin;
        for (; k + dot_rows <= mine.rows.end; k += dot_rows) dot_block<T, dot_rows>(work, layer, theta, k, examples);
        for (; k < mine.rows.end; ++k) dot_block<T, 1>(work, layer, theta, k, examples);
        for (k = mine.rows.begin; k < mine.rows.end; ++k) finish(work, layer, theta, k, examples, keep_signal);
    });
}

// Calls f with where the features of a block of columns lie, example by example.
template <typename T, typename F> inline void with_features(const Work<T>& work, Index column, Index width, F f) {
    const Index columns = work.plan.rank_start[1];
    const T* const* rows = work.rows;
    const T* last = work.last_panel;
    if (last && column + width > columns) f([=](Index k) { return last + k * panel<T>; });
    else f([=](Index k) { return rows[k] + column; });
}

}  // namespace
}  // namespace HASSENET_LEVEL
}  // namespace hassenet
