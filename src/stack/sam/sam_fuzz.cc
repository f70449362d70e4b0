// Any text as a SAM template: expanded without a crash, within its bounds; what comes out of a
// template that was fit holds no type of SAM's any more, and expands to itself.
#include <string_view>

#include "base/check.h"
#include "base/fuzz.h"
#include "stack/sam/transform.h"
#include "stack/template/template.h"
#include "stack/tree/yaml_reader.h"

namespace gatehouse::base {

void FuzzOne(std::span<const std::byte> input) {
  const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  stack::Value root;
  stack::Problem problem;
  if (!stack::ReadYaml(text, root, problem)) return;
  stack::Problems problems;
  stack::sam::Transform(root, {}, problems);
  for (const stack::Problem& found : problems) CHECK(!found.message.empty());
  const stack::Value* resources = root.Find("Resources");
  if (!problems.empty() || !resources || !resources->is_object()) return;
  if (resources->members.size() > stack::kResourcesMax) return;
  for (const stack::Member& resource : resources->members) {
    CHECK(!resource.value.Text("Type").starts_with("AWS::Serverless::"));
  }
  stack::Value again = root;
  stack::sam::Transform(again, {}, problems);
  if (problems.empty()) CHECK(stack::Same(again, root));
}

}  // namespace gatehouse::base
