#include "team.hpp"

#include <pthread.h>

#include <new>

namespace hassenet {
namespace {

std::atomic<int> wanted{1};
std::atomic<bool> taken{false};
Crew* crew = nullptr;  // the last one is never deleted: its threads look at it until the process ends
int asked = 0;         // how many it was made for

// In a forked child the threads are gone, and so is the one that had the crew.
void forget() {
    crew = nullptr;
    taken = false;
}

const int registered = pthread_atfork(nullptr, nullptr, forget);

}  // namespace

int number_of_threads() { return wanted; }

void set_number_of_threads(int n) { wanted = n; }

Hired::Hired(int members) {
    (void)registered;
    const int n = members ? members : int(wanted);
    if (n < 2 || taken.exchange(true)) return;
    if (!crew || asked != n) {
        delete crew;
        crew = nullptr;
        try {
            crew = new Crew(n);
        } catch (const std::bad_alloc&) {  // the call works alone
        }
        asked = n;
    }
    crew_ = crew;
    if (!crew_) taken = false;
}

Hired::~Hired() {
    if (crew_) taken = false;
}

Team Hired::team() const {
    if (!crew_) return {1, nullptr, nullptr};
    return {crew_->size(), crew_,
            [](void* self, void (*task)(void*, int, int), void* argument) { static_cast<Crew*>(self)->run(task, argument); }};
}

}  // namespace hassenet
