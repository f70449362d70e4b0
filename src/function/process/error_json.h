// What a caller reads when a function failed and its runtime could not say so: AWS's texts.
// Source: docs/aws/lambda.md §8. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "process/child_processes.h"

namespace gatehouse::function {

// AWS's bound of a synchronous answer: 6 MiB and 100 bytes.
inline constexpr std::size_t kResponseBytesMax = 6 * 1024 * 1024 + 100;

std::string ErrorJson(std::string_view type, std::string_view message);
// "Task timed out after 3.00 seconds"
std::string TimedOutText(base::Millis timeout);
std::string TimedOutJson(std::string_view request_id, base::Millis timeout);
std::string ExitJson(std::string_view request_id, const process::ChildEnd& end);
std::string ResponseTooLargeJson(std::size_t bytes);

}  // namespace gatehouse::function
