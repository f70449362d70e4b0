#include "stack/expand.h"

#include <algorithm>

namespace gatehouse::stack {

bool DeclaresTransform(const Value& root, std::string_view name) {
  const Value* transform = root.Find("Transform");
  if (!transform) return false;
  if (transform->is_scalar()) return transform->text == name;
  return std::any_of(transform->items.begin(), transform->items.end(),
                     [&](const Value& one) { return one.is_scalar() && one.text == name; });
}

void ExpandTemplate(Value& root, const TemplateInputs& inputs, Problems& problems) {
  if (!root.is_object()) return;
  const std::size_t before = problems.size();
  ExpandIncludes(root, inputs.source_directory, problems);
  if (problems.size() != before || !DeclaresTransform(root, "AWS::LanguageExtensions")) return;
  ExpandForEach(root, inputs, problems);
}

}  // namespace gatehouse::stack
