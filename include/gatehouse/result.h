// A value or an Error: how everything in gatehouse that can fail answers. Names follow
// std::expected, which libstdc++ 12 offers only from C++23. Plain values: no thread rules.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace gatehouse {

// What went wrong, in kinds that callers act on. Protocols map them to their own names and HTTP
// statuses once, at the edge.
enum class ErrorCode {
  kInvalidArgument,  // the caller's input is wrong; the message says what
  kNotFound,         // no such table, function, file
  kGone,             // the connection is closed, or was never ours (AWS: GoneException, 410)
  kForbidden,        // not allowed
  kPayloadTooLarge,  // over a size limit (AWS: PayloadTooLargeException, 413)
  kLimitExceeded,    // a queue is full or a rate is exceeded; try later (AWS: 429)
  kConditionFailed,  // a condition on an item did not hold
  kConflict,         // it exists already, or is in use (AWS: ResourceInUseException)
  kTimeout,          // took longer than allowed
  kUnsupported,      // known, but not done here
  kUnavailable,      // stopping, or the other side is out of reach
  kIo,               // disk or network failed; the message has the system's words
  kInternal,         // our bug, or a handler's
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  // one sentence for a person
};

// Result<T> holds a T or an Error. Reading the one that is absent is a bug of the caller
// (std::bad_variant_access).
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  Result(ErrorCode code, std::string message) : Result(Error{code, std::move(message)}) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  Error& error() & { return std::get<1>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}
  Result(ErrorCode code, std::string message) : error_(Error{code, std::move(message)}) {}

  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }

  Error& error() & { return error_.value(); }
  const Error& error() const& { return error_.value(); }
  Error&& error() && { return std::move(error_).value(); }

 private:
  std::optional<Error> error_;
};

}  // namespace gatehouse
