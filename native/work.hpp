// What one call works on: views of the plan, θ and scratch, and how a phase is shared by the team.
#pragma once

#include "simd.hpp"

namespace hassenet {
namespace HASSENET_LEVEL {
namespace {

// Below about so many multiply-adds a phase is done before a team would have come together.
constexpr Index worth_sharing = 300'000;

struct Span { Index begin, end; };

inline Span share(Index n, int part, int parts) {
    return {n * part / parts, n * (part + 1) / parts};
}

template <typename F> inline void together(const Team& team, bool worth, const F& f) {
    if (team.size == 1 || !worth) return f(0, 1);
    team.run(team.self, [](void* g, int part, int parts) { (*static_cast<const F*>(g))(part, parts); },
             const_cast<F*>(&f));
}

// The entries of a batch of compressed rows, column after column; `used` columns have any.
template <typename T> struct Entries {
    Index used = 0;
    Row* column = nullptr;    // which features those are, in order
    Index* starts = nullptr;  // where each column begins
    Row* example = nullptr;   // of each entry
    T* value = nullptr;
    Row* place = nullptr;     // of each feature among the columns, −1 where it has no entry
};

// Features of a batch: a row a neuron, examples side by side; columns from n to `padded` repeat the last example, so
// that they are no less finite than it is.
template <typename T> struct Work {
    const Plan& plan;
    const Team& team;
    Index n = 0, padded = 0, stride = 0;
    T* x = nullptr;      // n_rows × stride
    T* delta = nullptr;  // n_rows × stride; the rows of rank 0 are not there
    T* slope = nullptr;  // like delta, where a rank keeps its G′
    T* panels = nullptr; // sources of a complete layer, example-major, in panels
    const T** rows = nullptr;   // the examples as rows, where the first layer reads them so: rank 0 has no rows of x then
    T* copies = nullptr;        // of the rows, row_step apart, where X cannot be read as it is
    Index row_step = 0;
    T* last_panel = nullptr;    // the last features of rows that are read where they lie
    bool has_entries = false;  // the features are not written out: their rows of x are not there either
    Entries<T> entries;
    T* tiles = nullptr;        // scratch of each part of the team
    T* spread = nullptr;       // W and b of the sparse layers that run as products,
    T* spread_slope = nullptr; // and ∂J of them
    T* target = nullptr; // n_outputs × stride
    T* share = nullptr;  // wᵢ / Σw
    const Dropout* dropout = nullptr;
    std::uint64_t step = 0;            // what dropout needs to know: the step, the numbers of the batch's examples,
    std::uint32_t* numbers = nullptr;
    std::uint8_t* back_codes = nullptr;  // and which rows have G′ kept although their activation does not ask for it

    T* x_row(Index row) const { return x + row * stride; }
    T* delta_row(Index row) const { return delta + (row - plan.rank_start[1]) * stride; }
    T* slope_row(Index row) const { return slope ? slope + (row - plan.rank_start[1]) * stride : nullptr; }
    Code code(Index row) const { return Code(plan.codes[row]); }
    Code back_code(Index row) const { return Code(back_codes ? back_codes[row] : plan.codes[row]); }
};

// Where the parameters of a layer stand that runs as as_run says
template <typename T> inline const T* parameters(const Work<T>& work, const Layer& layer, const T* theta) {
    return layer.product ? work.spread + layer.scratch : theta;
}

// Where results go: out ← beta·out + alpha·product; plain SGD passes θ itself.
template <typename T> struct Target {
    T* out;
    T alpha, beta, bias_beta;
};

template <typename T> inline T blended(T alpha, T product, T beta, T old) {
    return beta == T(0) ? alpha * product : beta * old + alpha * product;
}

}  // namespace
}  // namespace HASSENET_LEVEL
}  // namespace hassenet
