// Vectors of one register, written with the compilers' vector extension: the same source for every instruction set.
#pragma once

#include <cstring>
#include <utility>

#include "plan.hpp"

namespace hassenet {
namespace HASSENET_LEVEL {
namespace {

constexpr Index register_bytes = HASSENET_REGISTER_BYTES;

template <typename T> struct Register;
template <> struct Register<float> {
    typedef float type __attribute__((vector_size(register_bytes)));
    typedef float loose __attribute__((vector_size(register_bytes), aligned(4), may_alias));
    typedef std::int32_t bits __attribute__((vector_size(register_bytes)));
};
template <> struct Register<double> {
    typedef double type __attribute__((vector_size(register_bytes)));
    typedef double loose __attribute__((vector_size(register_bytes), aligned(8), may_alias));
    typedef std::int64_t bits __attribute__((vector_size(register_bytes)));
};

template <typename T> using V = typename Register<T>::type;
template <typename T> using Bits = typename Register<T>::bits;
template <typename T> constexpr Index lanes = register_bytes / Index(sizeof(T));

// Rows are padded to whole cache lines, at every level alike.
template <typename T> constexpr Index line = 64 / Index(sizeof(T));

template <typename T> inline V<T> load(const T* p) { return *reinterpret_cast<const typename Register<T>::loose*>(p); }
template <typename T> inline void store(T* p, V<T> v) { *reinterpret_cast<typename Register<T>::loose*>(p) = v; }
template <typename T> inline V<T> all(T value) { return V<T>{} + value; }

inline Index smaller(Index a, Index b) { return a < b ? a : b; }
inline Index larger(Index a, Index b) { return a > b ? a : b; }
inline Index ceiling(Index a, Index b) { return (a + b - 1) / b; }

// ---- sums of lanes: the halves of a register are added until 16 bytes are left, always in the same order

template <typename T, Index bytes> struct Sized {
    typedef T type __attribute__((vector_size(bytes)));
};

template <typename Half, int first, typename W, std::size_t... i>
inline Half half(W v, std::index_sequence<i...>) {
    return __builtin_shufflevector(v, v, (int(i) + first)...);
}

template <typename T, Index bytes> inline typename Sized<T, 16>::type folded(typename Sized<T, bytes>::type v) {
    if constexpr (bytes == 16) {
        return v;
    } else {
        using Half = typename Sized<T, bytes / 2>::type;
        constexpr int n = int(bytes / 2 / Index(sizeof(T)));
        constexpr auto sequence = std::make_index_sequence<std::size_t(n)>{};
        return folded<T, bytes / 2>(half<Half, 0>(v, sequence) + half<Half, n>(v, sequence));
    }
}

inline float sum(V<float> v) {
    auto q = folded<float, register_bytes>(v);
    return (q[0] + q[2]) + (q[1] + q[3]);
}
inline double sum(V<double> v) {
    auto q = folded<double, register_bytes>(v);
    return q[0] + q[1];
}

// ---- transposing a block of lanes × lanes: at stage s, pairs of rows s apart swap their off-diagonal parts

template <typename T, int s, std::size_t... i>
inline V<T> kept_low(V<T> a, V<T> b, std::index_sequence<i...>) {
    return __builtin_shufflevector(a, b, (int(i) & s ? int(i) - s + int(lanes<T>) : int(i))...);
}
template <typename T, int s, std::size_t... i>
inline V<T> kept_high(V<T> a, V<T> b, std::index_sequence<i...>) {
    return __builtin_shufflevector(a, b, (int(i) & s ? int(i) + int(lanes<T>) : int(i) + s)...);
}

template <typename T, int s> inline void transpose_stage(V<T> (&rows)[lanes<T>]) {
    if constexpr (s < lanes<T>) {
        constexpr auto sequence = std::make_index_sequence<std::size_t(lanes<T>)>{};
        for (int i = 0; i < lanes<T>; ++i)
            if (!(i & s)) {
                V<T> a = rows[i], b = rows[i + s];
                rows[i] = kept_low<T, s>(a, b, sequence);
                rows[i + s] = kept_high<T, s>(a, b, sequence);
            }
        transpose_stage<T, 2 * s>(rows);
    }
}
template <typename T> inline void transpose(V<T> (&rows)[lanes<T>]) { transpose_stage<T, 1>(rows); }

// ---- the sums of four registers at once: what a row of four covers needs

// Within each 16 bytes: the units of a and b whose bit `step` is 0 (or is 1, where `odd`), side by side.
template <int step, bool odd, typename W, std::size_t... i>
inline W interleaved(W a, W b, std::index_sequence<i...>) {
    constexpr int n = int(sizeof...(i)), shift = odd ? step : 0;
    return __builtin_shufflevector(a, b, (int(i) & step ? int(i) - step + shift + n : int(i) + shift)...);
}

template <int step, typename T> inline V<T> pair_sums(V<T> a, V<T> b) {
    constexpr auto sequence = std::make_index_sequence<std::size_t(lanes<T>)>{};
    return interleaved<step, false>(a, b, sequence) + interleaved<step, true>(a, b, sequence);
}

inline void four_sums(const V<float> (&t)[4], float* out) {
    V<float> all = pair_sums<2, float>(pair_sums<1, float>(t[0], t[1]), pair_sums<1, float>(t[2], t[3]));
    auto sums = folded<float, register_bytes>(all);
    std::memcpy(out, &sums, sizeof sums);
}

inline void four_sums(const V<double> (&t)[4], double* out) {
    auto first = folded<double, register_bytes>(pair_sums<1, double>(t[0], t[1]));
    auto last = folded<double, register_bytes>(pair_sums<1, double>(t[2], t[3]));
    std::memcpy(out, &first, sizeof first);
    std::memcpy(out + 2, &last, sizeof last);
}

}  // namespace
}  // namespace HASSENET_LEVEL
}  // namespace hassenet
