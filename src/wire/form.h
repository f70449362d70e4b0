// application/x-www-form-urlencoded, as bodies of AWS's query protocol come. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gatehouse/result.h"

namespace gatehouse::wire {

struct FormLimits {
  std::size_t bytes_max = 2 << 20;
  std::size_t fields_max = 5000;
};

using FormFields = std::vector<std::pair<std::string, std::string>>;

// Names and values decoded, in order; "a" alone has an empty value, malformed escapes stay as they
// are. Errors: kPayloadTooLarge.
Result<FormFields> ParseForm(std::string_view body, const FormLimits& limits = {});

// What follows the first "?" of a request target; empty: nothing does.
std::string_view QueryOf(std::string_view target);

}  // namespace gatehouse::wire
