// What of a template will answer errors, though it can be deployed. Pure but for what `code_fault`
// looks at.
#pragma once

#include "stack/check/template_check.h"
#include "stack/engine/plan.h"
#include "stack/engine/rehearsal.h"

namespace gatehouse::stack {

// Where the template writes that property of a resource, or the resource; property: empty: none.
int LineOf(const Template& source, const Resource& resource, std::string_view property);

// Appends to result.unserved and result.warnings.
void JudgeServing(const Template& source, const Plan& plan, const RehearsalResult& rehearsal,
                  const CodeFault& code_fault, CheckResult& result);

}  // namespace gatehouse::stack
