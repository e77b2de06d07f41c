// The rules of the optimisers, penalties and the proximal step, one pass over θ.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "work.hpp"

namespace hassenet {
namespace HASSENET_LEVEL {
namespace {

// The strengths of the penalty on a stretch of θ; biases have none.
struct Strengths {
    bool weights;
    double l1, l2;
};

// Calls f(begin, end, strengths) for the stretches of [begin, end), all of them weights: those that stand apart, and the others.
template <typename F> inline void stretches_of_weights(const Objective& objective, Index begin, Index end, F f) {
    const Position *last = objective.apart.places + objective.apart.n,
                   *place = std::lower_bound(objective.apart.places, last, Position(begin));
    while (begin < end) {
        const Index next = place < last ? smaller(Index(*place), end) : end;
        if (begin < next) f(begin, next, Strengths{true, objective.l1, objective.l2});
        begin = next;
        while (begin < end && place < last && Index(*place) == begin) ++place, ++begin;
        if (next < begin) f(next, begin, Strengths{true, 0, objective.apart.l2});
    }
}

// Calls f(begin, end, strengths) for the stretches of θ.
template <typename F> inline void stretches_of_theta(const Plan& plan, const Objective& objective, Span mine, F f) {
    for (Index l = 0; l < plan.depth; ++l) {
        const Layer& layer = plan.layers[l];
        const Index first = larger(layer.weight, mine.begin), last = smaller(layer.bias, mine.end);
        if (first < last) stretches_of_weights(objective, first, last, f);
        const Index begin = larger(layer.bias, mine.begin), end = smaller(layer.bias + layer.rows, mine.end);
        if (begin < end) f(begin, end, Strengths{false, 0, 0});
    }
}

template <typename T> inline T shrunk(T w, T reach) {
    const T size = std::abs(w) - reach;
    return size > 0 ? (w > 0 ? size : -size) : T(0) * w;
}

template <typename T> struct Step {
    const Objective& objective;
    const Optimizer& rule;
    T* gradient;  // null: θ has had its step already, only the proximal step is left
    Index others, apart;  // how many more gradients have to be added, and how far apart they lie
    T *theta, *first, *second;
    double rate, t;
};

// g ← g + the other gradients, which follow it in memory, in their order
template <typename T> inline void add_up(T* __restrict g, Index others, Index apart, Span mine) {
    for (Index k = 1; k <= others; ++k) {
        const T* __restrict other = g + k * apart;
        for (Index i = mine.begin; i < mine.end; ++i) g[i] += other[i];
    }
}

template <typename T> void sgd(const Step<T>& step, Index begin, Index end, T l2) {
    const T rate = T(step.rate);
    for (Index i = begin; i < end; ++i) step.theta[i] -= rate * (step.gradient[i] + l2 * step.theta[i]);
}

template <typename T> void momentum(const Step<T>& step, Index begin, Index end, T l2) {
    const T rate = T(step.rate), mu = T(step.rule.momentum);
    T *__restrict theta = step.theta, *__restrict v = step.first;
    const T* __restrict g = step.gradient;
    for (Index i = begin; i < end; ++i) {
        v[i] = mu * v[i] - rate * (g[i] + l2 * theta[i]);
        theta[i] += v[i];
    }
}

template <typename T> void nesterov(const Step<T>& step, Index begin, Index end, T l2) {
    const T rate = T(step.rate), mu = T(step.rule.momentum);
    T *__restrict theta = step.theta, *__restrict v = step.first;
    const T* __restrict g = step.gradient;
    for (Index i = begin; i < end; ++i) {
        const T move = rate * (g[i] + l2 * theta[i]);
        v[i] = mu * v[i] - move;
        theta[i] += mu * v[i] - move;
    }
}

// the part of Adam's reach that all parameters share
template <typename T> inline T common_reach(const Step<T>& step) {
    return T(step.rate * std::sqrt(1 - std::pow(step.rule.beta2, step.t)));
}

template <typename T> void adam(const Step<T>& step, Index begin, Index end, T l2, T decay) {
    const T beta1 = T(step.rule.beta1), beta2 = T(step.rule.beta2), epsilon = T(step.rule.epsilon);
    const T rest1 = T(1 - step.rule.beta1), rest2 = T(1 - step.rule.beta2);
    const T reach = common_reach(step), started = T(1 - std::pow(step.rule.beta1, step.t));
    const T shrink = T(step.rate) * decay;
    T *__restrict theta = step.theta, *__restrict m = step.first, *__restrict v = step.second;
    const T* __restrict gradient = step.gradient;
    for (Index i = begin; i < end; ++i) {
        const T g = gradient[i] + l2 * theta[i];
        m[i] = beta1 * m[i] + rest1 * g;
        v[i] = beta2 * v[i] + rest2 * g * g;
        theta[i] -= reach / (std::sqrt(v[i]) + epsilon) * m[i] / started + shrink * theta[i];
    }
}

// The proximal step of λ‖W‖₁, as far as the rule reaches; a velocity learns of it.
template <typename T> void shrink_plainly(const Step<T>& step, Index begin, Index end) {
    const T reach = T(step.rate * step.objective.l1);
    for (Index i = begin; i < end; ++i) step.theta[i] = shrunk(step.theta[i], reach);
}

template <typename T> void shrink_with_velocity(const Step<T>& step, Index begin, Index end, double look_ahead) {
    const T reach = T((1 + look_ahead) * step.rate * step.objective.l1), share = T(1 + look_ahead);
    for (Index i = begin; i < end; ++i) {
        const T before = step.theta[i];
        step.theta[i] = shrunk(before, reach);
        step.first[i] += (step.theta[i] - before) / share;
    }
}

template <typename T> void shrink_with_moments(const Step<T>& step, Index begin, Index end) {
    const T l1 = T(step.objective.l1), epsilon = T(step.rule.epsilon), reach = common_reach(step);
    for (Index i = begin; i < end; ++i)
        step.theta[i] = shrunk(step.theta[i], reach / (std::sqrt(step.second[i]) + epsilon) * l1);
}

template <typename T> void proximal(const Step<T>& step, Index begin, Index end) {
    switch (step.rule.rule) {
    case Rule::sgd: return shrink_plainly(step, begin, end);
    case Rule::momentum: return shrink_with_velocity(step, begin, end, 0.0);
    case Rule::nesterov: return shrink_with_velocity(step, begin, end, step.rule.momentum);
    case Rule::adam: case Rule::adamw: return shrink_with_moments(step, begin, end);
    }
}

template <typename T> void move(const Step<T>& step, Index begin, Index end, const Strengths& on) {
    const T l2 = T(on.l2);
    switch (step.rule.rule) {
    case Rule::sgd: return sgd(step, begin, end, l2);
    case Rule::momentum: return momentum(step, begin, end, l2);
    case Rule::nesterov: return nesterov(step, begin, end, l2);
    case Rule::adam: return adam(step, begin, end, l2, T(0));
    case Rule::adamw: return adam(step, begin, end, l2, on.weights ? T(step.rule.decay) : T(0));
    }
}

template <typename T> void take_step(const Plan& plan, const Team& team, const Step<T>& step) {
    if (!step.gradient && step.objective.l1 == 0) return;
    together(team, plan.n_parameters > worth_sharing / 4, [&](int part, int parts) {
        const Span mine = share(plan.n_parameters, part, parts);
        add_up(step.gradient, step.others, step.apart, mine);
        stretches_of_theta(plan, step.objective, mine, [&](Index begin, Index end, const Strengths& on) {
            if (step.gradient) move(step, begin, end, on);
            if (on.l1 > 0) proximal(step, begin, end);
        });
    });
}

// How far a gradient of 1 would have moved a parameter in the step just made
template <typename T> struct Reach {
    bool has_moments;
    double common, epsilon;
    const T* second;

    explicit Reach(const Step<T>& step) : has_moments(step.rule.rule == Rule::adam || step.rule.rule == Rule::adamw),
          common(step.rate), epsilon(step.rule.epsilon), second(step.second) {
        if (step.rule.rule == Rule::nesterov) common *= 1 + step.rule.momentum;
        if (has_moments) common = common_reach(step);
    }

    double operator()(Index i) const { return has_moments ? common / (std::sqrt(double(second[i])) + epsilon) : common; }
};

// Σ f(i), i < n, in lanes
template <typename F> inline double in_lanes(Index n, F f) {
    constexpr Index N = line<double>;
    double sums[N] = {}, total = 0;
    Index i = 0;
    for (; i + N <= n; i += N)
        for (Index j = 0; j < N; ++j) sums[j] += f(i + j);
    for (; i < n; ++i) sums[0] += f(i);
    for (Index j = 0; j < N; ++j) total += sums[j];
    return total;
}

// ‖v‖ of the v that minimises Σ (v − w)²/(2 size) + ‖v‖, which is w t/(t + size); 0 where it is 0. By Newton's method for
// 1/‖w/(t + size)‖ = 1, which comes to t from below, and in one step where all sizes are alike.
template <typename T> inline double norm_left(const double* w, const double* size, Index n) {
    constexpr double precision = sizeof(T) == 4 ? 1e-9 : 1e-15;
    if (!(in_lanes(n, [&](Index i) { return (w[i] / size[i]) * (w[i] / size[i]); }) > 1)) return 0;
    double t = std::sqrt(in_lanes(n, [&](Index i) { return w[i] * w[i]; })) - *std::max_element(size, size + n);
    t = t > 0 ? t : 0;
    for (int k = 0; k < 50; ++k) {
        auto square = [&](Index i) { return (w[i] / (t + size[i])) * (w[i] / (t + size[i])); };
        const double norm2 = in_lanes(n, square), bent = in_lanes(n, [&](Index i) { return square(i) / (t + size[i]); });
        const double move = (std::sqrt(norm2) - 1) * norm2 / bent;
        t += move;
        if (!(std::abs(move) > precision * t)) break;
    }
    return t;
}

// The proximal step of the groups, as far as the rule reaches; a velocity learns of it. `scratch` holds two numbers a place.
template <typename T> void shrink_groups(const Team& team, const Step<T>& step, double* scratch) {
    const Groups& groups = step.objective.groups;
    if (groups.n == 0) return;
    const Reach<T> reach(step);
    const bool has_velocity = step.rule.rule == Rule::momentum || step.rule.rule == Rule::nesterov;
    const T ahead = step.rule.rule == Rule::nesterov ? T(1 + step.rule.momentum) : T(1);
    auto shrink = [&](Index g) {
        const Index begin = groups.starts[g], n = groups.starts[g + 1] - begin;
        const Position* at = groups.places + begin;
        double *w = scratch + 2 * begin, *size = w + n;
        for (Index i = 0; i < n; ++i) {
            w[i] = double(step.theta[at[i]]);
            size[i] = std::max(groups.strength[g] * reach(at[i]), std::numeric_limits<double>::min());
        }
        const double t = norm_left<T>(w, size, n);
        for (Index i = 0; i < n; ++i) {
            T& now = step.theta[at[i]];
            const T before = now;
            now = t > 0 ? T(w[i] * (t / (t + size[i]))) : T(0);
            if (has_velocity) step.first[at[i]] += (now - before) / ahead;
        }
    };
    together(team, groups.starts[groups.n] > worth_sharing / 16, [&](int part, int parts) {
        const Span mine = share(groups.n, part, parts);
        for (Index g = mine.begin; g < mine.end; ++g) shrink(g);
    });
}

// Σ_g strength‖θ_g‖
template <typename T> double penalty_of_groups(const T* theta, const Groups& groups) {
    double total = 0;
    for (Index g = 0; g < groups.n; ++g) {
        const Index begin = groups.starts[g], n = groups.starts[g + 1] - begin;
        auto square = [&](Index i) { return double(theta[groups.places[begin + i]]) * double(theta[groups.places[begin + i]]); };
        total += groups.strength[g] * std::sqrt(in_lanes(n, square));
    }
    return total;
}

// Σ|w| and Σw², in stretches of one length so that the bits do not depend on the team
constexpr Index penalty_stretch = 4096;

template <typename T> inline double penalty_of(const T* w, Index n, const Strengths& on) {
    constexpr Index N = line<T>;
    T sizes[N] = {}, squares[N] = {};
    Index i = 0;
    for (; i + N <= n; i += N)
        for (Index j = 0; j < N; ++j) {
            sizes[j] += std::abs(w[i + j]);
            squares[j] += w[i + j] * w[i + j];
        }
    for (; i < n; ++i) {
        sizes[0] += std::abs(w[i]);
        squares[0] += w[i] * w[i];
    }
    double size = 0, square = 0;
    for (Index j = 0; j < N; ++j) size += sizes[j], square += squares[j];
    return on.l1 * size + on.l2 / 2 * square;
}

// R(θ)
template <typename T> double penalty(const Plan& plan, const T* theta, const Objective& objective) {
    double total = penalty_of_groups(theta, objective.groups);
    if (objective.l1 == 0 && objective.l2 == 0 && objective.apart.n == 0) return total;
    stretches_of_theta(plan, objective, {0, plan.n_parameters}, [&](Index begin, Index end, const Strengths& on) {
        for (Index i = begin; on.weights && i < end; i += penalty_stretch)
            total += penalty_of(theta + i, smaller(penalty_stretch, end - i), on);
    });
    return total;
}

template <typename T> void add_smooth_slope(const Plan& plan, const T* theta, const Objective& objective, T* gradient) {
    if (objective.l2 == 0 && objective.apart.n == 0) return;
    stretches_of_theta(plan, objective, {0, plan.n_parameters}, [&](Index begin, Index end, const Strengths& on) {
        for (Index i = begin; on.weights && i < end; ++i) gradient[i] += T(on.l2) * theta[i];
    });
}

}  // namespace
}  // namespace HASSENET_LEVEL
}  // namespace hassenet
