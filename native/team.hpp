// A team of threads that meets in about a microsecond and is safe after fork.
//
// Members wait by looking for work for some tens of microseconds, then sleep. Only one call has the team at a time;
// another one, from another Python thread, works alone: results do not depend on it. A forked child has none of its
// parent's threads, so it starts a team of its own when it first needs one.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

#include "plan.hpp"

namespace hassenet {

class Crew {
public:
    explicit Crew(int size) {
        try {
            for (; size_ < size; ++size_) std::thread([this, member = size_] { work(member); }).detach();
        } catch (const std::system_error&) {  // no more threads to be had: a smaller crew
        }
    }

    void run(void (*task)(void*, int, int), void* argument) {
        task_ = task;
        argument_ = argument;
        left_.store(size_ - 1, std::memory_order_relaxed);
        call_.fetch_add(1);
        if (asleep_.load() > 0) wake();
        task(argument, 0, size_);
        for (int i = 0; left_.load(std::memory_order_acquire) > 0; ++i) i < patience ? pause() : std::this_thread::yield();
    }

    int size() const { return size_; }

private:
    static constexpr int patience = 20'000;

    static void pause() {
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        asm volatile("yield");
#endif
    }

    void wake() {
        std::lock_guard<std::mutex> lock(mutex_);
        bell_.notify_all();
    }

    void work(int member) {
        std::uint64_t seen = 0;
        for (;;) {
            seen = next_call(seen);
            task_(argument_, member, size_);
            left_.fetch_sub(1, std::memory_order_release);
        }
    }

    std::uint64_t next_call(std::uint64_t seen) {
        for (int i = 0; i < patience; ++i) {
            if (call_.load(std::memory_order_acquire) != seen) return seen + 1;
            pause();
        }
        std::unique_lock<std::mutex> lock(mutex_);
        asleep_.fetch_add(1);
        bell_.wait(lock, [&] { return call_.load() != seen; });
        asleep_.fetch_sub(1);
        return seen + 1;
    }

    int size_ = 1;
    void (*task_)(void*, int, int) = nullptr;
    void* argument_ = nullptr;
    alignas(64) std::atomic<std::uint64_t> call_{0};
    alignas(64) std::atomic<int> left_{0};
    std::atomic<int> asleep_{0};
    std::mutex mutex_;
    std::condition_variable bell_;
};

// Has the process's crew while it lives, or is a team of one where another call has it.
class Hired {
public:
    Hired();
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
