// From options to the quotas that a node keeps (design §6, "quotas"). Pure.
#pragma once

#include "api/stage/quotas.h"
#include "gatehouse/result.h"
#include "server/command/options.h"

namespace gatehouse::server {

// What --limits says, and over it each option of its own. Sizes and times are AWS's unless said
// otherwise, rates are off unless --limits aws or an option of theirs is given.
// Errors: kInvalidArgument (options that do not go together).
Result<api::Quotas> MakeQuotas(const UpOptions& options);

}  // namespace gatehouse::server
