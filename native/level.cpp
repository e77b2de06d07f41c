// Compiled once for each instruction level; CMakeLists.txt names it and the width of its registers.
#include "train.hpp"

#define HASSENET_TEXT_(x) #x
#define HASSENET_TEXT(x) HASSENET_TEXT_(x)

namespace hassenet {
namespace HASSENET_LEVEL {

extern const Level level;
const Level level = {HASSENET_TEXT(HASSENET_LEVEL),
                     {forward<float>, cost<float>, gradient<float>, train<float>},
                     {forward<double>, cost<double>, gradient<double>, train<double>}};

}  // namespace HASSENET_LEVEL
}  // namespace hassenet
