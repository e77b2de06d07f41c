// The instruction levels this module was built with, and the best one that this processor runs.
#pragma once

#include <string>
#include <vector>

#include "plan.hpp"

namespace hassenet {

namespace baseline { extern const Level level; }
namespace avx2 { extern const Level level; }
namespace avx512 { extern const Level level; }

// Best first.
inline std::vector<const Level*> usable_levels() {
    std::vector<const Level*> found;
#if defined(HASSENET_HAS_avx512)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("fma"))
        found.push_back(&avx512::level);
#endif
#if defined(HASSENET_HAS_avx2)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found.push_back(&avx2::level);
#endif
#if defined(HASSENET_HAS_baseline)
    found.push_back(&baseline::level);
#endif
    return found;
}

}  // namespace hassenet
