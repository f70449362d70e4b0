// What CloudFormation does to a template before it reads it: AWS::Include puts files in,
// AWS::LanguageExtensions carries out Fn::ForEach, AWS::Serverless-2016-10-31 makes plain types of
// SAM's; in this order, whatever that of the list. From tree to tree; blocks on files.
// Source: CloudFormation user guide, "AWS::Include transform", "Fn::ForEach".
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "stack/template/parameters.h"
#include "stack/tree/value.h"

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
  std::string region = "us-east-1";          // SAM's names differ by it
};

// What is known of a template only while its transforms run.
struct ExpandReport {
  std::vector<std::string> declared_types;  // once each, in order, before SAM made others of them
  bool has_transforms = false;
  bool has_sam = false;
  bool is_whole = true;     // else types of SAM are left, which would only be misunderstood
  std::string sam_failure;  // AWS's sentence when SAM's transform failed; else empty
};

// Changes the tree in place. Appends what is wrong; then the tree is not fit for use.
ExpandReport ExpandTemplate(Value& root, const TemplateInputs& inputs, Problems& problems);

// Two steps of it. Inside this room. Whether there was anything to include.
bool ExpandIncludes(Value& root, const std::string& source_directory, Problems& problems);
void ExpandForEach(Value& root, const TemplateInputs& inputs, Problems& problems);

// Whether the template's Transform names that one.
bool DeclaresTransform(const Value& root, std::string_view name);

}  // namespace gatehouse::stack
