// forward, cost, gradient and train: the calls that Python makes.
#pragma once

#include "optimizers.hpp"
#include "slices.hpp"

namespace hassenet {
namespace HASSENET_LEVEL {
namespace {

template <typename T>
void forward(const Plan& plan, const T* theta, const Data& data, Index rank, const Row* places, Index n_places, T* out,
             const Team& team, const Arena& arena) {
    Work<T> work{plan, team};
    const bool reads_inputs = std::any_of(places, places + n_places, [&](Row place) { return place < plan.rank_start[1]; });
    claim_features(work, arena, data, data.n, smaller(data.n, examples_at_once), plan.rank_start[rank + 1], !reads_inputs);
    spread_weights(work, theta);
    for (Index i = 0; i < data.n; i += examples_at_once) {
        data.pulse(data.stop);
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
    claim_features(work, arena, data, data.n, smaller(data.n, examples_at_once), plan.n_rows, true);
    const Top<T> top = claim_training(work, arena, objective);
    const double total = total_weight(Batch{data, 0, data.n});
    spread_weights(work, theta);
    double sum = penalty(plan, theta, objective);
    for (Index i = 0; i < data.n; i += examples_at_once) {
        data.pulse(data.stop);
        sum += cost_of(work, top, theta, Batch{data, i, smaller(examples_at_once, data.n - i)}, total);
    }
    return sum;
}

template <typename T>
double gradient(const Plan& plan, const T* theta, const Data& data, const Objective& objective, const Dropout& dropout,
                T* result, const Team& team, const Arena& arena) {
    Slices<T> slices(plan, team, arena, data, objective, dropout, data.n);
    slices.begin_step(std::uint64_t(dropout.step));
    slices.gradients = slices.n == 1 ? result : claimed<T>(arena, slices.n * plan.n_parameters);
    spread_weights(slices.of[0].work, theta);
    const Batch all{data, 0, data.n};
    const double cost = cost_and_gradients(slices, theta, all);
    if (data.n == 0) std::memset(slices.gradients, 0, std::size_t(plan.n_parameters) * sizeof(T));
    const Span whole{0, plan.n_parameters};
    add_up(slices.gradients, slices.of_batch(all) - 1, plan.n_parameters, whole);
    if (slices.n > 1) std::copy(slices.gradients, slices.gradients + plan.n_parameters, result);
    add_smooth_slope(plan, theta, objective, result);
    return cost + penalty(plan, theta, objective);
}

// Every gradient is there before θ changes, or, with plain SGD on one slice, every δ: then the products change θ themselves.
template <typename T> struct Trainer {
    const Plan& plan;
    T* theta;
    const Objective& objective;
    const Training& training;
    const Team& team;
    Slices<T> slices;
    bool in_place;
    T* state[3];
    double* of_groups = nullptr;

    Trainer(const Plan& plan, T* theta, const Data& data, const Objective& objective, const Training& training, const Team& team,
            const Arena& arena)
        : plan(plan), theta(theta), objective(objective), training(training), team(team),
          slices(plan, team, arena, data, objective, training.dropout, training.batch_size) {
        in_place = slices.n == 1 && training.optimizer.rule == Rule::sgd && training.batch_size <= slices.size && objective.apart.n == 0;
        if (!in_place) slices.gradients = claimed<T>(arena, slices.n * plan.n_parameters);
        for (int i = 0; i < 3; ++i) state[i] = static_cast<T*>(training.state[i]);
        if (objective.groups.n) of_groups = claimed<double>(arena, 2 * objective.groups.starts[objective.groups.n]);
    }

    double cost(const Batch& batch) {
        Slice<T>& first = slices.of[0];
        const T* before = theta;
        if (in_place) batch.data.pulse(batch.data.stop);
        spread_weights(first.work, before);
        const double loss = in_place ? cost_of(first.work, first.top, before, batch, total_weight(batch))
                                     : cost_and_gradients(slices, before, batch);
        return loss + penalty(plan, before, objective);
    }

    void step(const Batch& batch, double rate) {
        if (in_place) {
            const T* before = theta;
            back_propagate(slices.of[0].work, before, {theta, T(-rate), T(1 - rate * objective.l2), T(1)});
        }
        const Optimizer& rule = training.optimizer;
        const bool has_moments = rule.rule == Rule::adam || rule.rule == Rule::adamw;
        const double t = has_moments ? double(state[0][0] += 1) : 0.0;
        const Step<T> step{objective, rule, slices.gradients, slices.of_batch(batch) - 1, plan.n_parameters, theta,
                           state[has_moments ? 1 : 0], state[2], rate, t};
        take_step(plan, team, step);
        shrink_groups(team, step, of_groups);
    }
};

// Returns how many costs there are. A step whose cost is not finite is not taken, and ends the call; nor is one in whose middle
// the caller wants to stop, and it has no cost.
template <typename T>
Index train(const Plan& plan, T* theta, const Data& data, const Objective& objective, const Training& training,
            const Team& team, const Arena& arena) {
    Trainer<T> trainer(plan, theta, data, objective, training, team, arena);
    for (Index k = 0; k < training.steps; ++k) {
        const Index first = k * training.batch_size;
        const Batch batch{data, first, smaller(training.batch_size, data.n - first)};
        trainer.slices.begin_step(std::uint64_t(training.dropout.step + k));
        try {
            training.costs[k] = trainer.cost(batch);
        } catch (const Stopped&) {
            return k;
        }
        if (!std::isfinite(training.costs[k])) return k + 1;
        trainer.step(batch, training.rates[k]);
    }
    return training.steps;
}

}  // namespace
}  // namespace HASSENET_LEVEL
}  // namespace hassenet
