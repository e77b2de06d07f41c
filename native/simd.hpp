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
    typedef float quad __attribute__((vector_size(16)));
    typedef float loose_quad __attribute__((vector_size(16), aligned(4), may_alias));
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

// Half of a register more or less: the sum of all lanes, always in the same order.
template <typename T> inline T sum(V<T> v) {
    T part[lanes<T>];
    store(part, v);
    for (Index n = lanes<T> / 2; n > 0; n /= 2)
        for (Index i = 0; i < n; ++i) part[i] += part[i + n];
    return part[0];
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

template <int step, typename W, std::size_t... i>
inline W interleaved(W a, W b, int, std::index_sequence<i...>) {
    constexpr int n = int(sizeof...(i));
    // within each 16 bytes: even units of a and b (step < 0), or odd ones
    return __builtin_shufflevector(a, b, (step < 0 ? (int(i) & -step ? (int(i) + step) + n : int(i))
                                                   : (int(i) & step ? int(i) + n : int(i) + step))...);
}

inline void four_sums(const V<float> (&t)[4], float* out) {
    constexpr auto sequence = std::make_index_sequence<std::size_t(lanes<float>)>{};
    V<float> ab = interleaved<-1>(t[0], t[1], 0, sequence) + interleaved<1>(t[0], t[1], 0, sequence);
    V<float> cd = interleaved<-1>(t[2], t[3], 0, sequence) + interleaved<1>(t[2], t[3], 0, sequence);
    V<float> abcd = interleaved<-2>(ab, cd, 0, sequence) + interleaved<2>(ab, cd, 0, sequence);
    Register<float>::quad total{};
    Register<float>::quad part[register_bytes / 16];
    std::memcpy(part, &abcd, sizeof abcd);
    for (Index i = 0; i < register_bytes / 16; ++i) total += part[i];
    std::memcpy(out, &total, sizeof total);
}

inline void four_sums(const V<double> (&t)[4], double* out) {
    for (int i = 0; i < 4; ++i) out[i] = sum<double>(t[i]);
}

}  // namespace
}  // namespace HASSENET_LEVEL
}  // namespace hassenet
