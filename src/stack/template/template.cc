#include "stack/template/template.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "stack/sam/transform.h"
#include "stack/template/evaluate.h"
#include "stack/template/expand.h"
#include "stack/tree/json_reader.h"
#include "stack/tree/yaml_reader.h"

namespace gatehouse::stack {
namespace {

constexpr std::string_view kFormat = "Template format error: ";

bool IsAlphanumeric(std::string_view text) {
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

class Reader {
 public:
  Reader(Template& out, Problems& problems) : out_(out), problems_(problems) {}

  void Read(const Value& root) {
    if (!root.is_object()) return Add(root.line, "unsupported structure.");
    CheckNulls(root, "");
    CheckSections(root);
    ReadVersion(root);
    ReadDescription(root);
    ReadTransforms(root);
    Section(root, "Parameters", kParametersMax,
            [this](const Member& member) { ReadParameter(member); });
    Keep(root, "Mappings", out_.mappings);
    if (out_.mappings.members.size() > kMappingsMax)
      TooMany("mappings", out_.mappings, kMappingsMax);
    Keep(root, "Conditions", out_.conditions);
    const Value* resources = root.Find("Resources");
    if (!resources || (resources->is_object() && resources->members.empty())) {
      Add(resources ? resources->line : root.line,
          "At least one Resources member must be defined.");
    }
    Section(root, "Resources", kResourcesMax,
            [this](const Member& member) { ReadResource(member); });
    Section(root, "Outputs", kOutputsMax, [this](const Member& member) { ReadOutput(member); });
  }

 private:
  void Add(int line, std::string_view message) {
    problems_.push_back({line, std::string(kFormat).append(message)});
  }
  void AddPlain(int line, std::string message) { problems_.push_back({line, std::move(message)}); }

  void CheckNulls(const Value& value, const std::string& path) {
    if (value.kind == Value::kNull) {
      return Add(value.line, "[" + path + "] 'null' values are not allowed in templates");
    }
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      CheckNulls(value.items[i], path + "/" + std::to_string(i));
    }
    for (const Member& member : value.members) CheckNulls(member.value, path + "/" + member.name);
  }

  void CheckSections(const Value& root) {
    static constexpr std::array<std::string_view, 11> kSections = {"AWSTemplateFormatVersion",
                                                                   "Description",
                                                                   "Metadata",
                                                                   "Parameters",
                                                                   "Rules",
                                                                   "Mappings",
                                                                   "Conditions",
                                                                   "Transform",
                                                                   "Resources",
                                                                   "Outputs",
                                                                   "Globals"};
    for (const Member& member : root.members) {
      if (std::find(kSections.begin(), kSections.end(), member.name) != kSections.end()) continue;
      AddPlain(member.line, "Invalid template property or properties [" + member.name + "]");
    }
    ReadRules(root);
  }

  // The CDK's own rule guards what it uploads to AWS, by a parameter of its own.
  void ReadRules(const Value& root) {
    const Value* rules = root.Find("Rules");
    if (!rules) return;
    const bool is_cdk =
        rules->members.size() == 1 && rules->members[0].name == "CheckBootstrapVersion";
    if (!is_cdk) return AddPlain(rules->line, "gatehouse does not support the section Rules yet");
    out_.notices.push_back({rules->line, "the CDK's rule CheckBootstrapVersion is not checked"});
  }

  void ReadVersion(const Value& root) {
    const Value* version = root.Find("AWSTemplateFormatVersion");
    if (!version || (version->is_scalar() && version->text == "2010-09-09")) return;
    Add(version->line, "unsupported value for AWSTemplateFormatVersion.");
  }

  void ReadDescription(const Value& root) {
    const Value* description = root.Find("Description");
    if (!description) return;
    if (!description->is_scalar()) {
      return Add(description->line, "Every Description member must be a string.");
    }
    out_.description = description->text;
    if (out_.description.size() > kDescriptionBytesMax) {
      Add(description->line, "'Description' length is greater than 1024.");
    }
  }

  void ReadTransforms(const Value& root) {
    const Value* transform = root.Find("Transform");
    if (!transform) return;
    std::vector<Value> names =
        transform->is_list() ? transform->items : std::vector<Value>{*transform};
    for (const Value& name : names) {
      if (name.is_scalar() && name.text == "AWS::LanguageExtensions") {
        out_.transforms.push_back(name.text);
        continue;
      }
      AddPlain(name.line, "No transform named " + (name.is_scalar() ? name.text : "that") +
                              " is supported by gatehouse yet");
    }
  }

  void TooMany(std::string_view what, const Value& section, std::size_t bound) {
    Add(section.line, "Number of " + std::string(what) + ", " +
                          std::to_string(section.members.size()) +
                          ", is greater than maximum allowed, " + std::to_string(bound));
  }

  void Keep(const Value& root, std::string_view name, Value& kept) {
    kept = Value::Object();
    const Value* section = root.Find(name);
    if (!section) return;
    if (section->is_object()) {
      kept = *section;
    } else {
      Add(section->line, std::string(name) + " must be a map.");
    }
  }

  template <class Read>
  void Section(const Value& root, std::string_view name, std::size_t bound, Read read) {
    const Value* section = root.Find(name);
    if (!section || section->kind == Value::kNull) return;
    if (!section->is_object()) return Add(section->line, std::string(name) + " must be a map.");
    if (section->members.size() > bound) {
      std::string what(name);
      what[0] = static_cast<char>(what[0] + 32);
      return TooMany(what, *section, bound);
    }
    for (const Member& member : section->members) {
      std::string one(name.substr(0, name.size() - 1));
      if (!IsAlphanumeric(member.name)) {
        Add(member.line, one + " name " + member.name + " is non alphanumeric.");
      } else if (!member.value.is_object()) {
        Add(member.line, "[/" + std::string(name) + "/" + member.name + "] must be a map.");
      } else {
        read(member);
      }
    }
  }

  std::optional<double> Number(const Value& parameter, std::string_view name) {
    const Value* value = parameter.Find(name);
    if (!value) return std::nullopt;
    double number = 0;
    const char* end = value->text.data() + value->text.size();
    if (auto [stop, error] = std::from_chars(value->text.data(), end, number);
        error != std::errc() || stop != end) {
      Add(value->line, "Parameter property " + std::string(name) + " must be a number.");
      return std::nullopt;
    }
    return number;
  }

  void ReadParameter(const Member& member) {
    const Value& value = member.value;
    ParameterDeclaration parameter;
    parameter.name = member.name;
    parameter.line = member.line;
    parameter.type = value.Text("Type");
    CheckNames(member,
               {"Type", "Default", "AllowedValues", "AllowedPattern", "MinLength", "MaxLength",
                "MinValue", "MaxValue", "ConstraintDescription", "Description", "NoEcho"},
               "Invalid template parameter property '");
    if (const Value* given = value.Find("Default")) {
      if (given->is_scalar()) {
        parameter.default_value = given->text;
      } else {
        Add(given->line, "Every Default member must be a string.");
      }
    }
    if (parameter.type.empty()) {
      Add(member.line, "Every Parameters object must contain a Type member.");
    } else {
      CheckParameterType(parameter);
    }
    if (const Value* allowed = value.Find("AllowedValues")) {
      for (const Value& item : allowed->items) parameter.allowed_values.push_back(item.text);
      if (allowed->items.empty()) Add(allowed->line, "AllowedValues must be a list of strings.");
    }
    parameter.allowed_pattern = value.Text("AllowedPattern");
    parameter.min_length = Number(value, "MinLength");
    parameter.max_length = Number(value, "MaxLength");
    parameter.min_value = Number(value, "MinValue");
    parameter.max_value = Number(value, "MaxValue");
    parameter.constraint_description = value.Text("ConstraintDescription");
    parameter.description = value.Text("Description");
    parameter.no_echo = value.Text("NoEcho") == "true";
    out_.parameters.push_back(std::move(parameter));
  }

  void CheckParameterType(const ParameterDeclaration& parameter) {
    const std::string& type = parameter.type;
    if (type == "String" || type == "Number" || type == "List<Number>" || type == "List<String>" ||
        type == "CommaDelimitedList" || type.starts_with("AWS::EC2::") ||
        type.starts_with("List<AWS::EC2::")) {
      return;
    }
    if ((parameter.is_stored() && type.ends_with('>')) || type == "AWS::SSM::Parameter::Name")
      return;
    Add(parameter.line, "Unrecognized parameter type: " + type);
  }

  void CheckNames(const Member& member, std::initializer_list<std::string_view> known,
                  std::string_view message) {
    for (const Member& inner : member.value.members) {
      if (std::find(known.begin(), known.end(), inner.name) != known.end()) continue;
      AddPlain(inner.line, std::string(message) + inner.name + "'");
    }
  }

  // call: gets what cannot be judged yet.
  RemovalPolicy Policy(const Value& resource, std::string_view name, Value& call) {
    const Value* value = resource.Find(name);
    if (!value) return RemovalPolicy::kDelete;
    const bool is_call = FunctionCall(*value) && out_.has_language_extensions();
    if (is_call || (value->is_scalar() && value->text == kSnapshotPolicy)) {
      call = *value;
      return RemovalPolicy::kDelete;
    }
    if (value->is_scalar()) {
      if (auto policy = ToRemovalPolicy(value->text)) return *policy;
    }
    Add(value->line, "Unrecognized " + std::string(name) + " " +
                         (value->is_scalar() ? value->text : std::string("value")) +
                         " (Delete, Retain or RetainExceptOnCreate)");
    return RemovalPolicy::kDelete;
  }

  void ReadDependsOn(const Value& resource, ResourceDeclaration& declaration) {
    const Value* depends = resource.Find("DependsOn");
    if (!depends) return;
    std::vector<Value> names = depends->is_list() ? depends->items : std::vector<Value>{*depends};
    for (const Value& name : names) {
      if (name.is_scalar()) {
        declaration.depends_on.push_back(name.text);
      } else {
        Add(name.line, "Every DependsOn value must be a string.");
      }
    }
  }

  void ReadResource(const Member& member) {
    const Value& value = member.value;
    ResourceDeclaration resource;
    resource.logical_id = member.name;
    resource.line = member.line;
    resource.type = value.Text("Type");
    if (resource.type.empty()) {
      Add(member.line,
          "[/Resources/" + member.name + "] Every Resources object must contain a Type member.");
    }
    CheckNames(member,
               {"Type", "Properties", "DependsOn", "Condition", "Metadata", "DeletionPolicy",
                "UpdateReplacePolicy", "CreationPolicy", "UpdatePolicy", "Description"},
               "Invalid template resource property '");
    resource.properties = Value::Object({}, member.line);
    if (const Value* properties = value.Find("Properties")) {
      if (properties->is_object()) {
        resource.properties = *properties;
      } else {
        Add(properties->line, "[/Resources/" + member.name + "/Properties] must be a map.");
      }
    }
    ReadDependsOn(value, resource);
    resource.condition = value.Text("Condition");
    resource.deletion_policy = Policy(value, "DeletionPolicy", resource.deletion_policy_call);
    resource.update_replace_policy =
        Policy(value, "UpdateReplacePolicy", resource.update_replace_policy_call);
    if (const Value* metadata = value.Find("Metadata")) {
      if (const Value* ours = metadata->Find("Gatehouse")) {
        resource.in_process = ours->Text("InProcess");
        if (const Value* origins = ours->Find("Origins")) ReadOrigins(*origins, resource);
      }
      if (metadata->Text("aws:asset:property") == "Code") {
        resource.local_code = metadata->Text("aws:asset:path");
      }
    }
    out_.resources.push_back(std::move(resource));
  }

  void ReadOrigins(const Value& origins, ResourceDeclaration& resource) {
    std::string where = "[/Resources/" + resource.logical_id + "/Metadata/Gatehouse/Origins] ";
    if (resource.type != "AWS::ApiGatewayV2::Stage") {
      return Add(origins.line, where + "is for an AWS::ApiGatewayV2::Stage.");
    }
    if (!origins.is_list()) return Add(origins.line, where + "must be a list.");
    for (const Value& origin : origins.items) {
      if (!origin.is_string() || !IsOrigin(origin.text)) {
        Add(origin.line, where + "has origins, like https://app.example or http://localhost:3000.");
        continue;
      }
      resource.origins.push_back(origin.text);
    }
  }

  void ReadOutput(const Member& member) {
    OutputDeclaration output;
    output.name = member.name;
    output.line = member.line;
    CheckNames(member, {"Value", "Description", "Export", "Condition"},
               "Invalid template output property '");
    const Value* value = member.value.Find("Value");
    if (!value) return Add(member.line, "Every Outputs member must contain a Value object");
    output.value = *value;
    output.description = member.value.Text("Description");
    output.condition = member.value.Text("Condition");
    if (const Value* exported = member.value.Find("Export")) {
      const Value* name = exported->Find("Name");
      if (!name) return Add(exported->line, "Every Export must contain a Name.");
      output.export_name = *name;
    }
    out_.outputs.push_back(std::move(output));
  }

  Template& out_;
  Problems& problems_;
};

}  // namespace

std::optional<RemovalPolicy> ToRemovalPolicy(std::string_view text) {
  if (text == "Delete") return RemovalPolicy::kDelete;
  if (text == "Retain") return RemovalPolicy::kRetain;
  if (text == "RetainExceptOnCreate") return RemovalPolicy::kRetainExceptOnCreate;
  return std::nullopt;
}

bool IsOrigin(std::string_view text) {
  if (text == "null") return true;
  std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return false;
  std::string_view host = text.substr(scheme + 3);
  return !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return std::islower(c) || std::isdigit(c) ||
           std::string_view("-._:[]").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool Template::has_language_extensions() const {
  return std::find(transforms.begin(), transforms.end(), "AWS::LanguageExtensions") !=
         transforms.end();
}

const ParameterDeclaration* Template::FindParameter(std::string_view name) const {
  for (const ParameterDeclaration& parameter : parameters) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

const ResourceDeclaration* Template::FindResource(std::string_view logical_id) const {
  for (const ResourceDeclaration& resource : resources) {
    if (resource.logical_id == logical_id) return &resource;
  }
  return nullptr;
}

bool Template::has_sam() const {
  return std::find(transforms.begin(), transforms.end(), sam::kTransformName) != transforms.end();
}

namespace {

bool ReadText(std::string_view text, Value& root, Problems& problems, Problems* notices) {
  if (text.size() > kTemplateBytesMax) {
    problems.push_back({0, "Template format error: the template has " +
                               std::to_string(text.size()) + " bytes; " +
                               std::to_string(kTemplateBytesMax) + " are allowed"});
    return false;
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool is_json = first != text.npos && text[first] == '{';
  Problem problem;
  if (is_json ? ReadJson(text, root, problem, notices) : ReadYaml(text, root, problem, notices)) {
    return true;
  }
  problems.push_back(std::move(problem));
  return false;
}

}  // namespace

Template ReadTemplate(std::string_view text, Problems& problems) {
  return ReadTemplate(text, problems, {});
}

Template ReadTemplate(std::string_view text, Problems& problems, const TemplateInputs& inputs) {
  Template out;
  Value root;
  if (!ReadText(text, root, problems, &out.notices)) return out;
  ExpandReport report = ExpandTemplate(root, inputs, problems);
  out.declared_types = std::move(report.declared_types);
  out.has_transforms = report.has_transforms;
  out.transform_failure = std::move(report.sam_failure);
  if (report.has_sam) out.transforms.emplace_back(sam::kTransformName);
  if (report.is_whole) Reader(out, problems).Read(root);
  return out;
}

bool ReadExpanded(std::string_view text, const TemplateInputs& inputs, Value& root,
                  Problems& problems) {
  if (!ReadText(text, root, problems, nullptr)) return false;
  (void)ExpandTemplate(root, inputs, problems);
  return true;
}

}  // namespace gatehouse::stack
