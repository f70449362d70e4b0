// A JSONPath as EventBridge takes it in InputPath and InputPathsMap: "$", members by dot, indexes,
// and "*". Immutable; any thread. Source: EventBridge user guide, "Input transformation".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/result.h"
#include "wire/json_cursor.h"

namespace gatehouse::event {

class JsonPath {
 public:
  static constexpr std::size_t kStepsMax = 64;    // no event is deeper
  static constexpr std::size_t kFoundMax = 1000;  // values of a path with "*"; the rest is left out

  static Result<JsonPath> Parse(std::string_view text);

  // The value's JSON text; empty: there is none. A path with "*" gives a list.
  std::string Find(const wire::JsonValue& root) const;

 private:
  struct Step {
    bool every = false;
    std::string name;  // a member's, or the digits of an index
  };
  void Collect(const wire::JsonValue& at, std::size_t step,
               std::vector<std::string_view>& found) const;

  std::vector<Step> steps_;
  bool has_every_ = false;
};

}  // namespace gatehouse::event
