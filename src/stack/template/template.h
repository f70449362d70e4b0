// A template's sections as plain values, checked for shape; nothing is evaluated yet.
// Source: CloudFormation user guide, template anatomy; docs/aws/cloudformation.md §5, §8.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stack/tree/limits.h"
#include "stack/tree/value.h"

namespace gatehouse::stack {

struct ParameterDeclaration {
  std::string name;
  int line = 0;
  std::string type;  // "String", "Number", "List<Number>", "CommaDelimitedList", …
  std::optional<std::string> default_value;
  std::vector<std::string> allowed_values;
  std::string allowed_pattern;
  std::optional<double> min_length, max_length, min_value, max_value;
  std::string constraint_description;
  std::string description;
  bool no_echo = false;

  // AWS::SSM::Parameter::Value<T>: what is given is the name of a parameter that has the value.
  bool is_stored() const { return type.starts_with("AWS::SSM::Parameter::Value<"); }
  bool is_list() const {
    return type.starts_with("List<") || type == "CommaDelimitedList" ||
           (is_stored() &&
            (type.find("<List<") != type.npos || type.find("<CommaDelimitedList>") != type.npos));
  }
};

enum class RemovalPolicy { kDelete, kRetain, kRetainExceptOnCreate };

inline constexpr std::string_view kSnapshotPolicy = "Snapshot";

// Null: no such policy.
std::optional<RemovalPolicy> ToRemovalPolicy(std::string_view text);

// Whether text is an origin as browsers send it: scheme://host[:port], in lower case; or "null".
bool IsOrigin(std::string_view text);

struct ResourceDeclaration {
  std::string logical_id;
  int line = 0;
  std::string type;
  Value properties;  // an object
  std::vector<std::string> depends_on;
  std::string condition;
  RemovalPolicy deletion_policy = RemovalPolicy::kDelete;
  RemovalPolicy update_replace_policy = RemovalPolicy::kDelete;
  // Either policy as a function of parameters (AWS::LanguageExtensions), or kSnapshotPolicy, which
  // only some types may have; else nothing.
  Value deletion_policy_call, update_replace_policy_call;
  std::string in_process;  // Metadata: {Gatehouse: {InProcess: …}}
  // Metadata: {Gatehouse: {Origins: […]}} of a stage: whose pages may open its WebSockets.
  std::vector<std::string> origins;
  // Where the CDK put what it would upload as Code, Metadata: {aws:asset:path: …}: a local path.
  std::string local_code;
};

struct OutputDeclaration {
  std::string name;
  int line = 0;
  Value value;
  std::string description;
  std::optional<Value> export_name;
  std::string condition;
};

struct Template {
  std::string description;
  std::vector<ParameterDeclaration> parameters;
  Value mappings;  // objects, maybe empty
  Value conditions;
  std::vector<ResourceDeclaration> resources;
  std::vector<OutputDeclaration> outputs;
  std::vector<std::string> transforms;
  // The types that stand in the text, once each, in order; resources has them expanded.
  std::vector<std::string> declared_types;
  bool has_transforms = false;    // of any kind, whole or of a part
  std::string transform_failure;  // AWS's sentence when SAM's transform failed; else empty
  Problems notices;               // what of it is without effect

  bool has_language_extensions() const;
  bool has_sam() const;
  const ParameterDeclaration* FindParameter(std::string_view name) const;
  const ResourceDeclaration* FindResource(std::string_view logical_id) const;
};

struct TemplateInputs;  // expand.h

// YAML, or JSON when the first character is "{", as its transforms leave it. Appends what is wrong;
// the template is fit for use only if nothing was.
Template ReadTemplate(std::string_view text, Problems& problems);
Template ReadTemplate(std::string_view text, Problems& problems, const TemplateInputs& inputs);

// The tree as the transforms leave it. False if it cannot be read; what else is wrong, a transform
// failed, is appended.
bool ReadExpanded(std::string_view text, const TemplateInputs& inputs, Value& root,
                  Problems& problems);

}  // namespace gatehouse::stack
