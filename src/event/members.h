// The members of a request's JSON object, read one after the other; the first that is wrong is kept
// in AWS's words. Inside this room only.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "aws/resource_type.h"
#include "gatehouse/result.h"

namespace gatehouse::event {

class Members {
 public:
  // rows: the table of what is read without bounds of its own; empty: nothing is.
  explicit Members(const boost::json::object& from, std::span<const aws::Property> rows = {})
      : from_(from), rows_(rows) {}

  // Null counts as absent.
  const boost::json::value* Find(std::string_view name) const;

  // Absent: nothing. min and max count bytes.
  std::optional<std::string> Text(std::string_view name, std::size_t min, std::size_t max);
  std::string Required(std::string_view name, std::size_t min, std::size_t max);
  // Bounded by the name's row, which there must be.
  std::optional<std::string> Text(std::string_view name);
  std::string Required(std::string_view name);
  std::optional<std::int64_t> Integer(std::string_view name);
  // A name as AWS takes them: letters, digits and .-_
  std::string Name(std::string_view name, bool required = true);
  std::optional<std::int64_t> Integer(std::string_view name, std::int64_t min, std::int64_t max);
  std::optional<bool> Bool(std::string_view name);
  const boost::json::object* Object(std::string_view name);
  const boost::json::array* Array(std::string_view name);
  // ENABLED or DISABLED; absent: enabled.
  bool State(std::string_view name);

  void Wrong(std::string message);  // kept if it is the first
  bool fine() const { return wrong_.empty(); }
  Error error() const { return {ErrorCode::kInvalidArgument, wrong_}; }

 private:
  const aws::Property& RowOf(std::string_view name) const;
  void Constraint(std::string_view name, std::string_view value, const std::string& constraint);

  const boost::json::object& from_;
  const std::span<const aws::Property> rows_;
  std::string wrong_;
};

}  // namespace gatehouse::event
