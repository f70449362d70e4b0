// STS's GetCallerIdentity: whose key a request was signed with. People ask it to see where their
// CLI goes; other actions are refused by name. Pure. Source: STS API 2011-06-15.
#pragma once

#include <string>
#include <string_view>

#include "base/random.h"
#include "wire/service.h"

namespace gatehouse::server {

// "GetCallerIdentity"; empty: the request says none.
std::string_view StsActionOf(const wire::ServiceRequest& request);

wire::ServiceResponse AnswerSts(const wire::ServiceRequest& request, const std::string& account_id,
                                base::Random& random);

}  // namespace gatehouse::server
