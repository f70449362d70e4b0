// The transform AWS::Serverless-2016-10-31: a template with SAM's types becomes one of plain
// CloudFormation, with SAM's names and logical ids. A pure function. Source: docs/aws/
// cloudformation.md §10; judged against the SAM translator (tests/interop/test_sam.py).
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "stack/tree/value.h"

namespace gatehouse::stack::sam {

inline constexpr std::string_view kTransformName = "AWS::Serverless-2016-10-31";

// What a template may come to, in bytes of JSON: four times the largest that AWS takes.
inline constexpr std::size_t kExpandedBytesMax = 4 << 20;

struct TransformInput {
  std::string region = "us-east-1";
  // The values of parameters as they are given or kept; of the others the template's defaults hold.
  std::map<std::string, std::string, std::less<>> parameters = {};
};

// Expands root in place. Appends what is wrong, each problem with the line of its resource; root is
// fit for use only if nothing was. Transform loses this name if all was expanded, so that the rest
// can be judged beside what is wrong.
void Transform(Value& root, const TransformInput& input, Problems& problems);

// All problems in one sentence, as AWS gives them.
std::string FailureText(const Problems& problems);

}  // namespace gatehouse::stack::sam
