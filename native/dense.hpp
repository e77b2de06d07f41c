// Complete layers: three matrix products, each a grid of small blocks of the result that stay in registers.
//
// The products share one kernel: C[i][·] = Σₖ a[i][k] · B[k][·], where a is read number by number and B by registers.
//   forward   s = W x            a = W,   B = x   (examples side by side)
//   down      Wᵀδ                a = Wᵀ,  B = δ   (examples side by side)
//   gradient  δ xᵀ               a = δ,   B = xᵀ  (sources side by side: panels made by transposing x)
// Each block is computed in one order, by whichever thread, so the bits do not depend on the number of threads.
#pragma once

#include "sparse.hpp"

namespace hassenet {
namespace HASSENET_LEVEL {
namespace {

// Rows and registers of a block: as many as there are registers for.
constexpr int block_rows = 6;
constexpr int block_registers = register_bytes == 64 ? 4 : 2;
template <typename T> constexpr Index panel = block_registers * lanes<T>;

template <typename T, int R, int N, typename Source>
inline void block_product(V<T> (&c)[R][N], const T* const (&a)[R], Index step, Index terms, Source source) {
    for (int i = 0; i < R; ++i)
        for (int v = 0; v < N; ++v) c[i][v] = V<T>{};
    for (Index k = 0; k < terms; ++k) {
        const T* p = source(k);
        if (step != 1) __builtin_prefetch(a[0] + (k + 16) * step);  // down a column: no processor foresees that
        V<T> b[N];
        for (int v = 0; v < N; ++v) b[v] = load(p + v * lanes<T>);
        for (int i = 0; i < R; ++i) {
            const T u = a[i][k * step];
            for (int v = 0; v < N; ++v) c[i][v] += u * b[v];
        }
    }
}

// Calls f(constant rows, first row) over rows: six at a time (twelve where columns leave registers free), then 4, 2, 1.
template <bool twelve, typename F> inline void row_blocks(Span rows, F f) {
    Index i = rows.begin;
    if constexpr (twelve)
        for (; i + 12 <= rows.end; i += 12) f(std::integral_constant<int, 12>{}, i);
    for (; i + 6 <= rows.end; i += 6) f(std::integral_constant<int, 6>{}, i);
    for (; i + 4 <= rows.end; i += 4) f(std::integral_constant<int, 4>{}, i);
    for (; i + 2 <= rows.end; i += 2) f(std::integral_constant<int, 2>{}, i);
    for (; i < rows.end; ++i) f(std::integral_constant<int, 1>{}, i);
}

template <typename F> inline void with_registers(Index n, F f) {
    if constexpr (block_registers == 4) {
        if (n >= 4) return f(std::integral_constant<int, 4>{});
        if (n == 3) return f(std::integral_constant<int, 3>{});
    }
    if (n >= 2) return f(std::integral_constant<int, 2>{});
    f(std::integral_constant<int, 1>{});
}

// Calls f(constant registers, first column) over the columns.
template <typename T, typename F> inline void column_blocks(Span columns, F f) {
    for (Index j = columns.begin; j < columns.end; j += panel<T>)
        with_registers(ceiling(smaller(panel<T>, columns.end - j), lanes<T>), [&](auto count) { f(count, j); });
}

// Splits a grid over the team: whole blocks of six rows, or, where there are few rows, blocks of columns.
struct Region { Span rows, columns; };

template <typename T> inline Region region_of(Index rows, Index columns, int part, int parts) {
    const Index row_steps = ceiling(rows, block_rows), column_steps = ceiling(columns, panel<T>);
    const bool by_rows = row_steps >= column_steps || row_steps >= 4 * parts;
    const Span some = share(by_rows ? row_steps : column_steps, part, parts);
    if (by_rows) return {{some.begin * block_rows, smaller(some.end * block_rows, rows)}, {0, columns}};
    return {{0, rows}, {some.begin * panel<T>, smaller(some.end * panel<T>, columns)}};
}

template <typename T, typename F> inline void grid(const Work<T>& work, Index rows, Index columns, Index terms, F f) {
    together(work.team, rows * columns * terms > worth_sharing, [&](int part, int parts) {
        const Region mine = region_of<T>(rows, columns, part, parts);
        column_blocks<T>(mine.columns, [&](auto registers, Index column) {
            constexpr bool twelve = 2 * decltype(registers)::value <= block_registers;
            row_blocks<twelve>(mine.rows, [&](auto height, Index row) { f(height, registers, row, column); });
        });
    });
}

template <typename T, typename F> inline void with_sources(const Work<T>& work, const Layer& layer, Index at, F f) {
    const Index stride = work.stride;
    const Row* sources = layer.sources;
    const T* x = work.x + at;
    if (layer.consecutive) {
        const T* first = x + sources[0] * stride;
        return f([=](Index k) { return first + k * stride; });
    }
    f([=](Index k) { return x + sources[k] * stride; });
}

template <typename T>
void dense_forward(const Work<T>& work, const Layer& layer, const T* theta, bool keep_signal) {
    const T *W = theta + layer.weight, *b = theta + layer.bias;
    grid(work, layer.rows, work.padded, layer.columns, [&](auto height, auto registers, Index row, Index at) {
        constexpr int R = decltype(height)::value, N = decltype(registers)::value;
        const T* a[R];
        for (int i = 0; i < R; ++i) a[i] = W + (row + i) * layer.columns;
        V<T> s[R][N];
        with_sources(work, layer, at, [&](auto source) { block_product<T, R, N>(s, a, 1, layer.columns, source); });
        for (int i = 0; i < R; ++i) {
            for (int v = 0; v < N; ++v) s[i][v] += all(b[row + i]);
            store_activated<T, N>(work, layer.first_row + row + i, at, s[i], keep_signal);
        }
    });
}

// δ of the sources that stand in one rank gets Wᵀδ; where nothing more is to come, G′ at once
template <typename T>
void dense_delta(const Work<T>& work, const Layer& layer, const Block& block, const T* theta, bool add, bool last) {
    const T* W = theta + layer.weight;
    const T* above = work.delta_row(layer.first_row);
    const Index stride = work.stride;
    grid(work, block.size, work.padded, layer.rows, [&](auto height, auto registers, Index column, Index at) {
        constexpr int R = decltype(height)::value, N = decltype(registers)::value;
        const T* a[R];
        for (int i = 0; i < R; ++i) a[i] = W + block.columns[column + i];
        V<T> d[R][N];
        const T* first = above + at;
        block_product<T, R, N>(d, a, layer.columns, layer.rows, [=](Index k) { return first + k * stride; });
        for (int i = 0; i < R; ++i) {
            const Index row = block.sources[column + i];
            if (add) {
                const T* before = work.delta_row(row) + at;
                for (int v = 0; v < N; ++v) d[i][v] += load(before + v * lanes<T>);
            }
            store_pulled_back<T, N>(work, row, at, d[i], last);
        }
    });
}

// xᵀ in panels: panel p holds sources p·panel … side by side, an example a row
template <typename T> void fill_panels(const Work<T>& work, const Layer& layer) {
    T* panels = work.panels;
    const Index blocks = ceiling(layer.columns, lanes<T>);
    together(work.team, 4 * layer.columns * work.padded > worth_sharing, [&](int part, int parts) {
        const Span mine = share(blocks, part, parts);
        for (Index j = mine.begin * lanes<T>; j < mine.end * lanes<T>; j += lanes<T>) {
            T* out = panels + (j / panel<T>) * panel<T> * work.padded + j % panel<T>;
            for (Index i = 0; i < work.padded; i += lanes<T>) {
                V<T> block[lanes<T>];
                for (Index k = 0; k < lanes<T>; ++k)
                    block[k] = j + k < layer.columns ? load(work.x_row(layer.sources[j + k]) + i) : V<T>{};
                transpose<T>(block);
                for (Index k = 0; k < lanes<T>; ++k) store(out + (i + k) * panel<T>, block[k]);
            }
        }
    });
}

template <typename T, int N>
inline void store_blended(T* out, Index width, const V<T> (&product)[N], T alpha, T beta) {
    if (width >= N * lanes<T>) {
        for (int v = 0; v < N; ++v) {
            T* p = out + v * lanes<T>;
            store(p, beta == T(0) ? alpha * product[v] : beta * load(p) + alpha * product[v]);
        }
        return;
    }
    T part[N * lanes<T>];  // the last columns: no store may pass the end of a row
    for (int v = 0; v < N; ++v) store(part + v * lanes<T>, product[v]);
    for (Index j = 0; j < width; ++j) out[j] = blended(alpha, part[j], beta, out[j]);
}

// ∂J/∂b = δ, summed over the examples
template <typename T> void bias_gradient(const Work<T>& work, const Layer& layer, const Target<T>& to) {
    for (Index k = 0; k < layer.rows; k += 4) {
        V<T> totals[4] = {};
        T sums[4];
        const Index rows = smaller(4, layer.rows - k);
        for (Index j = 0; j < rows; ++j) {
            const T* delta = work.delta_row(layer.first_row + k + j);
            for (Index i = 0; i < work.padded; i += lanes<T>) totals[j] += load(delta + i);
        }
        four_sums(totals, sums);
        T* out = to.out + layer.bias + k;
        for (Index j = 0; j < rows; ++j) out[j] = blended(to.alpha, sums[j], to.bias_beta, out[j]);
    }
}

// δxᵀ; with_panel calls a function with where the sources of a block of columns lie, example by example
template <typename T, typename F>
void dense_gradient(const Work<T>& work, const Layer& layer, const Target<T>& to, F with_panel) {
    T* W = to.out + layer.weight;
    grid(work, layer.rows, layer.columns, work.n, [&](auto height, auto registers, Index row, Index column) {
        constexpr int R = decltype(height)::value, N = decltype(registers)::value;
        const T* a[R];
        for (int i = 0; i < R; ++i) a[i] = work.delta_row(layer.first_row + row + i);
        V<T> g[R][N];
        with_panel(column, N * lanes<T>, [&](auto source) { block_product<T, R, N>(g, a, 1, work.n, source); });
        for (int i = 0; i < R; ++i)
            store_blended<T, N>(W + (row + i) * layer.columns + column, layer.columns - column, g[i], to.alpha, to.beta);
    });
    bias_gradient(work, layer, to);
}

}  // namespace
}  // namespace HASSENET_LEVEL
}  // namespace hassenet
