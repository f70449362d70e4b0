#include "function/process/error_json.h"

#include <fmt/format.h>

#include "gatehouse/json.h"

namespace gatehouse::function {

std::string ErrorJson(std::string_view type, std::string_view message) {
  return fmt::format(R"({{"errorType":{},"errorMessage":{}}})", json::Quoted(type),
                     json::Quoted(message));
}

std::string TimedOutText(base::Millis timeout) {
  return fmt::format("Task timed out after {:.2f} seconds",
                     std::chrono::duration<double>(timeout).count());
}

std::string TimedOutJson(std::string_view request_id, base::Millis timeout) {
  return ErrorJson("Sandbox.Timedout",
                   fmt::format("RequestId: {} Error: {}", request_id, TimedOutText(timeout)));
}

std::string ExitJson(std::string_view request_id, const process::ChildEnd& end) {
  bool silent = end.kind == process::ChildEnd::kExited && end.code == 0;
  std::string why = silent ? "Runtime exited without providing a reason"
                           : "Runtime exited with error: " + process::ToString(end);
  return ErrorJson(end.kind == process::ChildEnd::kNotStarted ? "Runtime.InvalidEntrypoint"
                                                              : "Runtime.ExitError",
                   fmt::format("RequestId: {} Error: {}", request_id, why));
}

std::string ResponseTooLargeJson(std::size_t bytes) {
  return ErrorJson("Function.ResponseSizeTooLarge",
                   fmt::format("Response payload size ({} bytes) exceeded maximum allowed payload "
                               "size ({} bytes).",
                               bytes, kResponseBytesMax));
}

}  // namespace gatehouse::function
