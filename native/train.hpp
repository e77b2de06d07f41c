// forward, cost, gradient and train: the order in which the parts are called.
#pragma once

#include "entries.hpp"
#include "losses.hpp"
#include "masked.hpp"
#include "optimizers.hpp"

namespace hassenet {
namespace HASSENET_LEVEL {
namespace {

// Larger batches are taken in parts of so many examples, so that features stay near the processor.
constexpr Index examples_at_once = 512;

// Rows a large power of two apart would all fall on the same few lines of a cache.
template <typename T> inline Index spread(Index padded) {
    return padded * Index(sizeof(T)) % 1024 == 0 ? padded + line<T> : padded;
}

template <typename T>
void claim_features(Work<T>& work, const Arena& arena, const Data& data, Index batch_size, Index n_rows, bool may_skip_inputs) {
    const Index most = smaller(smaller(batch_size, data.n), examples_at_once);
    work.stride = spread<T>(ceiling(most, line<T>) * line<T>);
    const bool skips = may_skip_inputs && by_entries(work.plan, data.X, smaller(batch_size, examples_at_once));
    if (skips) claim_entries(work, arena, data, batch_size, examples_at_once);
    const bool by_rows = !skips && may_skip_inputs && reads_all_inputs(work.plan) && data.X.columns >= least_features && !drops(work, 0);
    if (by_rows) claim_rows(work, arena, data.X);
    const Index first = skips || by_rows ? work.plan.rank_start[1] : 0;
    work.x = claimed<T>(arena, (n_rows - first) * work.stride) - first * work.stride;
    if (!work.plan.scratch) return;
    work.spread = claimed<T>(arena, work.plan.scratch);
    std::fill(work.spread, work.spread + work.plan.scratch, T(0));
}

template <typename T> Index panels_size(Index columns, Index padded) {
    return ceiling(columns, panel<T>) * panel<T> * padded;
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
    work.target = claimed<T>(arena, outputs * work.stride);
    work.share = claimed<T>(arena, work.stride);
    work.panels = claimed<T>(arena, panels_size<T>(plan.most_columns, work.stride));
    T* prediction = claimed<T>(arena, outputs * work.stride);
    T* value = claimed<T>(arena, work.stride);
    return {work, objective, prediction, value, first, outputs};
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

// The same of a whole batch, with its gradient
template <typename T>
double cost_and_gradient(Work<T>& work, const Top<T>& top, const T* theta, const Batch& batch, T* gradient) {
    const double total = total_weight(batch);
    double cost = 0;
    for (Index i = 0; i < batch.n; i += examples_at_once) {
        batch.data.pulse();
        cost += cost_of(work, top, theta, {batch.data, batch.first + i, smaller(examples_at_once, batch.n - i)}, total);
        const T beta = i == 0 ? T(0) : T(1);
        back_propagate(work, theta, {gradient, T(1), beta, beta});
    }
    return cost;
}

template <typename T>
void forward(const Plan& plan, const T* theta, const Data& data, Index rank, const Row* places, Index n_places, T* out,
             const Team& team, const Arena& arena) {
    Work<T> work{plan, team};
    const bool reads_inputs = std::any_of(places, places + n_places, [&](Row place) { return place < plan.rank_start[1]; });
    claim_features(work, arena, data, data.n, plan.rank_start[rank + 1], !reads_inputs);
    spread_weights(work, theta);
    for (Index i = 0; i < data.n; i += examples_at_once) {
        data.pulse();
        take(work, Batch{data, i, smaller(examples_at_once, data.n - i)});
        feed_forward(work, theta, rank, false);
        for (Index j = 0; j < work.n; ++j)
            for (Index k = 0; k < n_places; ++k) out[(i + j) * n_places + k] = work.x_row(places[k])[j];
    }
}

template <typename T>
double cost(const Plan& plan, const T* theta, const Data& data, const Objective& objective, const Team& team,
            const Arena& arena) {
    Work<T> work{plan, team};
    claim_features(work, arena, data, data.n, plan.n_rows, true);
    const Top<T> top = claim_training(work, arena, objective);
    const double total = total_weight(Batch{data, 0, data.n});
    spread_weights(work, theta);
    double sum = penalty(plan, theta, objective);
    for (Index i = 0; i < data.n; i += examples_at_once) {
        data.pulse();
        sum += cost_of(work, top, theta, Batch{data, i, smaller(examples_at_once, data.n - i)}, total);
    }
    return sum;
}

template <typename T>
double gradient(const Plan& plan, const T* theta, const Data& data, const Objective& objective, T* result,
                const Team& team, const Arena& arena) {
    Work<T> work{plan, team};
    claim_features(work, arena, data, data.n, plan.n_rows, true);
    const Top<T> top = claim_training(work, arena, objective);
    if (data.n == 0) std::memset(result, 0, std::size_t(plan.n_parameters) * sizeof(T));
    spread_weights(work, theta);
    const double cost = cost_and_gradient(work, top, theta, {data, 0, data.n}, result);
    add_smooth_slope(plan, theta, objective, result);
    return cost + penalty(plan, theta, objective);
}

// Rows that dropout reaches have G′ kept; silu's code says so.
template <typename T> void claim_dropout(Work<T>& work, const Arena& arena) {
    if (!work.dropout) return;
    work.numbers = claimed<std::uint32_t>(arena, work.stride);
    work.back_codes = claimed<std::uint8_t>(arena, work.plan.n_rows);
    for (Index rank = 0; rank <= work.plan.depth; ++rank)
        for (Index row = work.plan.rank_start[rank]; row < work.plan.rank_start[rank + 1]; ++row)
            work.back_codes[row] = rank > 0 && rank < work.plan.depth && drops(work, rank) ? std::uint8_t(Code::silu) : work.plan.codes[row];
}

// ---- slices: parts of a batch that one member of the team takes through the whole network alone
//
// Where θ is small beside the features of a batch, each slice has features, δ and a gradient of its own, which stay in the
// cache of whoever works on it; members meet twice a step, not twice a layer.

constexpr Index slice_examples = 64, most_rows_near = 8192, slices_at_once = examples_at_once / slice_examples;

// How many examples a slice has: all, where slices are not worth it. That depends on the plan and the batch's size, not on
// threads, and so do the bits.
template <typename T> Index slice_size(const Plan& plan, Index batch_size) {
    const Index size = plan.n_rows <= most_rows_near ? slice_examples : 2 * slice_examples;
    const bool is_small = 2 * plan.n_parameters <= 3 * size * plan.n_rows;
    return is_small && !plan.scratch && batch_size >= 2 * size ? size : batch_size;
}

template <typename T> struct Slice {
    Work<T> work;
    Top<T> top;
    double cost = 0;

    Slice(const Plan& plan, const Team& team, const Arena& arena, const Data& data, const Objective& objective,
          const Dropout& dropout, Index size)
        : work{plan, team}, top(claim(arena, data, objective, dropout, size)) {}

private:
    Top<T> claim(const Arena& arena, const Data& data, const Objective& objective, const Dropout& dropout, Index size) {
        if (dropout.rates) work.dropout = &dropout;
        claim_features(work, arena, data, size, work.plan.n_rows, true);
        claim_dropout(work, arena);
        return claim_training(work, arena, objective);
    }
};

// The slices of a batch, and their gradients one after the other
template <typename T> struct Slices {
    Index size, most, n_parameters;
    Slice<T>* of;
    T* gradients;  // null: plain SGD changes θ itself

    T* gradient(Index s) const { return gradients + s * n_parameters; }
};

// The cost of a batch, Σ over its slices, and their gradients
template <typename T>
double cost_and_gradients(const Slices<T>& slices, const Team& team, const T* theta, const Batch& batch) {
    const double total = total_weight(batch);
    double cost = 0;
    const Index n = ceiling(batch.n, slices.size);
    for (Index first = 0; first < n; first += slices.most) {
        batch.data.pulse();
        const Index some = smaller(slices.most, n - first);
        together(team, some > 1, [&](int part, int parts) {
            const Span mine = share(some, part, parts);
            for (Index s = mine.begin; s < mine.end; ++s) {
                const Index begin = (first + s) * slices.size, size = smaller(slices.size, batch.n - begin);
                Slice<T>& slice = slices.of[s];
                const T beta = first == 0 ? T(0) : T(1);
                slice.cost = cost_of(slice.work, slice.top, theta, {batch.data, batch.first + begin, size}, total);
                back_propagate(slice.work, theta, {slices.gradient(s), T(1), beta, beta});
            }
        });
        for (Index s = 0; s < some; ++s) cost += slices.of[s].cost;
    }
    return cost;
}

template <typename T>
Index train(const Plan& plan, T* theta, const Data& data, const Objective& objective, const Training& training,
            const Team& team, const Arena& arena) {
    const Optimizer& rule = training.optimizer;
    const Index most = smaller(training.batch_size, data.n), size = slice_size<T>(plan, most);
    const Team alone{1, nullptr, nullptr};
    const bool sliced = size < most, moments = rule.rule == Rule::adam || rule.rule == Rule::adamw;
    const bool in_place = !sliced && rule.rule == Rule::sgd && most <= examples_at_once;
    const Index n_slices = sliced ? smaller(slices_at_once, ceiling(most, size)) : 1;
    Slices<T> slices{size, n_slices, plan.n_parameters, claimed<Slice<T>>(arena, n_slices), nullptr};
    for (Index s = 0; s < n_slices; ++s)
        new (slices.of + s) Slice<T>(plan, sliced ? alone : team, arena, data, objective, training.dropout, size);
    if (!in_place) slices.gradients = claimed<T>(arena, n_slices * plan.n_parameters);
    T* state[3] = {static_cast<T*>(training.state[0]), static_cast<T*>(training.state[1]), static_cast<T*>(training.state[2])};
    for (Index k = 0; k < training.steps; ++k) {
        const Index first = k * training.batch_size;
        const Batch batch{data, first, smaller(training.batch_size, data.n - first)};
        for (Index s = 0; s < n_slices; ++s) slices.of[s].work.step = std::uint64_t(training.dropout.step + k);
        Slice<T>& whole = slices.of[0];
        spread_weights(whole.work, static_cast<const T*>(theta));
        double cost;
        if (in_place) cost = cost_of(whole.work, whole.top, static_cast<const T*>(theta), batch, total_weight(batch));
        else if (sliced) cost = cost_and_gradients(slices, team, static_cast<const T*>(theta), batch);
        else cost = cost_and_gradient(whole.work, whole.top, static_cast<const T*>(theta), batch, slices.gradients);
        cost += penalty(plan, theta, objective);
        training.costs[k] = cost;
        if (!std::isfinite(cost)) return k + 1;
        const double rate = training.rates[k];
        if (in_place) back_propagate(whole.work, static_cast<const T*>(theta), {theta, T(-rate), T(1 - rate * objective.l2), T(1)});
        if (moments) state[0][0] += 1;
        const Index others = sliced ? smaller(n_slices, ceiling(batch.n, size)) - 1 : 0;
        take_step(plan, team, Step<T>{objective, rule, slices.gradients, others, plan.n_parameters, theta,
                                      state[moments ? 1 : 0], state[2], rate, moments ? double(state[0][0]) : 0.0});
    }
    return training.steps;
}

}  // namespace
}  // namespace HASSENET_LEVEL
}  // namespace hassenet
