// How a service of AWS's says no. Pure but for the request id. Any thread.
#pragma once

#include <string_view>

#include "base/random.h"
#include "server/access/service.h"
#include "wire/service.h"

namespace gatehouse::server {

// How a service says no: status, fields and body in its own form (docs/aws/lambda.md §14).
wire::ServiceResponse ErrorResponse(Service service, int status, std::string_view name,
                                    std::string_view message, base::Random& random);

}  // namespace gatehouse::server
