// Dropout: features are set to 0 with probability p, the others grow by 1/(1 − p).
//
// Random numbers come from a counter, not from a state: the generator Philox4x32-10 (Salmon, Moraes, Dror, Shaw:
// Parallel random numbers: as easy as 1, 2, 3; SC 2011) at (example, neuron, step) under the key of the seed. So a mask
// is the same for any number of threads, any batch size and any engine.
#pragma once

#include "activations.hpp"
#include "work.hpp"

namespace hassenet {
namespace HASSENET_LEVEL {
namespace {

// Four words for each of n examples: one a neuron of a group of four
template <int n> struct Words { std::uint32_t of[4][n]; };

template <int n>
inline void philox(Words<n>& w, const std::uint32_t* examples, std::uint32_t group, std::uint64_t step, std::uint64_t seed) {
    std::uint32_t key = std::uint32_t(seed), other = std::uint32_t(seed >> 32);
    for (int i = 0; i < n; ++i) {
        w.of[0][i] = examples[i];
        w.of[1][i] = group;
        w.of[2][i] = std::uint32_t(step);
        w.of[3][i] = std::uint32_t(step >> 32);
    }
    for (int round = 0; round < 10; ++round, key += 0x9E3779B9u, other += 0xBB67AE85u)
        for (int i = 0; i < n; ++i) {
            const std::uint64_t p = std::uint64_t(0xD2511F53u) * w.of[0][i], q = std::uint64_t(0xCD9E8D57u) * w.of[2][i];
            w.of[0][i] = std::uint32_t(q >> 32) ^ w.of[1][i] ^ key;
            w.of[1][i] = std::uint32_t(q);
            w.of[2][i] = std::uint32_t(p >> 32) ^ w.of[3][i] ^ other;
            w.of[3][i] = std::uint32_t(p);
        }
}

// A word below this drops its neuron.
inline std::uint32_t drop_below(double rate) { return std::uint32_t(rate * 4294967296.0); }

// x becomes x ⊙ mask/(1 − p). Of a hidden rank G′ is kept, times the same: the value no longer tells it.
template <typename T>
inline void drop_stretch(const Work<T>& work, Index row, Index at, const std::uint32_t* words, double rate, bool hidden) {
    constexpr int n = int(line<T>);
    const std::uint32_t least = drop_below(rate);
    const T kept = T(1 / (1 - rate));
    T factor[n];
    for (int i = 0; i < n; ++i) factor[i] = words[i] < least ? T(0) : kept;
    T* x = work.x_row(row) + at;
    if (hidden) {
        T* slope = work.slope_row(row) + at;
        const Code code = work.code(row);
        if (!keeps_slope(code)) {
            for (int i = 0; i < n; ++i) slope[i] = T(1);
            pull_back<T>(code, slope, x, nullptr, n);
        }
        for (int i = 0; i < n; ++i) slope[i] *= factor[i];
    }
    for (int i = 0; i < n; ++i) x[i] *= factor[i];
}

template <typename T> inline bool is_spared(const Work<T>& work, Index rank, Index row) {
    return rank == 0 && work.dropout->spared && work.dropout->spared[row];
}

template <typename T> void drop(const Work<T>& work, Index rank) {
    constexpr int n = int(line<T>);
    const Index first = work.plan.rank_start[rank], last = work.plan.rank_start[rank + 1];
    const double rate = work.dropout->rates[rank];
    together(work.team, 8 * (last - first) * work.padded > worth_sharing, [&](int part, int parts) {
        const Span groups = share(ceiling(last, 4) - first / 4, part, parts);
        for (Index g = first / 4 + groups.begin; g < first / 4 + groups.end; ++g)
            for (Index at = 0; at < work.padded; at += n) {
                Words<n> words;
                philox<n>(words, work.numbers + at, std::uint32_t(g), work.step, work.dropout->seed);
                for (Index row = larger(first, 4 * g); row < smaller(last, 4 * g + 4); ++row)
                    if (!is_spared(work, rank, row)) drop_stretch<T>(work, row, at, words.of[row % 4], rate, rank > 0);
            }
    });
}

template <typename T> inline bool drops(const Work<T>& work, Index rank) {
    return work.dropout && work.dropout->rates[rank] > 0;
}

}  // namespace
}  // namespace HASSENET_LEVEL
}  // namespace hassenet
