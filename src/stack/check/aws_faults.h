// What of a template works here and fails on AWS, or does not do there what its author thinks.
// Pure. Source: docs/aws/cloudformation.md §4 "Deployment trap".
#pragma once

#include "stack/check/template_check.h"
#include "stack/engine/plan.h"

namespace gatehouse::stack {

// Appends to result.notices, with lines. samples: parameters to which nobody gave a value.
void JudgeOnAws(const Template& source, const Plan& plan,
                const std::set<std::string, std::less<>>& samples, CheckResult& result);

}  // namespace gatehouse::stack
