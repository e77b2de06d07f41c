// The batch as the layers want it, from data as they came: any number type, any order, or compressed rows.
#pragma once

#include "blas.hpp"

namespace hassenet {
namespace HASSENET_LEVEL {
namespace {

template <typename F> inline void with_type(Type type, F f) {
    switch (type) {
    case Type::float32: return f(float{});
    case Type::float64: return f(double{});
    case Type::int8: return f(std::int8_t{});
    case Type::uint8: return f(std::uint8_t{});
    case Type::int16: return f(std::int16_t{});
    case Type::int32: return f(std::int32_t{});
    case Type::int64: return f(std::int64_t{});
    }
}

// Examples first … first + n − 1 of a call.
struct Batch {
    const Data& data;
    Index first, n;
    Index row(Index i) const {
        const Index k = first + smaller(i, n - 1);  // beyond the last: the last again
        return data.order ? data.order[k] : k;
    }
};

template <typename T> T* claimed(const Arena& arena, Index n) {
    return static_cast<T*>(arena.get(arena.self, std::size_t(n) * sizeof(T)));
}

template <typename T, typename S> inline V<T> converted(const S* p, Index n) {
    if constexpr (std::is_same_v<T, S>)
        if (n >= lanes<T>) return load(p);
    T part[lanes<T>];
    for (Index i = 0; i < lanes<T>; ++i) part[i] = i < n ? T(p[i]) : T(0);
    return load(part);
}

// Rows that lie side by side in memory: read a block, store it transposed.
template <typename T, typename S>
void gather_rows(const Work<T>& work, const Batch& batch, Span columns) {
    const Matrix& X = batch.data.X;
    const S* data = static_cast<const S*>(X.data);
    for (Index i = 0; i < work.padded; i += lanes<T>) {
        const S* from[lanes<T>];
        for (Index k = 0; k < lanes<T>; ++k) from[k] = data + batch.row(i + k) * X.row_stride;
        for (Index j = columns.begin; j < columns.end; j += lanes<T>) {
            const Index width = smaller(lanes<T>, X.columns - j);
            V<T> block[lanes<T>];
            for (Index k = 0; k < lanes<T>; ++k) {
                __builtin_prefetch(from[k] + j + 256 / Index(sizeof(S)));
                block[k] = converted<T, S>(from[k] + j, width);
            }
            transpose<T>(block);
            for (Index k = 0; k < width; ++k) store(work.x_row(j + k) + i, block[k]);
        }
    }
}

template <typename T, typename S> void gather_strided(const Work<T>& work, const Batch& batch, Span columns) {
    const Matrix& X = batch.data.X;
    const S* data = static_cast<const S*>(X.data);
    for (Index j = columns.begin; j < smaller(columns.end, X.columns); ++j) {
        T* out = work.x_row(j);
        for (Index i = 0; i < work.padded; ++i) out[i] = T(data[batch.row(i) * X.row_stride + j * X.column_stride]);
    }
}

template <typename T, typename S, typename I> void gather_compressed(const Work<T>& work, const Batch& batch, Span columns) {
    const Matrix& X = batch.data.X;
    const S* data = static_cast<const S*>(X.data);
    const I *starts = static_cast<const I*>(X.starts), *indices = static_cast<const I*>(X.indices);
    const Index end = smaller(columns.end, X.columns);
    for (Index j = columns.begin; j < end; ++j) std::memset(work.x_row(j), 0, std::size_t(work.padded) * sizeof(T));
    for (Index i = 0; i < work.padded; ++i) {
        const Index row = batch.row(i);
        for (Index c = Index(starts[row]); c < Index(starts[row + 1]); ++c) {
            const Index j = Index(indices[c]);
            if (j >= columns.begin && j < end) work.x_row(j)[i] += T(data[c]);  // a pair given twice is a sum
        }
    }
}

// ---- a block of some columns, beside others

inline Index row_of(const Beside& beside, Index row) { return beside.rows ? beside.rows[row] : row; }

template <typename F> inline void with_bytes(Type type, F f) { type == Type::int8 ? f(std::int8_t{}) : f(std::uint8_t{}); }

// Numbers of a row of the block, as the features that they are made into; whatever they are, no look is beyond the table
template <typename T, typename S>
inline void made_of(const Beside& beside, const S* p, Index step, Index column, Index n, T* out) {
    if (!beside.table) {
        for (Index k = 0; k < n; ++k) out[k] = T(p[k * step]);
        return;
    }
    const double* table = beside.table + column * beside.values;
    const Index last = beside.values - 1;
    for (Index k = 0; k < n; ++k) out[k] = T(table[k * beside.values + ((Index(p[k * step]) - beside.low) & last)]);
}

template <typename T, typename S> void gather_block(const Work<T>& work, const Batch& batch, Span columns) {
    const Matrix& X = batch.data.X;
    const Beside& beside = *X.beside;
    const S* data = static_cast<const S*>(X.data);
    for (Index i = 0; i < work.padded; i += lanes<T>) {
        const S* from[lanes<T>];
        for (Index k = 0; k < lanes<T>; ++k) from[k] = data + row_of(beside, batch.row(i + k)) * X.row_stride;
        for (Index j = columns.begin; j < columns.end; j += lanes<T>) {
            const Index width = smaller(lanes<T>, columns.end - j);
            V<T> block[lanes<T>];
            for (Index k = 0; k < lanes<T>; ++k) {
                T part[lanes<T>] = {};
                made_of<T, S>(beside, from[k] + j * X.column_stride, X.column_stride, j, width, part);
                block[k] = load(part);
            }
            transpose<T>(block);
            for (Index k = 0; k < width; ++k) store(work.x_row(beside.features[j + k]) + i, block[k]);
        }
    }
}

template <typename T> void gather_others(const Work<T>& work, const Batch& batch) {
    const Beside& beside = *batch.data.X.beside;
    with_type(beside.type, [&](auto zero) {
        const auto* data = static_cast<const decltype(zero)*>(beside.data);
        for (Index j = 0; j < beside.others; ++j) {
            T* out = work.x_row(beside.places[j]);
            for (Index i = 0; i < work.padded; ++i)
                out[i] = T(data[batch.row(i) * beside.row_stride + j * beside.column_stride]);
        }
    });
}

template <typename T> void gather_beside(const Work<T>& work, const Batch& batch) {
    const Matrix& X = batch.data.X;
    together(work.team, 4 * X.columns * work.padded > worth_sharing, [&](int part, int parts) {
        const Span some = share(ceiling(X.beside->columns, lanes<T>), part, parts);
        const Span mine{some.begin * lanes<T>, smaller(some.end * lanes<T>, X.beside->columns)};
        with_bytes(X.type, [&](auto zero) { gather_block<T, decltype(zero)>(work, batch, mine); });
    });
    gather_others(work, batch);
}

// x⁽⁰⁾ of a batch
template <typename T> void gather(const Work<T>& work, const Batch& batch) {
    const Matrix& X = batch.data.X;
    if (X.beside) return gather_beside(work, batch);
    const bool by_rows = !X.starts && X.column_stride == 1;
    together(work.team, 4 * X.columns * work.padded > worth_sharing, [&](int part, int parts) {
        const Span some = share(ceiling(X.columns, lanes<T>), part, parts);
        const Span mine{some.begin * lanes<T>, some.end * lanes<T>};
        with_type(X.type, [&](auto zero) {
            using S = decltype(zero);
            if (by_rows) return gather_rows<T, S>(work, batch, mine);
            if (!X.starts) return gather_strided<T, S>(work, batch, mine);
            X.wide ? gather_compressed<T, S, std::int64_t>(work, batch, mine)
                   : gather_compressed<T, S, std::int32_t>(work, batch, mine);
        });
    });
}

// The 1 of each example at its class.
template <typename T, typename S> void gather_classes(const Work<T>& work, const Batch& batch) {
    const Matrix& Y = batch.data.Y;
    const S* number = static_cast<const S*>(Y.data);
    for (Index k = 0; k < Y.columns; ++k) std::memset(work.target + k * work.stride, 0, std::size_t(work.padded) * sizeof(T));
    for (Index i = 0; i < work.padded; ++i) work.target[Index(number[batch.row(i) * Y.row_stride]) * work.stride + i] = T(1);
}

// y of a batch, a row an output, and wᵢ / Σw, 0 beyond the last example
template <typename T> void gather_targets(const Work<T>& work, const Batch& batch, double total) {
    const Matrix& Y = batch.data.Y;
    with_type(Y.type, [&](auto zero) {
        if (batch.data.classes) return gather_classes<T, decltype(zero)>(work, batch);
        const auto* data = static_cast<const decltype(zero)*>(Y.data);
        for (Index i = 0; i < work.padded; ++i)
            for (Index k = 0; k < Y.columns; ++k)
                work.target[k * work.stride + i] = T(data[batch.row(i) * Y.row_stride + k * Y.column_stride]);
    });
    const double* weight = batch.data.weight;
    for (Index i = 0; i < work.padded; ++i)
        work.share[i] = i < batch.n ? T((weight ? weight[batch.row(i)] : 1.0) / total) : T(0);
}

}  // namespace
}  // namespace HASSENET_LEVEL
}  // namespace hassenet
