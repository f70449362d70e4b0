// Where a path of the API Gateway V2 API leads. Any thread.
// Source: API Gateway V2 API 2018-11-29 (requestUri of every operation).
#pragma once

#include <string>
#include <string_view>

#include "api/define/resource.h"

namespace gatehouse::api {

struct ControlPath {
  enum Kind {
    kUnknown,
    kCollection,         // place without its id: /v2/apis, /v2/apis/{apiId}/routes
    kResource,           // place
    kAccessLogSettings,  // of the stage at place
    kRouteSettings,      // of the stage at place, for route key `key`
    kRequestParameter,   // `key` of the route at place
    kAuthorizersCache,   // of the stage at place
    kTags,               // of the resource whose ARN is `key`
    kHttpApisOnly,       // AWS has it for HTTP APIs
    kNotHere,            // AWS has it, gatehouse does not yet
  };
  Kind kind = kUnknown;
  ResourcePlace place = {};
  std::string key = {};
};

// path: percent-encoded, without the query.
ControlPath ParseControlPath(std::string_view path);

// The resource that "arn:aws:apigateway:REGION::/apis/ID[/stages/NAME]" names; kUnknown if none.
ControlPath ParseTagArn(std::string_view arn);

}  // namespace gatehouse::api
