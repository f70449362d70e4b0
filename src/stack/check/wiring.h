// What a template wires together and does not allow: routes to functions that API Gateway may not
// invoke, functions that post to connections or invoke others with roles that do not let them.
#pragma once

#include "stack/check/grants.h"
#include "stack/check/template_check.h"
#include "stack/engine/plan.h"
#include "stack/engine/rehearsal.h"

namespace gatehouse::stack {

// Appends to result.unserved and result.warnings. look_at_code: what functions call is read in
// their handlers' files, else it is not known.
void JudgeWiring(const Template& source, const Plan& plan, const RehearsalResult& rehearsal,
                 const Grants& grants, bool look_at_code, CheckResult& result);

}  // namespace gatehouse::stack
