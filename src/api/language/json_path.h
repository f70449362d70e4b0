// A JSONPath as selection expressions and mapping templates may have it: members by dot or in
// quoted brackets, indexes of arrays. Wildcards, slices, filters and ".." are refused: what they
// find is a list, which AWS documents nowhere for WebSocket APIs. Immutable; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/result.h"
#include "wire/json_cursor.h"

namespace gatehouse::api {

class JsonPath {
 public:
  static constexpr std::size_t kStepsMax = 64;  // no message is deeper

  // text: what stands behind the root, ".a.b[0]['c d']", or nothing for the root itself.
  // Errors: kInvalidArgument with what is wrong.
  static Result<JsonPath> Parse(std::string_view text);

  // As wire::RoutingReader takes it; an index is its digits.
  const std::vector<std::string>& steps() const { return steps_; }

  // The value there, within one that wire::ReadJson gave for that syntax.
  std::optional<wire::JsonValue> Find(const wire::JsonValue& root, wire::JsonSyntax syntax) const;

 private:
  std::vector<std::string> steps_;
};

}  // namespace gatehouse::api
