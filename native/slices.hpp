// A batch in slices, which meet where their gradients are added.
//
// Where θ is small beside the features of a batch, a slice is a part of it that one member of the team takes through the whole
// network alone: its features, δ and gradient stay in the cache of the core that works on it, and members meet twice a step, not
// twice a layer. Elsewhere the batch is one slice, and the team shares the rows of each layer.
#pragma once

#include "propagation.hpp"

namespace hassenet {
namespace HASSENET_LEVEL {
namespace {

// Measured on networks of 150 to 40,000 rows: with more rows a slice has to be wider, since each row is fetched from afar.
constexpr Index slice_examples = 64, most_rows_near = 8192;

// Large products, which the BLAS shares among threads of its own, and those of masked layers, whose scratch is the call's
inline bool has_products_of_its_own(const Plan& plan) {
    bool found = plan.scratch > 0;
    for (Index l = 0; l < plan.depth; ++l) found = found || (plan.layers[l].complete && plan.layers[l].covers >= large_matrix);
    return found;
}

// How many examples a slice has. It depends on the plan and the batch's size, not on threads, and so do the bits.
inline Index slice_size(const Plan& plan, Index batch_size) {
    const Index size = plan.n_rows <= most_rows_near ? slice_examples : 2 * slice_examples;
    const bool theta_is_small = 2 * plan.n_parameters <= 3 * size * plan.n_rows;
    return theta_is_small && !has_products_of_its_own(plan) && batch_size >= 2 * size ? size : larger(1, smaller(batch_size, examples_at_once));
}

// Rows that dropout reaches have G′ kept.
template <typename T> void claim_dropout(Work<T>& work, const Arena& arena) {
    if (!work.dropout) return;
    work.numbers = claimed<std::uint32_t>(arena, work.stride);
    work.back_codes = claimed<std::uint8_t>(arena, work.plan.n_rows);
    for (Index rank = 0; rank <= work.plan.depth; ++rank)
        for (Index row = work.plan.rank_start[rank]; row < work.plan.rank_start[rank + 1]; ++row)
            work.back_codes[row] = rank > 0 && rank < work.plan.depth && drops(work, rank) ? std::uint8_t(Code::kept_slope) : work.plan.codes[row];
}

template <typename T> struct Slice {
    Work<T> work;
    Top<T> top;
    double cost = 0;

    Slice(const Plan& plan, const Team& team, const Arena& arena, const Data& data, const Objective& objective,
          const Dropout& dropout, Index batch_size, Index size)
        : work{plan, team}, top(claim(arena, data, objective, dropout, batch_size, size)) {}

private:
    Top<T> claim(const Arena& arena, const Data& data, const Objective& objective, const Dropout& dropout, Index batch_size, Index size) {
        if (dropout.rates) work.dropout = &dropout;
        claim_features(work, arena, data, batch_size, size, work.plan.n_rows, true);
        claim_dropout(work, arena);
        claim_gradient(work, arena, data.X);
        return claim_training(work, arena, objective);
    }
};

// As many slices as are worked on at one time, and their gradients, one after the other.
template <typename T> struct Slices {
    const Plan& plan;
    const Team& team;
    Team alone{1, nullptr, nullptr};
    Index size, n;
    Slice<T>* of;
    T* gradients = nullptr;

    Slices(const Slices&) = delete;
    Slices(const Plan& plan, const Team& team, const Arena& arena, const Data& data, const Objective& objective,
           const Dropout& dropout, Index batch_size)
        : plan(plan), team(team), size(slice_size(plan, batch_size)) {
        n = size < batch_size ? smaller(ceiling(batch_size, size), larger(1, examples_at_once / size)) : 1;
        of = claimed<Slice<T>>(arena, n);
        for (Index s = 0; s < n; ++s) new (of + s) Slice<T>(plan, n > 1 ? alone : team, arena, data, objective, dropout, batch_size, size);
    }

    // The number of the step, of which the masks are a function
    void begin_step(std::uint64_t step) {
        for (Index s = 0; s < n; ++s) of[s].work.step = step;
    }

    // How many have a part in a batch, and in its gradient
    Index of_batch(const Batch& batch) const { return smaller(n, ceiling(batch.n, size)); }
    T* gradient(Index s) const { return gradients + s * plan.n_parameters; }
};

// Σᵢ wᵢ L / Σw of a batch; its gradient is the sum of those of the slices.
template <typename T> double cost_and_gradients(const Slices<T>& slices, const T* theta, const Batch& batch) {
    const double total = total_weight(batch);
    const Index parts_of_batch = ceiling(batch.n, slices.size);
    double cost = 0;
    auto take_slice = [&](Index s, Index first) {
        const Index begin = (first + s) * slices.size;
        const T beta = first == 0 ? T(0) : T(1);
        Slice<T>& slice = slices.of[s];
        slice.cost = cost_of(slice.work, slice.top, theta, {batch.data, batch.first + begin, smaller(slices.size, batch.n - begin)}, total);
        back_propagate(slice.work, theta, {slices.gradient(s), T(1), beta, beta});
    };
    for (Index first = 0; first < parts_of_batch; first += slices.n) {
        batch.data.pulse(batch.data.stop);
        const Index some = smaller(slices.n, parts_of_batch - first);
        together(slices.team, some > 1 && 3 * slices.plan.n_parameters * batch.n > worth_sharing, [&](int part, int parts) {
            const Span mine = share(some, part, parts);
            for (Index s = mine.begin; s < mine.end; ++s) take_slice(s, first);
        });
        for (Index s = 0; s < some; ++s) cost += slices.of[s].cost;
    }
    return cost;
}

}  // namespace
}  // namespace HASSENET_LEVEL
}  // namespace hassenet
