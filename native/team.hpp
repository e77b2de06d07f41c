// A team of threads that meets in about a microsecond, does not wait for members that are elsewhere, and is safe after
// fork.
//
// Work comes in parts, two a member. A member takes its own parts first, for what it has in its cache, then those that
// nobody has begun: on a busy machine the caller does what the others do not get to. Members look for work for some
// tens of microseconds, then sleep. Only one call has the team at a time; another one, from another Python thread, works
// alone: results depend on neither. A forked child has none of its parent's threads; it makes its own team when needed.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "plan.hpp"

namespace hassenet {

class Crew {
public:
    explicit Crew(int size) : claims_(new std::atomic<std::uint64_t>[2 * size]) {
        for (int part = 0; part < 2 * size; ++part) claims_[part] = 0;
        parts_ = 2 * size;
        threads_.reserve(std::size_t(size - 1));
        try {
            for (; size_ < size; ++size_) threads_.emplace_back([this, member = size_] { serve(member); });
        } catch (const std::system_error&) {  // no more threads to be had: a smaller crew
        }
    }

    // Only while nobody has the crew: a call that does nothing sends the members home.
    ~Crew() {
        over_ = true;
        call_.fetch_add(1);
        wake();
        for (std::thread& one : threads_) one.join();
    }

    void run(void (*task)(void*, int, int), void* argument) {
        task_ = task;
        argument_ = argument;
        left_.store(parts_, std::memory_order_relaxed);
        const std::uint64_t call = call_.fetch_add(1) + 1;
        if (asleep_.load() > 0) wake();
        work(0, call);
        for (int i = 0; left_.load(std::memory_order_acquire) > 0; ++i) i < patience ? pause() : std::this_thread::yield();
    }

    int size() const { return size_; }

private:
    static constexpr int patience = 5'000;

    static void pause() {
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        asm volatile("yield");
#endif
    }

    // Every part is claimed once in every call, so a part is free for this call if its last claim was in the one before.
    // The one that has a claim may read the task: the call cannot end before its part is done.
    void work(int member, std::uint64_t call) {
        for (int i = 0; i < parts_; ++i) {
            const int part = (2 * member + i) % parts_;
            std::uint64_t before = call - 1;
            if (!claims_[part].compare_exchange_strong(before, call)) continue;
            task_(argument_, part, parts_);
            left_.fetch_sub(1, std::memory_order_release);
        }
    }

    void wake() {
        std::lock_guard<std::mutex> lock(mutex_);
        bell_.notify_all();
    }

    void serve(int member) {
        for (std::uint64_t seen = 0;;) {
            seen = next_call(seen);
            if (over_) return;
            work(member, seen);
        }
    }

    std::uint64_t next_call(std::uint64_t seen) {
        for (int i = 0; i < patience; ++i) {
            const std::uint64_t call = call_.load(std::memory_order_acquire);
            if (call != seen) return call;
            pause();
        }
        std::unique_lock<std::mutex> lock(mutex_);
        asleep_.fetch_add(1);
        bell_.wait(lock, [&] { return call_.load() != seen; });
        asleep_.fetch_sub(1);
        return call_.load();
    }

    int size_ = 1, parts_ = 2;
    std::unique_ptr<std::atomic<std::uint64_t>[]> claims_;
    void (*task_)(void*, int, int) = nullptr;
    void* argument_ = nullptr;
    alignas(64) std::atomic<std::uint64_t> call_{0};
    alignas(64) std::atomic<int> left_{0};
    std::atomic<int> asleep_{0};
    std::mutex mutex_;
    std::condition_variable bell_;
    std::atomic<bool> over_{false};
    std::vector<std::thread> threads_;
};

// Has the process's crew while it lives, or is a team of one where another call has it. A crew of another size is sent
// home and a new one made, in about 0.1 ms; 0 members stand for number_of_threads().
class Hired {
public:
    explicit Hired(int members);
    ~Hired();
    Hired(const Hired&) = delete;
    Hired& operator=(const Hired&) = delete;
    Team team() const;

private:
    Crew* crew_ = nullptr;
};

int number_of_threads();
void set_number_of_threads(int n);

}  // namespace hassenet
