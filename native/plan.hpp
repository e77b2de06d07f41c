// What the core is told: plain views of memory that somebody else owns and has checked.
//
// Rows are counted through all ranks, inputs first, relays left out: the reader of a relay reads its source's row, so
// relays cost nothing. Only plain data live here, since this header is compiled once for each instruction level.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hassenet {

using Index = std::int64_t;
using Row = std::int32_t;
using Near = std::uint16_t;
using Position = std::uint32_t;  // a place in θ

enum class Code : std::uint8_t {
    identity, relu, leaky_relu, sigmoid, tanh, softplus, elu, gelu, silu, exp, softmax,
    kept_slope  // no activation: on the way back, G′ is read where it was kept, whatever G is
};

// Whether x = G(s) does not tell G′, so that it is kept on the way forward
static constexpr bool keeps_slope(Code code) { return code == Code::gelu || code == Code::silu; }

enum class Loss : int {
    squared_error, binary_cross_entropy, cross_entropy, poisson, absolute_error, gaussian, negative_binomial, quantile, student_t, linear
};

enum class Rule : int { sgd, momentum, nesterov, adam, adamw };

// The columns of a complete layer whose sources stand in one rank.
struct Block {
    Index rank, size;
    const Row* columns;  // places in a row of W
    const Row* sources;  // global rows
};

struct Layer {
    bool complete;
    bool consecutive;        // complete: sources[j] = sources[0] + j
    Index rows, first_row;   // free elements of the upper rank
    Index columns;           // complete: the length of a row of W
    const Row* sources;      // complete: one a column; sparse: one a cover, null where 16 bits are enough:
    const Near* near_sources;  // then counted from `base`
    Index base;
    const Index* starts;     // sparse: where each row's covers begin, rows + 1 of them
    Index covers;
    Index weight, bias;      // places in θ
    Index n_blocks;
    const Block* blocks;
    // Sparse, but dense enough to be faster as a matrix product: the same layer as a complete one, whose W, 0 off the
    // covers, and b stand in scratch memory from `scratch` on. `slots` are the covers' places in that W.
    const Layer* product;
    const Row* slots;
    Index scratch;
};

inline const Layer& as_run(const Layer& layer) { return layer.product ? *layer.product : layer; }

// The BLAS's C ← αAB + βC (Fortran order, 32-bit integers); null where there is none.
template <typename T>
using Gemm = void (*)(char*, char*, int*, int*, int*, T*, T*, int*, T*, int*, T*, T*, int*);

struct Products {
    Gemm<float> single;
    Gemm<double> twice;
};

struct Plan {
    const Products* products;
    Index depth, n_rows, n_parameters, scratch;
    const Layer* layers;
    const Index* rank_start;   // depth + 2 rows: rank i holds rank_start[i] … rank_start[i + 1] − 1
    const std::uint8_t* codes; // the activation of each row
    const std::uint8_t* keeps_slope;  // of each rank: G′ has to be kept, because x does not tell it
    const std::uint8_t* is_softmax;   // of each rank
    const Index* softmax_blocks;      // of each rank: into how many blocks of one size its softmax falls; 0 without one
    bool inputs_are_read_above;       // by layers other than the first
    // covers of sparse layers by the lower element
    const Index* up_starts;
    const Row* up_rows;        // counted from the first row above the inputs; null where 16 bits are enough:
    const Near* near_up_rows;
    const Position* up_positions;
};

enum class Type : int { float32, float64, int8, uint8, int16, int32, int64 };

struct Beside;

// A matrix as it came: any strides (counted in elements), or compressed rows.
struct Matrix {
    const void* data;
    Type type;
    Index rows, columns, row_stride, column_stride;
    const void* starts;   // CSR where not null
    const void* indices;
    bool wide;            // CSR indices of 64 bits
    Index stored;         // CSR: entries
    const Beside* beside; // what belongs to columns that are held in one block beside others; else null
};

// Of features some of which are a block of whole numbers of one byte, as genotypes: what these are made into, the other
// features, and which rows are those of the examples, where they are not all.
struct Beside {
    Index columns;          // of the block
    const Index* features;  // which feature each of them is
    const double* table;    // of each column what low, low + 1, … become; null where numbers stay as they are
    Index low, values;      // values: a power of two
    const Index* rows;      // the row of the block of each example; null where it is its number
    Index others;
    const Index* places;    // which feature each of the others is
    const void* data;
    Type type;
    Index row_stride, column_stride;
};

// Weights that vanish together: R = Σ strength‖θ_g‖ over groups of places in θ, which have no place in common.
struct Groups {
    Index n;
    const Position* places;   // group after group
    const Index* starts;      // n + 1: where each begins among the places
    const double* strength;
};

// Weights with a penalty of their own, (λ/2)w² each, in which neither λ₁ nor λ₂ has a part.
struct Apart {
    Index n;
    const Position* places;   // in rising order
    double l2;
};

struct Part;

struct Objective {
    Loss loss;
    bool canonical;
    const double* shape;      // Σ⁻¹, α, q of each head, or ½(ν + 1) and σ√ν
    Index shape_size;         // 1 for a multiple of the identity, or an α for all outputs
    double l1, l2;
    const double* weights;    // v of each head; null: one head of weight 1
    Index heads;              // blocks of outputs
    Index targets;            // columns of Y: those of all outputs, or of one head
    Groups groups;
    Apart apart;
    Index offsets;            // further columns of Y, which are added to the signals: none, one for all outputs, or one each
    Index n_parts;            // where blocks of outputs have losses of their own: how many, and which
    const Part* parts;
    const std::int8_t* signs; // of each place in θ: 1 or −1 where a weight keeps that sign, else 0; null: none does
};

// A block of outputs with a loss of its own, compared with some columns of Y
struct Part {
    Objective objective;
    Index first, outputs, column;
    double weight;
};

struct Optimizer {
    Rule rule;
    double momentum, beta1, beta2, epsilon, decay;
};

// The caller wants no more steps.
struct Stopped {};

// A team runs task(argument, part, parts) once for each part.
struct Team {
    int size;
    void* self;
    void (*run)(void* self, void (*task)(void*, int, int), void* argument);
};

// Scratch memory is asked for once a call, by size in bytes.
struct Arena {
    void* self;
    void* (*get)(void* self, std::size_t bytes);
};

struct Data {
    Matrix X, Y;
    bool classes;          // Y has one column in memory, the number of the class, which stands for Y.columns of 0 and 1
    const double* weight;  // may be null
    const Index* order;    // may be null: all examples as they stand
    Index n;               // how many examples
    // called once for some hundreds of examples, never between a step's first change of θ and its last; may throw
    void (*pulse)(const bool* stop);
    const bool* stop;      // Stopped is thrown where this has become true; may be null
};

// A mask is a function of seed, step, neuron and example.
struct Dropout {
    const double* rates;     // of ranks 0 … depth − 1; null: none
    std::uint64_t seed;
    Index step;              // the number of the first step
    const Index* examples;   // the number of each example of the call
    const std::uint8_t* spared;  // of each input, whether it is never dropped; null: none is
};

struct Training {
    const double* rates;
    Index steps, batch_size;
    Optimizer optimizer;
    Dropout dropout;
    void* state[3];
    double* costs;
};

// The calls, for one number type at one instruction level.
template <typename T>
struct Calls {
    void (*forward)(const Plan&, const T* theta, const Data&, Index rank, const Row* places, Index n_places, T* out,
                    const Team&, const Arena&);
    double (*cost)(const Plan&, const T* theta, const Data&, const Objective&, const Team&, const Arena&);
    double (*gradient)(const Plan&, const T* theta, const Data&, const Objective&, const Dropout&, T* gradient,
                       const Team&, const Arena&);
    Index (*train)(const Plan&, T* theta, const Data&, const Objective&, const Training&, const Team&, const Arena&);
};

struct Level {
    const char* name;
    Calls<float> single;
    Calls<double> twice;
};

}  // namespace hassenet
