// What a resource must fulfil beyond its own properties' types: WebSocket rules, references to
// others of its API, uniqueness, and what must not be deleted. Pure; any thread.
// Source: docs/aws/websocket-api.md §4, §6, §7, §12. Sentences are AWS's where they are known.
#pragma once

#include "api/define/api_state.h"
#include "api/define/resource_schema.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

// `resource` as it shall be; state still has it as it was, if it was.
// Errors: kInvalidArgument, kConflict (another has its key or name).
Result<void> CheckResource(const ApiState& state, ResourceKind kind, const Resource& resource);

// Errors: kConflict, kInvalidArgument (something refers to it).
Result<void> CheckDeletion(const ApiState& state, ResourceKind kind, const Resource& resource);

// Of a route's target "integrations/ID": ID; empty if it has another form.
std::string_view IntegrationIdOf(std::string_view target);

}  // namespace gatehouse::api
