// The changes of the control plane, planned on a copy of an API's state: what Create, Update,
// Replace, Delete and Redeploy do to it. Nothing here reaches the store or the gateway. Any thread.
#pragma once

#include <optional>
#include <string>

#include "api/define/computed_properties.h"
#include "api/define/resource_schema.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

// A draft without value: there is no such API (any more). Each function changes it and says what
// Get would answer; on an error the draft is to be thrown away.
using Draft = std::optional<ApiState>;

// place.id: what it shall be called, or empty.
Result<Properties> CreateResource(Draft& draft, const ResourcePlace& place, Properties given,
                                  const ChangeContext& context);
// change: kUpdate or kReplace.
Result<Properties> ChangeResource(Draft& draft, const ResourcePlace& place, Properties given,
                                  ChangeKind change, const ChangeContext& context);
Result<void> DeleteResource(Draft& draft, const ResourcePlace& place, const ChangeContext& context);

// Every stage takes the routes and integrations of now.
Result<void> Redeploy(Draft& draft, const std::string& api_id, const ChangeContext& context);

}  // namespace gatehouse::api
