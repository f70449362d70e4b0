// Any text as a template: read, checked and planned without a crash; what is read from JSON and
// written again is read as the same.
#include "stack/template/template.h"

#include <string>
#include <string_view>

#include "base/check.h"
#include "base/fuzz.h"
#include "stack/check/template_check.h"
#include "stack/tree/json_reader.h"
#include "stack/tree/yaml_reader.h"

namespace gatehouse::base {

void FuzzOne(std::span<const std::byte> input) {
  std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  stack::Problem problem;
  stack::Value yaml, json;
  if (!stack::ReadYaml(text, yaml, problem)) CHECK(!problem.message.empty());
  problem = {};
  if (stack::ReadJson(text, json, problem)) {
    stack::Value again;
    CHECK(stack::ReadJson(stack::ToJson(json), again, problem));
    CHECK(stack::Same(json, again));
  } else {
    CHECK(!problem.message.empty());
  }
  stack::CheckOptions options;
  const stack::CheckResult result = stack::Check(text, options);
  for (const stack::Problem& found : result.problems) CHECK(!found.message.empty());
}

}  // namespace gatehouse::base
