// AWS::ApiGatewayV2::* in the words of the api room.
#pragma once

#include <optional>

#include "api/define/resource.h"
#include "stack/resource/resource.h"

namespace gatehouse::stack {

// Where the resource is in its api, under its physical id; nothing: it is of another service.
std::optional<api::ResourcePlace> ApiPlaceOf(const Resource& resource);

// Its properties under the names that the api room takes. They conform to the type's schema.
api::Properties ApiPropertiesOf(const Resource& resource);

}  // namespace gatehouse::stack
