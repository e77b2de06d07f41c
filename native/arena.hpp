// Scratch memory of a call, kept for the next one: a slice of training lasts 50 ms, and fresh pages are not free.
#pragma once

#include <cstdlib>
#include <new>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "plan.hpp"

namespace hassenet {

class Scratch {
public:
    Scratch() = default;
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() { release(); }

    // Forgets what was handed out; several blocks become one of their size.
    void rewind() {
        if (apart) release();
        if (blocks_.size() > 1) {
            std::size_t all = 0;
            for (const Block& block : blocks_) all += block.size;
            release();
            blocks_.push_back(fresh(all));
        }
        used_ = 0;
    }

    void* get(std::size_t bytes) {
        bytes = (bytes + 63) / 64 * 64;
        if (apart || blocks_.empty() || used_ + bytes > blocks_.back().size) {
            blocks_.push_back(fresh(bytes));
            used_ = 0;
        }
        void* found = blocks_.back().memory + used_;
        used_ += bytes;
        return found;
    }

    Arena arena() {
        return {this, [](void* self, std::size_t bytes) { return static_cast<Scratch*>(self)->get(bytes); }};
    }

private:
    struct Block { char* memory; std::size_t size; };

#if defined(__SANITIZE_ADDRESS__)
    static constexpr bool apart = true;  // so that the sanitizer sees a step from one piece into the next
#else
    static constexpr bool apart = false;
#endif

    static Block fresh(std::size_t bytes) {
        constexpr std::size_t huge = std::size_t(1) << 21;
        const std::size_t unit = bytes >= huge ? huge : 64;
        bytes = (bytes + unit - 1) / unit * unit;
        void* memory = std::aligned_alloc(unit, bytes);
        if (!memory) throw std::bad_alloc();
#if defined(__linux__)
        if (unit == huge) madvise(memory, bytes, MADV_HUGEPAGE);
#endif
        return {static_cast<char*>(memory), bytes};
    }

    void release() {
        for (Block& block : blocks_) std::free(block.memory);
        blocks_.clear();
    }

    std::vector<Block> blocks_;
    std::size_t used_ = 0;
};

}  // namespace hassenet
