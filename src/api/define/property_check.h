// Checks one property's value against its row. Any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "aws/resource_type.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

// "RouteKey" → "routeKey": templates write names with a capital, the API without.
std::string WithoutCapital(std::string_view name);

// Null if calls have none of that name; a capital at its start does not count.
const aws::Property* FindInCalls(std::span<const aws::Property> rows, std::string_view name);

// The value in the row's own type. An entry of a map that shall go is null.
//   path  how sentences name it: "routeSettings.say"
// Errors: kInvalidArgument.
Result<boost::json::value> CheckProperty(const aws::Property& row, const boost::json::value& value,
                                         const std::string& path);

}  // namespace gatehouse::api
