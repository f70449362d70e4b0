// What requests to the control plane carry beside their path: query, body, page. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/define/resource.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

using Parameters = std::vector<std::pair<std::string, std::string>>;  // decoded, in their order

Parameters ParseQuery(std::string_view query);

// A JSON object, or nothing at all; members that are null count as not given.
// Errors: kInvalidArgument.
Result<Properties> ParseBody(std::string_view body);

struct Page {
  std::size_t start = 0;
  std::size_t size = 0;
};

// By maxResults (1 to page_max, which is the default) and nextToken: where the page starts, in
// base64, opaque to clients. Errors: kInvalidArgument.
Result<Page> ParsePage(const Parameters& parameters, std::size_t page_max);

}  // namespace gatehouse::api
