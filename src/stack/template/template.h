// A template's sections as plain values, checked for shape; nothing is evaluated yet.
// Source: CloudFormation user guide, template anatomy; docs/aws/cloudformation.md §5, §8.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stack/sam/transform.h"
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

  bool is_list() const { return type.starts_with("List<") || type == "CommaDelimitedList"; }
};

enum class RemovalPolicy { kDelete, kRetain, kRetainExceptOnCreate };

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
  std::string transform_failure;  // AWS's sentence when SAM's transform failed; else empty
  Problems notices;               // what of it is without effect

  bool has_language_extensions() const;
  bool has_sam() const;
  const ParameterDeclaration* FindParameter(std::string_view name) const;
  const ResourceDeclaration* FindResource(std::string_view logical_id) const;
};

// YAML, or JSON when the first character is "{". Appends what is wrong; the template is fit for
// use only if nothing was. SAM's transform needs to know values of parameters, and the region.
Template ReadTemplate(std::string_view text, Problems& problems,
                      const sam::TransformInput& input = {});

// The template as its transforms leave it. False if it cannot be read; what else is wrong, the
// transform failed, is appended.
bool ReadExpanded(std::string_view text, const sam::TransformInput& input, Value& root,
                  Problems& problems);

}  // namespace gatehouse::stack
