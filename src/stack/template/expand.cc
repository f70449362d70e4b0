#include "stack/template/expand.h"

#include <algorithm>

#include "stack/sam/transform.h"

namespace gatehouse::stack {
namespace {

std::vector<std::string> DeclaredTypes(const Value& root) {
  std::vector<std::string> types;
  const Value* resources = root.Find("Resources");
  if (!resources) return types;
  for (const Member& resource : resources->members) {
    std::string type = resource.value.Text("Type");
    if (type.empty() || std::find(types.begin(), types.end(), type) != types.end()) continue;
    types.push_back(std::move(type));
    if (types.size() > kResourcesMax) break;
  }
  return types;
}

void ExpandSam(Value& root, const TemplateInputs& inputs, ExpandReport& report,
               Problems& problems) {
  sam::TransformInput input{inputs.region, {}};
  if (inputs.parameters) {
    input.parameters = GivenParameters(*inputs.parameters, inputs.previous);
  } else if (inputs.previous) {
    input.parameters = *inputs.previous;
  }
  Problems of_sam;
  sam::Transform(root, input, of_sam);
  if (!of_sam.empty()) report.sam_failure = sam::FailureText(of_sam);
  problems.insert(problems.end(), of_sam.begin(), of_sam.end());
}

}  // namespace

bool DeclaresTransform(const Value& root, std::string_view name) {
  const Value* transform = root.Find("Transform");
  if (!transform) return false;
  if (transform->is_scalar()) return transform->text == name;
  return std::any_of(transform->items.begin(), transform->items.end(),
                     [&](const Value& one) { return one.is_scalar() && one.text == name; });
}

ExpandReport ExpandTemplate(Value& root, const TemplateInputs& inputs, Problems& problems) {
  ExpandReport report;
  if (!root.is_object()) return report;
  const std::size_t before = problems.size();
  report.has_transforms = root.Find("Transform") != nullptr;
  report.has_transforms |= ExpandIncludes(root, inputs.source_directory, problems);
  if (problems.size() == before && DeclaresTransform(root, "AWS::LanguageExtensions")) {
    ExpandForEach(root, inputs, problems);
  }
  report.declared_types = DeclaredTypes(root);
  report.has_sam = DeclaresTransform(root, sam::kTransformName);
  if (report.has_sam && problems.size() == before) ExpandSam(root, inputs, report, problems);
  report.is_whole = !DeclaresTransform(root, sam::kTransformName);
  return report;
}

}  // namespace gatehouse::stack
