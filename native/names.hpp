// What activations, losses and rules are called in Python, beside their numbers here.
#pragma once

#include <algorithm>
#include <iterator>

#include "plan.hpp"

namespace hassenet {

struct Named {
    const char* name;
    int number;
};

constexpr Named activations[] = {
    {"identity", int(Code::identity)}, {"relu", int(Code::relu)},         {"leaky_relu", int(Code::leaky_relu)},
    {"sigmoid", int(Code::sigmoid)},   {"tanh", int(Code::tanh)},         {"softplus", int(Code::softplus)},
    {"elu", int(Code::elu)},           {"gelu", int(Code::gelu)},         {"silu", int(Code::silu)},
    {"exp", int(Code::exp)},           {"softmax", int(Code::softmax)},
};

constexpr Named losses[] = {
    {"squared_error", int(Loss::squared_error)}, {"binary_cross_entropy", int(Loss::binary_cross_entropy)},
    {"cross_entropy", int(Loss::cross_entropy)}, {"poisson", int(Loss::poisson)},
    {"absolute_error", int(Loss::absolute_error)}, {"gaussian", int(Loss::gaussian)},
    {"negative_binomial", int(Loss::negative_binomial)}, {"quantile", int(Loss::quantile)},
    {"student_t", int(Loss::student_t)}, {"linear", int(Loss::linear)},
};

constexpr Named rules[] = {
    {"sgd", int(Rule::sgd)},   {"momentum", int(Rule::momentum)}, {"nesterov", int(Rule::nesterov)},
    {"adam", int(Rule::adam)}, {"adamw", int(Rule::adamw)},
};

// Whether a table has a row of that number
template <std::size_t n> bool is_named(const Named (&table)[n], int number) {
    return std::any_of(std::begin(table), std::end(table), [number](const Named& row) { return row.number == number; });
}

}  // namespace hassenet
