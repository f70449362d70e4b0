// GetTemplate, GetTemplateSummary, ValidateTemplate.
#include <algorithm>

#include "stack/engine/references.h"
#include "stack/template/expand.h"
#include "stack/wire/cloudformation_api_call.h"

namespace gatehouse::stack {
namespace {

// The capability that a template asks for, by its types alone, and why.
void WriteCapabilities(aws::XmlWriter& out, const Template& source) {
  std::vector<std::string> types;
  bool named = false;
  for (const ResourceDeclaration& resource : source.resources) {
    const ResourceType* type = FindResourceType(resource.type);
    if (!type || !type->iam) continue;
    named = named || (!type->name_property.empty() &&
                      resource.properties.Find(type->name_property) != nullptr);
    if (std::find(types.begin(), types.end(), resource.type) == types.end()) {
      types.push_back(resource.type);
    }
  }
  if (types.empty()) return;
  WriteTexts(out, "Capabilities", {named ? "CAPABILITY_NAMED_IAM" : "CAPABILITY_IAM"});
  std::string reason = "The following resource(s) require capabilities: [";
  for (std::size_t i = 0; i < types.size(); ++i) reason.append(i > 0 ? ", " : "").append(types[i]);
  out.Text("CapabilitiesReason", reason + "]");
}

void WriteParameter(aws::XmlWriter& out, const ParameterDeclaration& parameter, bool summary) {
  out.Open("member");
  out.Text("ParameterKey", parameter.name);
  if (parameter.default_value) out.Text("DefaultValue", *parameter.default_value);
  if (summary) out.Text("ParameterType", parameter.type);
  out.Bool("NoEcho", parameter.no_echo);
  out.TextIfAny("Description", parameter.description);
  if (summary) {
    out.Open("ParameterConstraints");
    if (!parameter.allowed_values.empty()) {
      WriteTexts(out, "AllowedValues", parameter.allowed_values);
    }
    out.Close();
  }
  out.Close();
}

void WriteTemplate(aws::XmlWriter& out, const Template& source, bool summary) {
  out.Open("Parameters");
  for (const ParameterDeclaration& parameter : source.parameters) {
    WriteParameter(out, parameter, summary);
  }
  out.Close();
  out.TextIfAny("Description", source.description);
  WriteCapabilities(out, source);
  if (!source.transforms.empty()) WriteTexts(out, "DeclaredTransforms", source.transforms);
  if (!summary) return;
  WriteTexts(out, "ResourceTypes", source.declared_types);
  out.Text("Version", "2010-09-09");
}

// The text that the request gives or names; the call is answered if there is none.
//   directory  gets the folder of what it includes
std::optional<std::string> TakeText(ApiCall& call, std::string& directory) {
  if (call.is_owner()) directory = call.stacks().options().source_directory;
  if (call.request().Has("StackName")) {
    const StackRecord* stack = call.RequiredStack();
    if (!stack) return std::nullopt;
    directory = stack->definition.source_directory;
    return stack->definition.template_text;
  }
  if (call.request().Has("TemplateURL")) {
    call.FailValidation("gatehouse has no S3 yet: send the template as TemplateBody");
    return std::nullopt;
  }
  std::string text = call.request().Text("TemplateBody");
  if (text.empty()) {
    call.FailValidation("Either Template URL or Template Body must be specified.");
    return std::nullopt;
  }
  return text;
}

void Summarize(ApiCall call, bool summary) {
  TemplateInputs inputs;
  inputs.region = call.stacks().options().region;
  std::optional<std::string> text = TakeText(call, inputs.source_directory);
  if (!text) return;
  Problems problems;
  const Template source = ReadTemplate(*text, problems, inputs);
  if (problems.empty() && !summary) (void)CheckReferences(source, problems);
  if (!problems.empty()) return call.FailValidation(problems.front().message);
  aws::XmlWriter out;
  WriteTemplate(out, source, summary);
  call.Reply(std::move(out));
}

// As the transforms leave it; a template without any is the same at all stages.
std::string Processed(const std::string& text, const TemplateInputs& inputs) {
  Problems problems;
  if (!ReadTemplate(text, problems, inputs).has_transforms || !problems.empty()) return text;
  Value root;
  return ReadExpanded(text, inputs, root, problems) ? ToJson(root) : text;
}

}  // namespace

void GetTemplateSummary(ApiCall call) { Summarize(std::move(call), true); }

void ValidateTemplate(ApiCall call) { Summarize(std::move(call), false); }

void GetTemplate(ApiCall call) {
  std::string text;
  ParameterTexts parameters;
  TemplateInputs inputs{nullptr, &parameters, {}, call.stacks().options().region};
  if (call.request().Has("ChangeSetName")) {
    auto found = call.stacks().FindChangeSet(call.request().Text("ChangeSetName"),
                                             call.request().Text("StackName"));
    if (!found) return call.Fail(found.error());
    text = found->second->definition.template_text;
    parameters = found->second->definition.parameters;
    inputs.source_directory = found->second->definition.source_directory;
  } else {
    const StackRecord* stack = call.RequiredStack();
    if (!stack) return;
    text = stack->definition.template_text;
    parameters = stack->definition.parameters;
    inputs.source_directory = stack->definition.source_directory;
  }
  if (call.request().Text("TemplateStage") == "Processed") {
    text = Processed(text, inputs);
  }
  aws::XmlWriter out;
  out.Text("TemplateBody", text);
  WriteTexts(out, "StagesAvailable", {"Original", "Processed"});
  call.Reply(std::move(out));
}

}  // namespace gatehouse::stack
