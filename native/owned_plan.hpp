// A plan that owns its memory and has checked every number it was given: nothing later can point outside.
#pragma once

#include <algorithm>
#include <atomic>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "arena.hpp"
#include "names.hpp"

namespace hassenet {

inline void require(bool holds, const char* rule) {
    if (!holds) throw std::invalid_argument(rule);
}

// A layer as Python describes it: `starts` is empty for a complete one.
struct LayerDescription {
    std::vector<Row> sources;
    std::vector<Index> starts;
    bool as_product = false;  // a sparse layer that runs as a product with zeros off the covers
};

inline Products products{nullptr, nullptr};

class OwnedPlan {
public:
    // `blocks` says for each rank into how many a softmax there falls.
    OwnedPlan(std::vector<Index> rank_sizes, std::vector<LayerDescription> layers, std::vector<std::uint8_t> codes, std::vector<Index> blocks)
        : descriptions_(std::move(layers)), codes_(std::move(codes)), softmax_blocks_(std::move(blocks)) {
        count_rows(rank_sizes);
        check_codes();
        Index position = 0;
        for (std::size_t l = 0; l < descriptions_.size(); ++l) add_layer(l, position);
        require(position < Index(std::numeric_limits<Position>::max()), "a plan has fewer than 2³² parameters");
        view_.n_parameters = position;
        find_products();
        find_blocks();
        turn_over();
        narrow();
        view_.layers = layers_.data();
        view_.rank_start = rank_start_.data();
        view_.codes = codes_.data();
        view_.keeps_slope = keeps_slope_.data();
        view_.is_softmax = is_softmax_.data();
        view_.softmax_blocks = softmax_blocks_.data();
    }

    OwnedPlan(const OwnedPlan&) = delete;
    OwnedPlan& operator=(const OwnedPlan&) = delete;
    ~OwnedPlan() { delete spare_.load(); }

    const Plan& view() const { return view_; }
    Index inputs() const { return rank_start_[1]; }
    Index outputs() const { return rank_start_[view_.depth + 1] - rank_start_[view_.depth]; }

    // Scratch memory for one call: the plan's own, or new where another call has it.
    std::unique_ptr<Scratch> borrow() {
        std::unique_ptr<Scratch> scratch(spare_.exchange(nullptr));
        if (!scratch) scratch = std::make_unique<Scratch>();
        scratch->rewind();
        return scratch;
    }
    void give_back(std::unique_ptr<Scratch> scratch) { delete spare_.exchange(scratch.release()); }

private:
    void count_rows(const std::vector<Index>& sizes) {
        view_ = {};
        view_.products = &products;
        view_.depth = Index(descriptions_.size());
        require(view_.depth >= 1 && Index(sizes.size()) == view_.depth + 1, "a plan has a rank more than layers");
        rank_start_.push_back(0);
        for (Index size : sizes) {
            require(size >= 0 && size < std::numeric_limits<Row>::max() - rank_start_.back(), "ranks are too large");
            rank_start_.push_back(rank_start_.back() + size);
        }
        require(sizes.front() > 0 && sizes.back() > 0, "the first and the last rank have elements");
        view_.n_rows = rank_start_.back();
    }

    void check_codes() {
        require(Index(codes_.size()) == view_.n_rows, "there is one activation a row");
        require(Index(softmax_blocks_.size()) == view_.depth + 1, "there is one number of blocks a rank");
        for (Index i = 0; i <= view_.depth; ++i) {
            bool softmax = false, others = false, keeps = false;
            for (Index row = rank_start_[i]; row < rank_start_[i + 1]; ++row) {
                require(is_named(activations, codes_[row]), "no such activation");
                const Code code = Code(codes_[row]);
                (code == Code::softmax ? softmax : others) = true;
                keeps = keeps || keeps_slope(code);
            }
            require(!(softmax && others), "softmax joins all elements of its rank");
            if (!softmax) softmax_blocks_[i] = 0;
            require(!softmax || (softmax_blocks_[i] > 0 && (rank_start_[i + 1] - rank_start_[i]) % softmax_blocks_[i] == 0),
                    "the blocks of a softmax are of one size");
            is_softmax_.push_back(softmax);
            keeps_slope_.push_back(keeps);
        }
    }

    void add_layer(std::size_t l, Index& position) {
        const LayerDescription& d = descriptions_[l];
        Layer layer{};
        layer.first_row = rank_start_[l + 1];
        layer.rows = rank_start_[l + 2] - layer.first_row;
        layer.complete = d.starts.empty();
        layer.sources = d.sources.data();
        for (Row source : d.sources) {
            require(source >= 0 && source < layer.first_row, "a source stands in a lower rank");
            view_.inputs_are_read_above = view_.inputs_are_read_above || (l > 0 && source < rank_start_[1]);
        }
        layer.complete ? check_complete(layer, d) : check_sparse(layer, d);
        layer.weight = position;
        layer.bias = position + layer.covers;
        position = layer.bias + layer.rows;
        layers_.push_back(layer);
    }

    void check_complete(Layer& layer, const LayerDescription& d) {
        layer.columns = Index(d.sources.size());
        require(layer.columns > 0, "an element covers another");
        require(layer.rows < (Index(1) << 32) / layer.columns, "a plan has fewer than 2³² parameters");
        layer.covers = layer.rows * layer.columns;
        std::vector<Row> sorted(d.sources);
        std::sort(sorted.begin(), sorted.end());
        require(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end(), "a complete layer's sources differ");
        layer.consecutive = std::is_sorted(d.sources.begin(), d.sources.end()) &&
                            d.sources.back() - d.sources.front() + 1 == layer.columns;
    }

    void check_sparse(Layer& layer, const LayerDescription& d) {
        require(Index(d.starts.size()) == layer.rows + 1 && d.starts.front() == 0 && std::is_sorted(d.starts.begin(), d.starts.end()) &&
                    d.starts.back() == Index(d.sources.size()),
                "starts count the covers of each row");
        layer.starts = d.starts.data();
        layer.covers = d.starts.back();
    }

    // Sparse layers that run as products: their sources as columns, each once, and the places of the covers.
    void find_products() {
        products_.resize(layers_.size());
        columns_of_product_.resize(layers_.size());
        slots_.resize(layers_.size());
        for (std::size_t l = 0; l < layers_.size(); ++l) {
            Layer& layer = layers_[l];
            if (!descriptions_[l].as_product) continue;
            require(!layer.complete && layer.covers > 0, "a sparse layer with covers can run as a product");
            std::vector<Row>& columns = columns_of_product_[l];
            columns = descriptions_[l].sources;
            std::sort(columns.begin(), columns.end());
            columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
            require(layer.rows < Index(std::numeric_limits<Row>::max()) / Index(columns.size()), "a product is too large");
            Layer& product = products_[l] = layer;
            product.complete = true;
            product.starts = nullptr;
            product.sources = columns.data();
            product.columns = Index(columns.size());
            product.consecutive = columns.back() - columns.front() + 1 == product.columns;
            product.covers = layer.rows * product.columns;
            product.weight = 0;
            product.bias = product.covers;
            for (Index k = 0; k < layer.rows; ++k)
                for (Index c = layer.starts[k]; c < layer.starts[k + 1]; ++c)
                    slots_[l].push_back(Row(k * product.columns + (std::lower_bound(columns.begin(), columns.end(), layer.sources[c]) - columns.begin())));
            layer.slots = slots_[l].data();
            layer.scratch = view_.scratch;
            layer.product = &product;
            view_.scratch += product.covers + product.rows;
        }
    }

    // Rows in 16 bits where that is enough: the kernels read one a cover.
    void narrow() {
        near_.resize(layers_.size());
        for (std::size_t l = 0; l < layers_.size(); ++l) {
            Layer& layer = layers_[l];
            std::vector<Row>& sources = descriptions_[l].sources;
            if (layer.complete || sources.empty()) continue;
            const auto [low, high] = std::minmax_element(sources.begin(), sources.end());
            if (*high - *low > Row(std::numeric_limits<Near>::max())) continue;
            layer.base = *low;
            for (Row source : sources) near_[l].push_back(Near(source - layer.base));
            layer.near_sources = near_[l].data();
            layer.sources = nullptr;
            std::vector<Row>().swap(sources);
        }
        if (view_.n_rows - rank_start_[1] > Index(std::numeric_limits<Near>::max())) return;
        near_up_rows_.assign(up_rows_.begin(), up_rows_.end());
        view_.near_up_rows = near_up_rows_.data();
        view_.up_rows = nullptr;
        std::vector<Row>().swap(up_rows_);
    }

    // The columns of complete layers by the rank of their sources; inputs have no δ.
    void find_blocks() {
        columns_.resize(layers_.size());
        sources_.resize(layers_.size());
        blocks_.resize(layers_.size());
        for (std::size_t l = 0; l < layers_.size(); ++l) {
            Layer& layer = layers_[l].product ? products_[l] : layers_[l];
            if (!layer.complete) continue;
            std::vector<Row>&columns = columns_[l], &sources = sources_[l];
            std::vector<std::pair<Index, Row>> by_rank;
            for (Index j = 0; j < layer.columns; ++j) by_rank.push_back({rank_of(layer.sources[j]), Row(j)});
            std::sort(by_rank.begin(), by_rank.end());
            for (const auto& [rank, j] : by_rank) {
                columns.push_back(j);
                sources.push_back(layer.sources[j]);
            }
            for (Index begin = 0, end = 0; begin < layer.columns; begin = end) {
                const Index rank = by_rank[begin].first;
                while (end < layer.columns && by_rank[end].first == rank) ++end;
                if (rank > 0) blocks_[l].push_back({rank, end - begin, columns.data() + begin, sources.data() + begin});
            }
            layer.n_blocks = Index(blocks_[l].size());
            layer.blocks = blocks_[l].data();
        }
    }

    Index rank_of(Row row) const {
        return std::upper_bound(rank_start_.begin(), rank_start_.end(), Index(row)) - rank_start_.begin() - 1;
    }

    // The covers of sparse layers by the lower element, by counting.
    void turn_over() {
        up_starts_.assign(view_.n_rows + 1, 0);
        each_sparse_cover([&](Row, Row source, Index) { ++up_starts_[source + 1]; });
        for (Index row = 0; row < view_.n_rows; ++row) up_starts_[row + 1] += up_starts_[row];
        up_rows_.resize(up_starts_.back());
        up_positions_.resize(up_starts_.back());
        std::vector<Index> next(up_starts_.begin(), up_starts_.end() - 1);
        each_sparse_cover([&](Row row, Row source, Index position) {
            up_rows_[next[source]] = Row(row - rank_start_[1]);
            up_positions_[next[source]++] = Position(position);
        });
        view_.up_starts = up_starts_.data();
        view_.up_rows = up_rows_.data();
        view_.up_positions = up_positions_.data();
    }

    template <typename F> void each_sparse_cover(F f) const {
        for (const Layer& layer : layers_) {
            if (layer.complete || layer.product) continue;
            for (Index k = 0; k < layer.rows; ++k)
                for (Index c = layer.starts[k]; c < layer.starts[k + 1]; ++c)
                    if (layer.sources[c] >= rank_start_[1]) f(Row(layer.first_row + k), layer.sources[c], layer.weight + c);
        }
    }

    Plan view_{};
    std::vector<LayerDescription> descriptions_;
    std::vector<std::uint8_t> codes_, keeps_slope_, is_softmax_;
    std::vector<Index> rank_start_, softmax_blocks_;
    std::vector<Layer> layers_, products_;
    std::vector<std::vector<Row>> columns_of_product_, slots_;
    std::vector<std::vector<Near>> near_;
    std::vector<Near> near_up_rows_;
    std::vector<std::vector<Row>> columns_, sources_;
    std::vector<std::vector<Block>> blocks_;
    std::vector<Index> up_starts_;
    std::vector<Row> up_rows_;
    std::vector<Position> up_positions_;
    std::atomic<Scratch*> spare_{nullptr};
};

}  // namespace hassenet
