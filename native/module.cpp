// The boundary: what comes from Python is checked here, so that nothing behind it can read or write out of bounds.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <chrono>
#include <thread>

#if defined(__GLIBCXX__)
#include <cxxabi.h>
#endif

#include "levels.hpp"
#include "owned_plan.hpp"
#include "team.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace hassenet {
namespace {

using Input = nb::ndarray<nb::ro, nb::device::cpu>;
using Output = nb::ndarray<nb::c_contig, nb::device::cpu>;
template <typename S> using Vector = nb::ndarray<const S, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

const Level* level = usable_levels().front();

template <typename S, typename A> bool is(const A& array) { return array.dtype() == nb::dtype<S>(); }

// A number that does not lie at a multiple of its size is read by no kernel.
template <typename A> void check_aligned(const A& array) {
    require(reinterpret_cast<std::uintptr_t>(array.data()) % ((array.dtype().bits + 7) / 8) == 0, "arrays are aligned to the size of their numbers");
}

template <typename A> Type type_of(const A& array) {
    check_aligned(array);
    if (is<float>(array)) return Type::float32;
    if (is<double>(array)) return Type::float64;
    if (is<std::int8_t>(array)) return Type::int8;
    if (is<std::uint8_t>(array)) return Type::uint8;
    if (is<std::int16_t>(array)) return Type::int16;
    if (is<std::int32_t>(array)) return Type::int32;
    if (is<std::int64_t>(array)) return Type::int64;
    throw std::invalid_argument("data are float32, float64 or int8, uint8, int16, int32, int64");
}

Matrix matrix_of(const Input& array) {
    require(array.ndim() == 2, "data have a row an example and a column a feature");
    return {array.data(), type_of(array), Index(array.shape(0)), Index(array.shape(1)), array.stride(0), array.stride(1),
            nullptr, nullptr, false, 0, nullptr};
}

// A class number an example, in place of a row of 0 and 1; how many classes there are is known by the outputs.
Matrix classes_of(const Input& array) {
    const Type type = type_of(array);
    require(type != Type::float32 && type != Type::float64, "class numbers are whole numbers");
    return {array.data(), type, Index(array.shape(0)), 0, array.stride(0), 0, nullptr, nullptr, false, 0, nullptr};
}

template <typename S> void check_classes(const Data& data) {
    const S* number = static_cast<const S*>(data.Y.data);
    for (Index i = 0; i < data.n; ++i) {
        const Index k = Index(number[(data.order ? data.order[i] : i) * data.Y.row_stride]);
        require(k >= 0 && k < data.Y.columns, "a class number is that of an output");
    }
}

// X dense, or (data, indices, indptr, rows, columns), or (bytes, features, table, low, rows, others, places).
struct Features {
    Matrix view;
    Index stored = 0;
    Input data, indices, starts, others;
    Vector<Index> features, rows, places;
    nb::ndarray<const double, nb::ndim<2>, nb::c_contig, nb::device::cpu> table;
    Beside beside{};

    Features(const Features&) = delete;  // the view points into it
    Features& operator=(const Features&) = delete;

    explicit Features(nb::handle X) {
        if (!nb::isinstance<nb::tuple>(X)) {
            data = nb::cast<Input>(X, false);
            view = matrix_of(data);
            return;
        }
        auto parts = nb::cast<nb::tuple>(X);
        if (parts.size() == 7) {
            side_by_side(parts);
            return;
        }
        require(parts.size() == 5, "compressed rows are (data, indices, indptr, rows, columns)");
        data = nb::cast<Input>(parts[0], false);
        indices = nb::cast<Input>(parts[1], false);
        starts = nb::cast<Input>(parts[2], false);
        compressed(nb::cast<Index>(parts[3]), nb::cast<Index>(parts[4]));
    }

private:
    static void check_flat(const Input& array) {
        require(array.ndim() == 1 && (array.shape(0) < 2 || array.stride(0) == 1), "compressed rows are flat arrays");
        check_aligned(array);
    }

    void compressed(Index rows, Index columns) {
        for (const Input* array : {&data, &indices, &starts}) check_flat(*array);
        const bool wide = is<std::int64_t>(indices);
        require(wide ? is<std::int64_t>(starts) : is<std::int32_t>(indices) && is<std::int32_t>(starts),
                "indices and indptr are both int32 or both int64");
        require(rows >= 0 && columns >= 0 && Index(starts.shape(0)) - 1 == rows && data.shape(0) == indices.shape(0),
                "indptr has an entry more than rows, data and indices are of one length");
        stored = Index(data.shape(0));
        view = {data.data(), type_of(data), rows, columns, 0, 0, starts.data(), indices.data(), wide, stored, nullptr};
    }

    template <typename S> static const S* kept(Vector<S>& array, nb::handle given, Index size, const char* what) {
        if (given.is_none()) return nullptr;
        array = nb::cast<Vector<S>>(given, false);
        check_aligned(array);
        require(size < 0 || Index(array.shape(0)) == size, what);
        return array.data();
    }

    static void check_within(const Vector<Index>& numbers, Index end, const char* what) {
        for (Index k = 0; k < Index(numbers.shape(0)); ++k) require(numbers.data()[k] >= 0 && numbers.data()[k] < end, what);
    }

    void look_up(nb::handle given, Index low) {
        table = nb::cast<decltype(table)>(given, false);
        check_aligned(table);
        beside.values = Index(table.shape(1));
        require(Index(table.shape(0)) == beside.columns && beside.values > 0 && (beside.values & (beside.values - 1)) == 0,
                "a table has a row a column of the block, of a power of two values");
        beside.table = table.data();
        beside.low = low;
    }

    void side_by_side(const nb::tuple& parts) {
        data = nb::cast<Input>(parts[0], false);
        others = nb::cast<Input>(parts[5], false);
        const Matrix block = matrix_of(data), rest = matrix_of(others);
        require(block.type == Type::int8 || block.type == Type::uint8, "a block beside others is of whole numbers of one byte");
        const Index all = block.columns + rest.columns;
        beside.columns = block.columns;
        beside.features = kept(features, parts[1], block.columns, "each column of the block is a feature");
        beside.rows = kept(rows, parts[4], -1, "rows are numbers");
        beside.others = rest.columns;
        beside.places = kept(places, parts[6], rest.columns, "each of the other columns is a feature");
        beside.data = rest.data;
        beside.type = rest.type;
        beside.row_stride = rest.row_stride;
        beside.column_stride = rest.column_stride;
        require(beside.features && beside.places, "columns are features");
        if (!parts[2].is_none()) look_up(parts[2], nb::cast<Index>(parts[3]));
        check_within(features, all, "a feature is one of all columns");
        check_within(places, all, "a feature is one of all columns");
        if (beside.rows) check_within(rows, block.rows, "a row is one of the block");
        view = block;
        view.rows = beside.rows ? Index(rows.shape(0)) : block.rows;
        require(view.rows == rest.rows, "columns side by side are of the same examples");
        view.columns = all;
        view.beside = &beside;
    }
};

template <typename I> void check_compressed(const Features& X, const Data& data) {
    const I *starts = static_cast<const I*>(X.view.starts), *indices = static_cast<const I*>(X.view.indices);
    for (Index i = 0; i < data.n; ++i) {
        const Index row = data.order ? data.order[i] : i;
        const Index begin = Index(starts[row]), end = Index(starts[row + 1]);
        require(0 <= begin && begin <= end && end <= X.stored, "indptr rises from 0 to the number of entries");
        for (Index c = begin; c < end; ++c)
            require(indices[c] >= 0 && Index(indices[c]) < X.view.columns, "an index is outside of the columns");
    }
}

// Rows that are asked for are there, and entries of compressed rows stand in columns that are there.
void check_rows(const Features& X, const Data& data) {
    for (Index i = 0; data.order && i < data.n; ++i)
        if (data.order[i] < 0 || data.order[i] >= X.view.rows) throw std::out_of_range("order names a row that is not there");
    if (X.view.starts) X.view.wide ? check_compressed<std::int64_t>(X, data) : check_compressed<std::int32_t>(X, data);
    if (!data.classes) return;
    switch (data.Y.type) {
    case Type::int8: return check_classes<std::int8_t>(data);
    case Type::uint8: return check_classes<std::uint8_t>(data);
    case Type::int16: return check_classes<std::int16_t>(data);
    case Type::int32: return check_classes<std::int32_t>(data);
    default: return check_classes<std::int64_t>(data);
    }
}

// A thread that wants the GIL while the interpreter ends is made to exit by Python before 3.14, which in C++ unwinds the
// stack and meets a noexcept destructor: the process would abort. It waits for the end of the process instead.
template <typename F> void take_gil(F f) {
#if defined(__GLIBCXX__)
    try {
        f();
    } catch (abi::__forced_unwind&) {
        for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
    }
#else
    f();
#endif
}

class WithoutGil {
public:
    WithoutGil() : state_(PyEval_SaveThread()) {}
    WithoutGil(const WithoutGil&) = delete;
    WithoutGil& operator=(const WithoutGil&) = delete;
    ~WithoutGil() {
        take_gil([&] { PyEval_RestoreThread(state_); });
    }

private:
    PyThreadState* state_;
};

// Lets Python hear signals from time to time; what a handler raises ends the call, and so does the flag that it may set.
void hear_signals(const bool* stop) {
    using Clock = std::chrono::steady_clock;
    if (stop && __atomic_load_n(stop, __ATOMIC_RELAXED)) throw Stopped{};
    thread_local Clock::time_point next{};
    const auto now = Clock::now();
    if (now < next) return;
    next = now + std::chrono::milliseconds(50);
    PyGILState_STATE state{};
    take_gil([&] { state = PyGILState_Ensure(); });
    const bool raised = PyErr_CheckSignals() != 0;
    const bool stopped = !raised && stop && *stop;
    if (!raised) PyGILState_Release(state);
    if (stopped) throw Stopped{};
    if (!raised) return;
    nb::python_error error;
    PyGILState_Release(state);
    throw error;
}

Data data_of(const OwnedPlan& plan, const Features& X, const Input* Y, const nb::object& weight, Vector<double>& w) {
    Data data{};
    data.X = X.view;
    require(X.view.columns == plan.inputs(), "X has a column an input");
    data.n = X.view.rows;
    data.pulse = hear_signals;
    if (Y) {
        data.classes = Y->ndim() == 1;
        data.Y = data.classes ? classes_of(*Y) : matrix_of(*Y);
        require(data.classes || data.Y.columns > 0, "Y has a column an output, or one an output of a head");
        require(data.Y.rows == X.view.rows, "Y has a row an example");
    }
    if (!weight.is_none()) {
        w = nb::cast<Vector<double>>(weight, false);
        require(Index(w.shape(0)) == X.view.rows, "there is one weight an example");
        check_aligned(w);
        data.weight = w.data();
    }
    return data;
}

// (loss, canonical, Σ⁻¹, α, q, (½(ν + 1), σ√ν) or None, λ₁, λ₂, weights of the heads or None, groups or None, columns of
// offsets, parts or None, signs or None, apart or None) for outputs, the columns of Y (0 where class numbers stand for
// those of a head) and the length of θ; groups are (places, starts, strengths), a part is (first, outputs, column,
// targets, weight, an objective), signs are one a place, weights that stand apart (places, strength)
struct Goal {
    Objective view{};
    Vector<double> shape, weights, strength;
    Vector<Position> places, apart;
    Vector<Index> starts;
    Vector<std::int8_t> signs;
    std::vector<std::unique_ptr<Goal>> goals;
    std::vector<Part> parts_;

    Goal(const nb::tuple& parts, Index outputs, Index targets, Index n_parameters) {
        require(parts.size() == 11, "an objective has eleven parts");
        const Index offsets = nb::cast<Index>(parts[7]);
        require(offsets == 0 || offsets == 1 || offsets == outputs, "there is one offset for all outputs, or one an output");
        require(offsets == 0 || targets > offsets, "offsets stand beside targets");
        targets -= offsets;
        const int loss = nb::cast<int>(parts[0]);
        require(is_named(losses, loss), "no such loss");
        view = {Loss(loss), nb::cast<bool>(parts[1]), nullptr, 0, nb::cast<double>(parts[3]), nb::cast<double>(parts[4]),
                nullptr, 1, targets, {}, {}, offsets, 0, nullptr, nullptr};
        if (!parts[6].is_none()) take_groups(nb::cast<nb::tuple>(parts[6]), n_parameters);
        if (!parts[9].is_none()) take_signs(parts[9], n_parameters);
        if (!parts[10].is_none()) take_apart(nb::cast<nb::tuple>(parts[10]), n_parameters);
        if (!parts[8].is_none()) {
            take_parts(nb::cast<nb::list>(parts[8]), outputs, targets);
            return;
        }
        if (!parts[5].is_none()) take_weights(parts[5], outputs);
        if (targets == 0) view.targets = targets = outputs / view.heads;
        require(targets == outputs || targets == outputs / view.heads, "Y has a column an output, or one an output of a head");
        if (!parts[2].is_none()) take_shape(parts[2]);
        require(view.shape_size == 0 || has_shape(outputs / view.heads), "a loss has what its table says beside its name");
        require(view.shape_size > 0 || !needs_shape(), "a loss has what its table says beside its name");
    }

    // The columns of Y: targets and offsets
    Index columns() const { return view.targets + view.offsets; }

private:
    void take_parts(const nb::list& given, Index outputs, Index targets) {
        require(view.canonical, "parts have canonical outputs");
        for (nb::handle one : given) {
            auto part = nb::cast<nb::tuple>(one);
            require(part.size() == 6, "a part is (first, outputs, column, targets, weight, an objective)");
            const Index first = nb::cast<Index>(part[0]), n = nb::cast<Index>(part[1]);
            const Index column = nb::cast<Index>(part[2]), width = nb::cast<Index>(part[3]);
            require(first >= 0 && n > 0 && n <= outputs - first, "a part is a block of outputs");
            require(column >= 0 && width > 0 && width <= targets - column, "a part is compared with columns of Y");
            goals.push_back(std::make_unique<Goal>(nb::cast<nb::tuple>(part[5]), n, width, 0));
            const Objective& own = goals.back()->view;
            require(own.canonical && own.n_parts == 0 && own.offsets == 0, "a part has no parts or offsets itself");
            parts_.push_back({own, first, n, column, nb::cast<double>(part[4])});
        }
        view.n_parts = Index(parts_.size());
        view.parts = parts_.data();
    }

    void take_groups(const nb::tuple& given, Index n_parameters) {
        require(given.size() == 3, "groups are (places, starts, strengths)");
        places = nb::cast<Vector<Position>>(given[0], false);
        starts = nb::cast<Vector<Index>>(given[1], false);
        strength = nb::cast<Vector<double>>(given[2], false);
        const Index n = Index(strength.shape(0)), k = Index(places.shape(0));
        require(Index(starts.shape(0)) == n + 1 && starts(0) == 0 && starts(n) == k, "starts are those of groups that hold all places");
        for (Index g = 0; g < n; ++g) require(starts(g) < starts(g + 1), "a group has a place or more");
        std::vector<bool> taken(std::size_t(n_parameters), false);
        for (Index i = 0; i < k; ++i) {
            require(Index(places(i)) < n_parameters && !taken[places(i)], "a place is one of θ, and in one group");
            taken[places(i)] = true;
        }
        view.groups = {n, places.data(), starts.data(), strength.data()};
    }

    void take_signs(nb::handle given, Index n_parameters) {
        signs = nb::cast<Vector<std::int8_t>>(given, false);
        require(Index(signs.shape(0)) == n_parameters, "there is one sign a parameter");
        for (Index i = 0; i < n_parameters; ++i) require(signs(i) >= -1 && signs(i) <= 1, "a sign is 1, -1 or 0");
        view.signs = signs.data();
    }

    void take_apart(const nb::tuple& given, Index n_parameters) {
        require(given.size() == 2, "weights that stand apart are (places, strength)");
        apart = nb::cast<Vector<Position>>(given[0], false);
        const Index n = Index(apart.shape(0));
        for (Index i = 0; i < n; ++i)
            require(Index(apart(i)) < n_parameters && (i == 0 || apart(i - 1) < apart(i)), "places are those of θ, and rise");
        view.apart = {n, apart.data(), nb::cast<double>(given[1])};
    }

    void take_weights(nb::handle given, Index outputs) {
        weights = nb::cast<Vector<double>>(given, false);
        view.weights = weights.data();
        view.heads = Index(weights.shape(0));
        require(view.heads > 0 && outputs % view.heads == 0, "heads are blocks of outputs of one size");
    }

    void take_shape(nb::handle given) {
        shape = nb::cast<Vector<double>>(given, false);
        view.shape = shape.data();
        view.shape_size = Index(shape.shape(0));
    }

    bool needs_shape() const {
        return view.loss == Loss::gaussian || view.loss == Loss::negative_binomial || view.loss == Loss::quantile ||
               view.loss == Loss::student_t;
    }

    // Whether as many numbers are given as the loss reads, with k outputs a head
    bool has_shape(Index k) const {
        const Index n = view.shape_size;
        switch (view.loss) {
        case Loss::gaussian: return n == 1 || n == k * k;
        case Loss::negative_binomial: return n == 1 || n == k;
        case Loss::quantile: return n == 1 || n == view.heads;
        case Loss::student_t: return n == 2;
        default: return false;
        }
    }
};

Optimizer optimizer_of(const nb::tuple& parts) {
    require(parts.size() == 6, "an optimizer has six parts");
    const int rule = nb::cast<int>(parts[0]);
    require(is_named(rules, rule), "no such optimizer");
    return {Rule(rule), nb::cast<double>(parts[1]), nb::cast<double>(parts[2]), nb::cast<double>(parts[3]),
            nb::cast<double>(parts[4]), nb::cast<double>(parts[5])};
}

template <typename A> void check_flat(const A& array, Index n, bool single, const char* rule) {
    require(array.ndim() == 1 && Index(array.shape(0)) == n && (single ? is<float>(array) : is<double>(array)), rule);
    require(array.shape(0) < 2 || array.stride(0) == 1, "parameters lie side by side in memory");
    check_aligned(array);
}

// θ may be read-only where it is only read.
template <typename A> bool check_theta(const OwnedPlan& plan, const A& theta) {
    const bool single = is<float>(theta);
    check_flat(theta, plan.view().n_parameters, single, "theta has one entry a cover and a bias, float32 or float64");
    return single;
}

inline void check_members(int members) { require(members >= 0 && members <= 1024, "there are 1 to 1024 threads, or 0 for the usual number"); }

// Scratch memory and a team for the time of a call, without the GIL.
class Running {
public:
    Running(OwnedPlan& plan, int members) : plan_(plan), scratch_(plan.borrow()), hired_(members) {}
    ~Running() { plan_.give_back(std::move(scratch_)); }
    Team team() const { return hired_.team(); }
    Arena arena() { return scratch_->arena(); }

private:
    OwnedPlan& plan_;
    std::unique_ptr<Scratch> scratch_;
    Hired hired_;
};

void forward(OwnedPlan& plan, const Input& theta, nb::object X, Index rank, const Vector<Row>& places, const Output& out,
             int members) {
    check_members(members);
    const Features features(X);
    Vector<double> none;
    const Data data = data_of(plan, features, nullptr, nb::none(), none);
    const bool single = check_theta(plan, theta);
    require(rank >= 0 && rank <= plan.view().depth, "no such rank");
    const Index n = Index(places.shape(0));
    for (Index k = 0; k < n; ++k)
        require(places(k) >= 0 && places(k) < plan.view().rank_start[rank + 1], "a place is a row of the rank or below");
    require(out.ndim() == 2 && Index(out.shape(0)) == data.n && Index(out.shape(1)) == n && is<float>(out) == single &&
                (single || is<double>(out)), "out has a row an example and a column a place, in the type of theta");
    check_aligned(out);
    check_aligned(places);
    const Row* rows = places.data();
    const WithoutGil without;
    check_rows(features, data);
    Running running(plan, members);
    if (single)
        level->single.forward(plan.view(), static_cast<const float*>(theta.data()), data, rank, rows, n,
                              static_cast<float*>(out.data()), running.team(), running.arena());
    else
        level->twice.forward(plan.view(), static_cast<const double*>(theta.data()), data, rank, rows, n,
                             static_cast<double*>(out.data()), running.team(), running.arena());
}

double cost(OwnedPlan& plan, const Input& theta, nb::object X, const Input& Y, nb::object weight, nb::tuple objective,
            int members) {
    check_members(members);
    const Features features(X);
    Vector<double> w;
    Data data = data_of(plan, features, &Y, weight, w);
    const Goal goal(objective, plan.outputs(), data.Y.columns, plan.view().n_parameters);
    data.Y.columns = goal.columns();
    const bool single = check_theta(plan, theta);
    const WithoutGil without;
    check_rows(features, data);
    Running running(plan, members);
    if (single)
        return level->single.cost(plan.view(), static_cast<const float*>(theta.data()), data, goal.view, running.team(),
                                  running.arena());
    return level->twice.cost(plan.view(), static_cast<const double*>(theta.data()), data, goal.view, running.team(),
                             running.arena());
}

// (rates of ranks 0 … depth − 1, seed, number of the first step, numbers of the examples, which inputs are never dropped or
// None), or None
struct Masks {
    Dropout view{};
    Vector<double> rates;
    Vector<Index> examples;
    Vector<std::uint8_t> spared;

    Masks(const nb::object& given, const OwnedPlan& plan, Index n) {
        if (given.is_none()) return;
        auto parts = nb::cast<nb::tuple>(given);
        require(parts.size() == 5, "dropout is (rates, seed, step, examples, spared)");
        rates = nb::cast<Vector<double>>(parts[0], false);
        examples = nb::cast<Vector<Index>>(parts[3], false);
        require(Index(rates.shape(0)) == plan.view().depth, "there is a rate of dropout for each rank below the output");
        for (Index i = 0; i < plan.view().depth; ++i) {
            require(rates(i) >= 0 && rates(i) < 1, "a rate of dropout lies in [0, 1)");
            require(rates(i) == 0 || !plan.view().is_softmax[i], "softmax ranks have no dropout here");
        }
        require(Index(examples.shape(0)) == n, "each example has a number");
        view = {rates.data(), nb::cast<std::uint64_t>(parts[1]), nb::cast<Index>(parts[2]), examples.data(), nullptr};
        if (!parts[4].is_none()) take_spared(parts[4], plan.inputs());
    }

private:
    void take_spared(nb::handle given, Index inputs) {
        spared = nb::cast<Vector<std::uint8_t>>(given, false);
        require(Index(spared.shape(0)) == inputs, "of each input is known whether it is never dropped");
        view.spared = spared.data();
    }
};

double gradient(OwnedPlan& plan, const Input& theta, nb::object X, const Input& Y, nb::object weight, nb::tuple objective,
                const Output& out, nb::object dropout, int members) {
    check_members(members);
    const Features features(X);
    Vector<double> w;
    Data data = data_of(plan, features, &Y, weight, w);
    const Goal goal(objective, plan.outputs(), data.Y.columns, plan.view().n_parameters);
    data.Y.columns = goal.columns();
    const bool single = check_theta(plan, theta);
    check_flat(out, plan.view().n_parameters, single, "the gradient has the length and type of theta");
    const Masks masks(dropout, plan, data.n);
    const WithoutGil without;
    check_rows(features, data);
    Running running(plan, members);
    if (single)
        return level->single.gradient(plan.view(), static_cast<const float*>(theta.data()), data, goal.view, masks.view,
                                      static_cast<float*>(out.data()), running.team(), running.arena());
    return level->twice.gradient(plan.view(), static_cast<const double*>(theta.data()), data, goal.view, masks.view,
                                 static_cast<double*>(out.data()), running.team(), running.arena());
}

// (v) for momentum, (t, m, v) for Adam: they change in place.
struct Moments {
    void* parts[3] = {nullptr, nullptr, nullptr};

    Moments(const std::vector<Output>& state, Rule rule, Index n, bool single) {
        const std::size_t expected = rule == Rule::sgd ? 0 : rule == Rule::momentum || rule == Rule::nesterov ? 1 : 3;
        require(state.size() == expected, "the state is not this optimizer's");
        for (std::size_t i = 0; i < expected; ++i) {
            const Index size = expected == 3 && i == 0 ? 1 : n;
            check_flat(state[i], size, single, "the state has the lengths and the type of theta's");
            parts[i] = state[i].data();
        }
    }
};

Index train(OwnedPlan& plan, const Output& theta, const std::vector<Output>& state, nb::object X, const Input& Y, nb::object weight,
            const Vector<Index>& order, nb::tuple objective, nb::tuple optimizer, const Vector<double>& rates, Index batch_size,
            const Output& costs, nb::object dropout, const nb::object& stop, int members) {
    check_members(members);
    const Features features(X);
    Vector<double> w;
    Data data = data_of(plan, features, &Y, weight, w);
    const Goal goal(objective, plan.outputs(), data.Y.columns, plan.view().n_parameters);
    data.Y.columns = goal.columns();
    const bool single = check_theta(plan, theta);
    Training training{rates.data(), Index(rates.shape(0)), batch_size, optimizer_of(optimizer), {}, {}, nullptr};
    const Moments moments(state, training.optimizer.rule, plan.view().n_parameters, single);
    std::copy(moments.parts, moments.parts + 3, training.state);
    check_flat(costs, training.steps, false, "costs have one float64 a step");
    training.costs = static_cast<double*>(costs.data());
    check_aligned(rates);
    check_aligned(order);
    data.order = order.data();
    data.n = Index(order.shape(0));
    const Masks masks(dropout, plan, data.n);
    training.dropout = masks.view;
    Vector<bool> flag;
    if (!stop.is_none()) {
        flag = nb::cast<Vector<bool>>(stop, false);
        require(flag.shape(0) == 1, "stop is one flag");
        data.stop = flag.data();
    }
    require(batch_size > 0 && batch_size <= Index(1) << 40, "a batch has one example or more, and at most 2⁴⁰");
    require(training.steps == 0 || (data.n > 0 && training.steps - 1 <= (data.n - 1) / batch_size), "order has examples for every step");
    if (training.steps == 0) return 0;
    const WithoutGil without;
    check_rows(features, data);
    Running running(plan, members);
    if (single)
        return level->single.train(plan.view(), static_cast<float*>(theta.data()), data, goal.view, training, running.team(), running.arena());
    return level->twice.train(plan.view(), static_cast<double*>(theta.data()), data, goal.view, training, running.team(), running.arena());
}

OwnedPlan* new_plan(const std::vector<Index>& sizes, const nb::list& layers, const Vector<std::uint8_t>& codes,
                    const std::vector<Index>& blocks) {
    std::vector<LayerDescription> descriptions;
    for (nb::handle item : layers) {
        auto pair = nb::cast<nb::tuple>(item);
        require(pair.size() == 3, "a layer is (sources, starts or None, whether it runs as a product)");
        auto sources = nb::cast<Vector<Row>>(pair[0], false);
        LayerDescription d{{sources.data(), sources.data() + sources.shape(0)}, {}, nb::cast<bool>(pair[2])};
        if (!pair[1].is_none()) {
            auto starts = nb::cast<Vector<Index>>(pair[1], false);
            require(starts.shape(0) > 0, "starts count the covers of each row");
            d.starts.assign(starts.data(), starts.data() + starts.shape(0));
        }
        descriptions.push_back(std::move(d));
    }
    return new OwnedPlan(sizes, std::move(descriptions), {codes.data(), codes.data() + codes.shape(0)}, blocks);
}

// Python finds the number of what the core knows by its name.
template <std::size_t n> nb::dict numbers_of(const Named (&table)[n]) {
    nb::dict numbers;
    for (const Named& row : table) numbers[row.name] = row.number;
    return numbers;
}

std::vector<std::string> levels() {
    std::vector<std::string> names;
    for (const Level* one : usable_levels()) names.push_back(one->name);
    return names;
}

void use_level(const std::string& name) {
    for (const Level* one : usable_levels())
        if (name == one->name) {
            level = one;
            return;
        }
    throw std::invalid_argument("this processor has no level " + name);
}

// A function of SciPy's for other compiled modules; its signature is the capsule's name.
template <typename T> Gemm<T> gemm_of(const nb::capsule& capsule) {
    const std::string name = capsule.name() ? capsule.name() : "";
    require(name.rfind("void (char *, char *, int *, int *, int *, ", 0) == 0, "the BLAS takes 32-bit integers");
    return reinterpret_cast<Gemm<T>>(capsule.data());
}

void use_blas(const nb::capsule& sgemm, const nb::capsule& dgemm) {
    products = {gemm_of<float>(sgemm), gemm_of<double>(dgemm)};
}

void set_threads(int n) {
    require(n >= 1 && n <= 1024, "the number of threads lies between 1 and 1024");
    set_number_of_threads(n);
}

}  // namespace
}  // namespace hassenet

NB_MODULE(_native, m) {
    using namespace hassenet;
    m.doc() = "The compiled engine; hassenet.engines.native is its face.";
    nb::set_leak_warnings(false);  // plans that are alive when a program ends are no fault
    nb::class_<OwnedPlan>(m, "Plan")
        .def(nb::new_(&new_plan), "sizes"_a, "layers"_a, "codes"_a.noconvert(), "blocks"_a)
        .def_prop_ro("n_parameters", [](const OwnedPlan& plan) { return plan.view().n_parameters; });
    m.def("forward", &forward, "plan"_a, "theta"_a.noconvert(), "X"_a, "rank"_a, "places"_a.noconvert(), "out"_a.noconvert(),
          "threads"_a = 0);
    m.def("cost", &cost, "plan"_a, "theta"_a.noconvert(), "X"_a, "Y"_a.noconvert(), "weight"_a.none(), "objective"_a, "threads"_a = 0);
    m.def("gradient", &gradient, "plan"_a, "theta"_a.noconvert(), "X"_a, "Y"_a.noconvert(), "weight"_a.none(), "objective"_a,
          "out"_a.noconvert(), "dropout"_a.none() = nb::none(), "threads"_a = 0);
    m.def("train", &train, "plan"_a, "theta"_a.noconvert(), "state"_a.noconvert(), "X"_a, "Y"_a.noconvert(), "weight"_a.none(),
          "order"_a.noconvert(), "objective"_a, "optimizer"_a, "rates"_a.noconvert(), "batch_size"_a, "costs"_a.noconvert(),
          "dropout"_a.none() = nb::none(), "stop"_a.none() = nb::none(), "threads"_a = 0);
    m.attr("activations") = numbers_of(activations);
    m.attr("losses") = numbers_of(losses);
    m.attr("rules") = numbers_of(rules);
    m.def("levels", &levels);
    m.def("level", [] { return std::string(level->name); });
    m.def("use_level", &use_level, "name"_a);
    m.def("use_blas", &use_blas, "sgemm"_a, "dgemm"_a);
    m.def("threads", &number_of_threads);
    m.def("set_threads", &set_threads, "n"_a);
}
