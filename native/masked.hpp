// Sparse layers that are dense enough run as matrix products with zeros off the covers.
//
// W is spread out before a step, and of the product's gradient the covers' entries are kept. Which layers do so is decided
// with the plan (hassenet.engines.plan), by a measured rule.
#pragma once

#include <algorithm>

#include "blas.hpp"

namespace hassenet {
namespace HASSENET_LEVEL {
namespace {

template <typename F> inline void each_product(const Plan& plan, F f) {
    for (Index l = 0; l < plan.depth; ++l)
        if (plan.layers[l].product) f(plan.layers[l]);
}

template <typename T> void spread_weights(const Work<T>& work, const T* theta) {
    each_product(work.plan, [&](const Layer& layer) {
        T* W = work.spread + layer.scratch;
        together(work.team, 4 * layer.covers > worth_sharing, [&](int part, int parts) {
            const Span mine = share(layer.covers, part, parts);
            for (Index c = mine.begin; c < mine.end; ++c) W[layer.slots[c]] = theta[layer.weight + c];
        });
        std::copy(theta + layer.bias, theta + layer.bias + layer.rows, W + layer.product->bias);
    });
}

// What the product's gradient holds at the covers, and its biases
template <typename T> void keep_covers(const Work<T>& work, const Layer& layer, const Target<T>& to) {
    const T* G = work.spread_slope + layer.scratch;
    T* out = to.out + layer.weight;
    together(work.team, 4 * layer.covers > worth_sharing, [&](int part, int parts) {
        const Span mine = share(layer.covers, part, parts);
        for (Index c = mine.begin; c < mine.end; ++c) out[c] = blended(to.alpha, G[layer.slots[c]], to.beta, out[c]);
    });
    T* b = to.out + layer.bias;
    for (Index k = 0; k < layer.rows; ++k) b[k] = blended(to.alpha, G[layer.product->bias + k], to.bias_beta, b[k]);
}

}  // namespace
}  // namespace HASSENET_LEVEL
}  // namespace hassenet
