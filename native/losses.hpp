// The last step of the network and the loss together, from the last signal s: L of each example, and δ = w ∂L/∂s.
//
// Canonical pairs are computed from the signal, so that no rounded number has its logarithm taken; others go through
// the chain rule. s and δ stand in the rows of the last rank. With heads, the outputs are blocks: each has the loss to itself,
// and its part of L has a weight; parts are blocks with losses of their own. Where y is NaN nothing was observed: that has no
// part in L, and its δ is 0.
#pragma once

#include <algorithm>

#include "gather.hpp"

namespace hassenet {
namespace HASSENET_LEVEL {
namespace {

template <typename T> struct Top {
    const Work<T>& work;
    const Objective* goal;
    T* prediction;  // n_outputs × stride
    T* value;       // L of each example
    T* spare;       // scratch like it
    Index first, outputs;
    Index column = 0;  // the first of the target's
    Index head = 0;
    T weight = T(1);   // of a head
    Index before = 0;  // of an output that is looked at alone: the outputs of its head before it

    T* s(Index k) const { return work.x_row(first + k); }
    T* delta(Index k) const { return work.delta_row(first + k); }
    T* y(Index k) const { return work.target + (column + k) * work.stride; }
    T* guess(Index k) const { return prediction + k * work.stride; }
    V<T> share(Index i) const { return load(work.share + i) * weight; }
    // What the loss has beside its name: one number for all outputs or heads, or one for each
    T shape(Index k) const { return T(goal->shape[goal->shape_size == 1 ? 0 : before + k]); }
    T shape_of_head() const { return T(goal->shape[goal->shape_size == 1 ? 0 : head]); }
    void add(Index i, V<T> loss) const { store(value + i, load(value + i) + loss * weight); }
};

// Of the head that an output belongs to
template <typename T> inline T weight_of(const Top<T>& top, Index output) {
    const Objective& o = *top.goal;
    return o.weights ? T(o.weights[output * o.heads / top.outputs]) : T(1);
}

// Calls f with each head; where the target has the columns of one head, all read those. A head of weight 0 is not there.
template <typename T, typename F> inline void each_head(const Top<T>& top, Span columns, F f) {
    const Objective& o = *top.goal;
    const Index k = top.outputs / o.heads;
    for (Index h = 0; h < o.heads; ++h) {
        Top<T> head = top;
        head.prediction = top.guess(h * k);
        head.first = top.first + h * k;
        head.outputs = k;
        head.head = h;
        head.column = top.column + (o.targets == top.outputs ? h * k : 0);
        head.weight = top.weight * weight_of(top, h * k);
        if (head.weight != T(0)) f(head);
        else
            for (Index j = 0; j < k; ++j) std::fill(head.delta(j) + columns.begin, head.delta(j) + columns.end, T(0));
    }
}

// Calls f with each part, as with a network that has these outputs alone; where there are none, with all outputs.
template <typename T, typename F> inline void each_part(const Top<T>& top, F f) {
    if (!top.goal->n_parts) return f(top);
    for (Index p = 0; p < top.goal->n_parts; ++p) {
        const Part& own = top.goal->parts[p];
        Top<T> part = top;
        part.goal = &own.objective;
        part.prediction = top.guess(own.first);
        part.first = top.first + own.first;
        part.outputs = own.outputs;
        part.column = own.column;
        part.weight = T(own.weight);
        f(part);
    }
}

// ---- gaps

// Whether a loss looks at the outputs of a head together, so that all or none of its targets are there
inline bool joins_outputs(Loss loss) { return loss == Loss::cross_entropy; }

// Whether NaN in y is a gap: where y is a δ, it is a number that was lost
inline bool knows_gaps(Loss loss) { return loss != Loss::linear; }

template <typename T> inline bool has_gaps(const Top<T>& head, Span columns) {
    Bits<T> gap{};
    for (Index k = 0; k < head.outputs; ++k)
        for (Index i = columns.begin; i < columns.end; i += lanes<T>) {
            V<T> y = load(head.y(k) + i);
            gap |= y != y;
        }
    bool any = false;
    for (Index j = 0; j < lanes<T>; ++j) any = any || gap[j];
    return any;
}

// Counts L and δ of what was computed of some outputs where their targets are there
template <typename T> inline void count_observed(const Top<T>& some, T* value, Span columns) {
    for (Index i = columns.begin; i < columns.end; ++i) {
        if (some.y(0)[i] == some.y(0)[i]) value[i] += some.spare[i];
        else
            for (Index k = 0; k < some.outputs; ++k) some.delta(k)[i] = T(0);
    }
}

// Calls f with a head, and where targets of it are missing with each output alone, whose loss is then counted where it was observed.
template <typename T, typename F> inline void observed(const Top<T>& head, Span columns, F f) {
    if (!knows_gaps(head.goal->loss) || !has_gaps(head, columns)) return f(head);
    const Index at_once = joins_outputs(head.goal->loss) ? head.outputs : 1;
    for (Index k = 0; k < head.outputs; k += at_once) {
        Top<T> some = head;
        some.prediction = head.guess(k);
        some.first = head.first + k;
        some.outputs = at_once;
        some.column = head.column + k;
        some.before = k;
        some.value = head.spare;
        std::fill(some.value + columns.begin, some.value + columns.end, T(0));
        f(some);
        count_observed(some, head.value, columns);
    }
}

// δ of what is missing is 0, be G′ infinite
template <typename T> inline void clear_gaps(const Top<T>& head, Span columns) {
    if (!has_gaps(head, columns)) return;
    for (Index k = 0; k < head.outputs; ++k)
        for (Index i = columns.begin; i < columns.end; ++i)
            if (head.y(k)[i] != head.y(k)[i]) head.delta(k)[i] = T(0);
}

template <typename T> struct Term { V<T> value, delta; };

// Losses that are sums over the outputs of f(s, y)
template <typename T, typename F> inline void summed(const Top<T>& top, Span columns, F f) {
    for (Index i = columns.begin; i < columns.end; i += lanes<T>) {
        V<T> total{}, w = top.share(i);
        for (Index k = 0; k < top.outputs; ++k) {
            Term<T> term = f(load(top.s(k) + i), load(top.y(k) + i));
            total += term.value;
            store(top.delta(k) + i, term.delta * w);
        }
        top.add(i, total);
    }
}

template <typename T> inline Term<T> squared_error(V<T> s, V<T> y) {
    V<T> r = s - y;
    return {r * r, T(2) * r};
}

template <typename T> inline Term<T> absolute_error(V<T> s, V<T> y) {
    V<T> r = s - y, zero{}, one = all<T>(1);
    return {absolute<T>(r), choose<T>(r > zero, one, choose<T>(r < zero, -one, r))};
}

// y softplus(−s) + (1 − y) softplus(s), and σ(s) − y = (1 − y) σ(s) − y σ(−s), which is not 0 where σ(s) is rounded to y;
// with one exponential
template <typename T> inline Term<T> binary_cross_entropy(V<T> s, V<T> y) {
    V<T> zero{}, e = exponential<T>(-absolute<T>(s)), log = log1p_unit<T>(e);
    V<T> above = choose<T>(s < zero, zero, s), below = choose<T>(s > zero, zero, -s);
    V<T> one = all<T>(1), p = choose<T>(s < zero, e, one) / (e + T(1)), q = choose<T>(s < zero, one, e) / (e + T(1));
    return {y * (below + log) + (T(1) - y) * (above + log), (T(1) - y) * p - y * q};
}

// sᵀy, y the δ of a loss that the core does not know
template <typename T> inline Term<T> linear(V<T> s, V<T> y) { return {s * y, y}; }

// so large that a million of them can still be added
template <typename T>
constexpr T large = (sizeof(T) == 4 ? T(3.40282346638528859812e38) : T(1.79769313486231570815e308)) / T(1 << 20);

template <typename T> inline Term<T> poisson(V<T> s, V<T> y) {
    V<T> mean = exponential<T>(s);
    mean = choose<T>(mean > all(large<T>), all(large<T>), mean);  // finite for every finite s
    return {mean - y * s, mean - y};
}

// (y + 1/α) softplus(t) − y s and σ(t)/α − y σ(−t) with t = s + log α, with one exponential
template <typename T> void negative_binomial(const Top<T>& top, Span columns) {
    for (Index i = columns.begin; i < columns.end; i += lanes<T>) {
        V<T> total{}, w = top.share(i), zero{}, one = all<T>(1);
        for (Index k = 0; k < top.outputs; ++k) {
            const T alpha = top.shape(k), r = T(1) / alpha;
            V<T> s = load(top.s(k) + i), y = load(top.y(k) + i), t = s + all(T(std::log(alpha)));
            V<T> e = exponential<T>(-absolute<T>(t)), above = choose<T>(t < zero, zero, t) + log1p_unit<T>(e);
            V<T> p = choose<T>(t < zero, e, one) / (e + T(1)), q = choose<T>(t < zero, one, e) / (e + T(1));
            total += (y + r) * above - y * s;
            store(top.delta(k) + i, (p * r - y * q) * w);
        }
        top.add(i, total);
    }
}

// q (y − s) where y is above, (1 − q) (s − y) below
template <typename T> void quantile(const Top<T>& top, Span columns) {
    const T q = top.shape_of_head();
    summed(top, columns, [q](V<T> s, V<T> y) {
        V<T> r = y - s, zero{};
        V<T> slope = choose<T>(r > zero, all(-q), choose<T>(r < zero, all(T(1) - q), r));  // r is 0, or NaN
        return Term<T>{-slope * r, slope};
    });
}

// ½(ν + 1) log(1 + u²) with u = (s − y)/(σ√ν); the square of a large u is not finite
template <typename T> void student_t(const Top<T>& top, Span columns) {
    const T half = T(top.goal->shape[0]), width = T(top.goal->shape[1]);
    summed(top, columns, [half, width](V<T> s, V<T> y) {
        V<T> u = (s - y) / width, a = absolute<T>(u), one = all<T>(1), zero{}, log;
        auto far = a > one;
        V<T> high = choose<T>(far, u, one), low = choose<T>(far, zero, u);
        for (Index j = 0; j < lanes<T>; ++j)
            log[j] = a[j] > T(1) ? T(2) * std::log(a[j]) + std::log1p(T(1) / a[j] / a[j]) : std::log1p(a[j] * a[j]);
        V<T> share = choose<T>(far, one / (high + one / high), low / (one + low * low));
        return Term<T>{log * half, share * (T(2) * half / width)};
    });
}

// log Σ e^s = max + log(1 + the others): the 1 is not added before the logarithm is taken; p − y = (1 − y) p − y (1 − p),
// where 1 − p of the highest is the sum of the others
template <typename T> void cross_entropy(const Top<T>& top, Span columns) {
    for (Index i = columns.begin; i < columns.end; i += lanes<T>) {
        V<T> most = load(top.s(0) + i), which{}, others{}, total{};
        for (Index k = 1; k < top.outputs; ++k) {
            V<T> s = load(top.s(k) + i);
            Bits<T> more = s > most;
            which = choose<T>(more, all(T(k)), which);
            most = choose<T>(more, s, most);
        }
        for (Index k = 0; k < top.outputs; ++k) {
            V<T> e = exponential<T>(load(top.s(k) + i) - most);
            store(top.delta(k) + i, e);
            others += choose<T>(which == all(T(k)), e - T(1), e);  // NaN is kept: e − 1 is 0 or NaN
        }
        V<T> log, w = top.share(i);
        for (Index j = 0; j < lanes<T>; ++j) log[j] = std::log1p(others[j]);
        for (Index k = 0; k < top.outputs; ++k) {
            V<T> y = load(top.y(k) + i), below = load(top.s(k) + i) - most;
            total += y * (log - below);
            V<T> p = load(top.delta(k) + i) / (others + T(1));
            V<T> rest = choose<T>(which == all(T(k)), others / (others + T(1)), T(1) - p);
            store(top.delta(k) + i, ((T(1) - y) * p - y * rest) * w);
        }
        top.add(i, total);
    }
}

// ½ rᵀPr and Pr with r = ŷ − y; `from` gives ŷ
template <typename T, typename F> void gaussian(const Top<T>& top, Span columns, F from) {
    const Objective& o = *top.goal;
    const bool multiple = o.shape_size == 1;
    for (Index i = columns.begin; i < columns.end; i += lanes<T>) {
        V<T> total{};
        for (Index k = 0; k < top.outputs; ++k) {
            V<T> d{};
            auto residual = [&](Index l) { return load(from(l) + i) - load(top.y(l) + i); };
            if (multiple) d = T(o.shape[0]) * residual(k);
            else for (Index l = 0; l < top.outputs; ++l) d += T(o.shape[k * top.outputs + l]) * residual(l);
            total += residual(k) * d;
            store(top.delta(k) + i, d * top.weight);
        }
        top.add(i, total * T(0.5));
    }
}

// ---- the chain rule: ∂L/∂ŷ of one output, with 0 log 0 = 0 and 0/0 = 0 as their limits

template <typename T> inline T x_log(T a, T b) { return a == T(0) && b == b ? T(0) : a * std::log(b); }
template <typename T> inline T ratio(T a, T b) { return a == T(0) ? T(0) : a / b; }

template <typename T> struct Scalar { T value, slope; };

template <typename T> inline Scalar<T> of_prediction(const Top<T>& top, Index k, T p, T y) {
    switch (top.goal->loss) {
    case Loss::squared_error: return {(p - y) * (p - y), 2 * (p - y)};
    case Loss::absolute_error: return {std::abs(p - y), T(p > y) - T(p < y)};
    case Loss::poisson: return {p - x_log(y, p), 1 - ratio(y, p)};
    case Loss::cross_entropy: return {-x_log(y, p), -ratio(y, p)};
    case Loss::binary_cross_entropy: {
        const T rest = 1 - y == T(0) && p == p ? T(0) : (1 - y) * std::log1p(-p);
        return {-(x_log(y, p) + rest), ratio(1 - y, 1 - p) - ratio(y, p)};
    }
    case Loss::negative_binomial: {
        const T a = top.shape(k);
        return {(y + 1 / a) * std::log1p(a * p) - x_log(y, p), (a * y + 1) / (1 + a * p) - ratio(y, p)};
    }
    case Loss::quantile: {
        const T q = top.shape_of_head(), r = y - p, slope = r > T(0) ? -q : r < T(0) ? 1 - q : r;
        return {-slope * r, slope};
    }
    case Loss::student_t: {
        const T half = T(top.goal->shape[0]), width = T(top.goal->shape[1]), u = (p - y) / width, a = std::abs(u);
        if (a > T(1)) return {half * (2 * std::log(a) + std::log1p(1 / a / a)), 2 * half / width / (u + 1 / u)};
        return {half * std::log1p(u * u), 2 * half / width * u / (1 + u * u)};
    }
    case Loss::linear: return {p * y, y};
    case Loss::gaussian: break;
    }
    return {};
}

template <typename T> void slopes(const Top<T>& top, Span columns) {
    if (top.goal->loss == Loss::gaussian) return gaussian(top, columns, [&](Index k) { return top.guess(k); });
    for (Index k = 0; k < top.outputs; ++k)
        for (Index i = columns.begin; i < columns.end; ++i) {
            Scalar<T> term = of_prediction(top, k, top.guess(k)[i], top.y(k)[i]);
            top.value[i] += term.value * top.weight;
            top.delta(k)[i] = term.slope * top.weight;
        }
}

// δ = (∂G/∂s)ᵀ ∂L/∂ŷ
template <typename T> void chain_rule(const Top<T>& top, Span columns) {
    const Work<T>& work = top.work;
    const Index begin = columns.begin, n = columns.end - columns.begin;
    const Index blocks = work.plan.softmax_blocks[work.plan.depth];
    auto slope = [&](Index k) { T* row = work.slope_row(top.first + k); return row ? row + begin : nullptr; };
    for (Index k = 0; k < top.outputs; ++k) {
        std::memcpy(top.guess(k) + begin, top.s(k) + begin, std::size_t(n) * sizeof(T));
        activate<T>(work.code(top.first + k), top.guess(k) + begin, slope(k), n);
    }
    if (blocks) softmax<T>(top.prediction, top.outputs, blocks, work.stride, begin, columns.end);
    each_head(top, columns, [&](const Top<T>& head) {
        observed(head, columns, [&](const Top<T>& some) { slopes(some, columns); });
    });
    if (blocks) pull_back_softmax<T>(top.delta(0), top.prediction, top.outputs, blocks, work.stride, begin, columns.end);
    for (Index k = 0; k < top.outputs; ++k) {
        if (!blocks && weight_of(top, k) == T(0)) continue;  // δ is 0 already, whatever G′ is
        pull_back<T>(work.code(top.first + k), top.delta(k) + begin, top.guess(k) + begin, slope(k), n);
        for (Index i = begin; i < columns.end; i += lanes<T>)
            store(top.delta(k) + i, load(top.delta(k) + i) * load(work.share + i));
    }
    if (!blocks) each_head(top, columns, [&](const Top<T>& head) { clear_gaps(head, columns); });
}

template <typename T> void canonical(const Top<T>& top, Span columns) {
    switch (top.goal->loss) {
    case Loss::squared_error: return summed(top, columns, squared_error<T>);
    case Loss::absolute_error: return summed(top, columns, absolute_error<T>);
    case Loss::binary_cross_entropy: return summed(top, columns, binary_cross_entropy<T>);
    case Loss::poisson: return summed(top, columns, poisson<T>);
    case Loss::cross_entropy: return cross_entropy(top, columns);
    case Loss::negative_binomial: return negative_binomial(top, columns);
    case Loss::quantile: return quantile(top, columns);
    case Loss::student_t: return student_t(top, columns);
    case Loss::linear: return summed(top, columns, linear<T>);
    case Loss::gaussian: break;
    }
    gaussian(top, columns, [&](Index k) { return top.s(k); });
    for (Index k = 0; k < top.outputs; ++k)
        for (Index i = columns.begin; i < columns.end; i += lanes<T>)
            store(top.delta(k) + i, load(top.delta(k) + i) * load(top.work.share + i));
}

// s + o in place of s
template <typename T> void add_offsets(const Top<T>& top, Span columns) {
    const Objective& o = *top.goal;
    for (Index k = 0; o.offsets && k < top.outputs; ++k) {
        const T* offset = top.y(o.targets + (o.offsets == 1 ? 0 : k));
        for (Index i = columns.begin; i < columns.end; i += lanes<T>) store(top.s(k) + i, load(top.s(k) + i) + load(offset + i));
    }
}

// δ of the top rank; returns Σᵢ wᵢ L
template <typename T> double top_delta(const Top<T>& top) {
    const Work<T>& work = top.work;
    together(work.team, 30 * top.outputs * work.padded > worth_sharing, [&](int part, int parts) {
        const Span some = share(work.padded / line<T>, part, parts);
        const Span columns{some.begin * line<T>, some.end * line<T>};
        std::fill(top.value + columns.begin, top.value + columns.end, T(0));
        add_offsets(top, columns);
        if (!top.goal->canonical) return chain_rule(top, columns);
        each_part(top, [&](const Top<T>& part) {
            each_head(part, columns, [&](const Top<T>& head) {
                observed(head, columns, [&](const Top<T>& some) { canonical(some, columns); });
            });
        });
    });
    for (Index k = 0; k < top.outputs; ++k)  // beyond the last example nothing may count
        for (Index i = work.n; i < work.padded; ++i) top.delta(k)[i] = 0;
    double cost = 0;
    for (Index i = 0; i < work.n; ++i) cost += double(top.value[i]) * double(work.share[i]);
    return cost;
}

}  // namespace
}  // namespace HASSENET_LEVEL
}  // namespace hassenet
