// Feed-forward and back-propagation of a batch: the order in which the layers' parts are called.
#pragma once

#include "entries.hpp"
#include "losses.hpp"
#include "masked.hpp"

namespace hassenet {
namespace HASSENET_LEVEL {
namespace {

// Larger batches are taken in parts of so many examples, so that features stay near the processor.
constexpr Index examples_at_once = 512;

// Rows a large power of two apart would all fall on the same few lines of a cache.
template <typename T> inline Index spread(Index padded) {
    return padded * Index(sizeof(T)) % 1024 == 0 ? padded + line<T> : padded;
}

// For batches of batch_size, taken in parts of so many examples
template <typename T>
void claim_features(Work<T>& work, const Arena& arena, const Data& data, Index batch_size, Index part, Index n_rows, bool may_skip_inputs) {
    work.stride = spread<T>(ceiling(part, line<T>) * line<T>);
    const bool skips = may_skip_inputs && by_entries(work.plan, data.X, part);
    if (skips) claim_entries(work, arena, data, larger(batch_size, 1), larger(part, 1));
    const bool by_rows = !skips && may_skip_inputs && reads_all_inputs(work.plan) && data.X.columns >= least_features && !drops(work, 0);
    if (by_rows) claim_rows(work, arena, data.X);
    const Index first = skips || by_rows ? work.plan.rank_start[1] : 0;
    work.x = claimed<T>(arena, (n_rows - first) * work.stride) - first * work.stride;
    if (!work.plan.scratch) return;
    work.spread = claimed<T>(arena, work.plan.scratch);
    std::fill(work.spread, work.spread + work.plan.scratch, T(0));
}

template <typename T> Top<T> claim_training(Work<T>& work, const Arena& arena, const Objective& objective) {
    const Plan& plan = work.plan;
    const Index inputs = plan.rank_start[1], upper = plan.n_rows - inputs;
    const Index first = plan.rank_start[plan.depth], outputs = plan.rank_start[plan.depth + 1] - first;
    bool keeps = false;
    for (Index i = 1; i <= plan.depth; ++i) keeps = keeps || plan.keeps_slope[i] || (i < plan.depth && drops(work, i));
    work.delta = claimed<T>(arena, upper * work.stride);
    work.spread_slope = plan.scratch ? claimed<T>(arena, plan.scratch) : nullptr;
    work.slope = keeps ? claimed<T>(arena, upper * work.stride) : nullptr;
    work.target = claimed<T>(arena, (larger(outputs, objective.targets) + objective.offsets) * work.stride);
    work.share = claimed<T>(arena, work.stride);
    T* prediction = claimed<T>(arena, outputs * work.stride);
    T* value = claimed<T>(arena, 2 * work.stride);
    return {work, &objective, prediction, value, value + work.stride, first, outputs};
}

template <typename T> void take(Work<T>& work, const Batch& batch) {
    work.n = batch.n;
    work.padded = ceiling(batch.n, line<T>) * line<T>;
    for (Index i = 0; work.dropout && i < work.padded; ++i)
        work.numbers[i] = std::uint32_t(work.dropout->examples[batch.first + smaller(i, batch.n - 1)]);
    if (work.has_entries) return gather_entries(work, batch);
    if (work.rows) return gather_examples(work, batch);
    gather(work, batch);
    if (drops(work, 0)) drop(work, 0);
}

template <typename T> void feed_forward(const Work<T>& work, const T* theta, Index rank, bool keep_last_signal) {
    const Plan& plan = work.plan;
    for (Index l = 0; l < rank; ++l) {
        const Layer &stored = plan.layers[l], &layer = as_run(stored);
        const T* own = parameters(work, stored, theta);
        const bool keep = keep_last_signal && l + 1 == rank;
        if (l == 0 && work.has_entries) entries_forward(work, stored, theta, keep);
        else if (!layer.complete) sparse_forward(work, layer, theta, keep);
        else if (by_blas(work, layer)) large_forward(work, layer, own, keep);
        else if (l == 0 && work.rows) examples_forward(work, layer, own, keep);
        else dense_forward(work, layer, own, keep);
        if (!keep && plan.is_softmax[l + 1])
            softmax<T>(work.x_row(layer.first_row), layer.rows, plan.softmax_blocks[l + 1], work.stride, 0, work.padded);
        if (!keep && drops(work, l + 1)) drop(work, l + 1);
    }
}

// Calls f with the complete layers' blocks that look at a rank.
template <typename F> inline void blocks_on(const Plan& plan, Index rank, F f) {
    for (Index l = rank; l < plan.depth; ++l)
        for (Index k = 0; k < as_run(plan.layers[l]).n_blocks; ++k)
            if (as_run(plan.layers[l]).blocks[k].rank == rank) f(plan.layers[l], as_run(plan.layers[l]).blocks[k]);
}

// δ of a rank from all layers that look at it
template <typename T> void rank_delta(const Work<T>& work, const T* theta, Index rank) {
    const Plan& plan = work.plan;
    const Index first = plan.rank_start[rank], rows = plan.rank_start[rank + 1] - first;
    const bool sparse = plan.up_starts[first] < plan.up_starts[first + rows];
    Index left = 0;
    bool add = false, pulled_back = false;
    blocks_on(plan, rank, [&](const Layer&, const Block&) { ++left; });
    blocks_on(plan, rank, [&](const Layer& stored, const Block& block) {
        const Layer& layer = as_run(stored);
        const T* own = parameters(work, stored, theta);
        if (!add && block.size < rows) {
            std::memset(work.delta_row(first), 0, std::size_t(rows * work.stride) * sizeof(T));
            add = true;
        }
        pulled_back = --left == 0 && !sparse && block.size == rows && !plan.is_softmax[rank];
        if (by_blas(work, layer) && block.size == layer.columns) large_delta(work, layer, own, add, pulled_back);
        else dense_delta(work, layer, block, own, add, pulled_back);
        add = true;
    });
    if (!pulled_back) sparse_delta(work, theta, rank, add);
    if (plan.is_softmax[rank])
        pull_back_softmax<T>(work.delta_row(first), work.x_row(first), rows, plan.softmax_blocks[rank], work.stride, 0, work.padded);
}

template <typename T> void weight_gradient(const Work<T>& work, const Layer& layer, const Target<T>& to) {
    if (layer.product && !(work.has_entries && &layer == work.plan.layers)) {
        weight_gradient(work, *layer.product, Target<T>{work.spread_slope + layer.scratch, T(1), T(0), T(0)});
        return keep_covers(work, layer, to);
    }
    if (work.has_entries && &layer == work.plan.layers) return entries_gradient(work, layer, to);
    if (!layer.complete) return sparse_gradient(work, layer, to);
    if (by_blas(work, layer)) return large_gradient(work, layer, to);
    if (work.rows && &layer == work.plan.layers)
        return dense_gradient(work, layer, to, [&](Index column, Index width, auto f) { with_features(work, column, width, f); });
    fill_panels(work, layer);
    dense_gradient(work, layer, to, [&](Index column, Index, auto f) {
        const T* first = work.panels + column * work.padded;
        f([=](Index k) { return first + k * panel<T>; });
    });
}

// Every δ before any gradient: plain SGD changes θ in place, and through relays many layers look at one rank.
template <typename T> void back_propagate(const Work<T>& work, const T* theta, const Target<T>& to) {
    const Plan& plan = work.plan;
    for (Index rank = plan.depth - 1; rank > 0; --rank) rank_delta(work, theta, rank);
    for (Index l = plan.depth - 1; l >= 0; --l) weight_gradient(work, plan.layers[l], to);
}

inline double total_weight(const Batch& batch) {
    if (!batch.data.weight) return double(batch.n > 0 ? batch.n : 1);
    double total = 0;
    for (Index i = 0; i < batch.n; ++i) total += batch.data.weight[batch.row(i)];
    return total != 0 ? total : 1.0;
}

// Σᵢ wᵢ L / Σw of a part of a batch
template <typename T> double cost_of(Work<T>& work, const Top<T>& top, const T* theta, const Batch& part, double total) {
    take(work, part);
    gather_targets(work, part, total);
    feed_forward(work, theta, work.plan.depth, true);
    return top_delta(top);
}

}  // namespace
}  // namespace HASSENET_LEVEL
}  // namespace hassenet
