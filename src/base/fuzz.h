// A fuzzer is one function over arbitrary bytes; base/fuzz.cc gives it a main: mutated corpus files
// and random bytes for `--seconds N`, or the named files once. A finding aborts (CHECK, sanitizer)
// after its input was written to crash-….
#pragma once

#include <cstddef>
#include <span>

namespace gatehouse::base {

// Defined by each x_fuzz.cc. Must not keep state that changes what the next input does.
void FuzzOne(std::span<const std::byte> input);

}  // namespace gatehouse::base
