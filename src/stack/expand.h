// What CloudFormation does to a template before it reads it: AWS::Include puts files in,
// AWS::LanguageExtensions carries out Fn::ForEach. From tree to tree; blocks on files.
// Source: CloudFormation user guide, "AWS::Include transform", "Fn::ForEach".
#pragma once

#include <cstddef>
#include <string>

#include "stack/parameters.h"
#include "stack/value.h"

namespace gatehouse::stack {

inline constexpr std::size_t kIncludedFilesMax = 50;        // of one template
inline constexpr int kIncludeDepthMax = 5;                  // files that include files
inline constexpr int kForEachDepthMax = 5;                  // AWS
inline constexpr std::size_t kExpandedValuesMax = 200'000;  // that Fn::ForEach makes
inline constexpr std::size_t kExpandedBytesMax = 8 << 20;   // of their texts

// What a template is read with. Everything must outlive the call.
struct TemplateInputs {
  const ParameterInputs* parameters = nullptr;
  const ParameterTexts* previous = nullptr;  // of the stack as it is
  std::string source_directory = {};         // of files to include; empty: none may be
};

// Changes the tree in place. Appends what is wrong; then the tree is not fit for use.
void ExpandTemplate(Value& root, const TemplateInputs& inputs, Problems& problems);

// The two halves of it. Inside this room.
void ExpandIncludes(Value& root, const std::string& source_directory, Problems& problems);
void ExpandForEach(Value& root, const TemplateInputs& inputs, Problems& problems);

// Whether the template's Transform names that one.
bool DeclaresTransform(const Value& root, std::string_view name);

}  // namespace gatehouse::stack
