// The forms in which callers name a function: "fn", "fn:q", "ACC:function:fn[:q]",
// "function:fn[:q]", "arn:aws:lambda:R:ACC:function:fn[:q]". Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "gatehouse/result.h"

namespace gatehouse::function {

inline constexpr std::size_t kFunctionReferenceMax = 170;  // characters of any form

struct FunctionReference {
  std::string name;
  std::string qualifier;  // as asked for; empty: none
  bool foreign = false;   // another region's or account's: not found here
};

// text is percent-decoded. qualifier: of the query; empty: none. Errors: kInvalidArgument.
Result<FunctionReference> ParseFunctionName(std::string_view text, std::string_view qualifier,
                                            std::string_view region, std::string_view account_id);

// What a person calls a function: the logical id in the physical name that CloudFormation makes,
// "stack-LogicalId-A1B2C3D4E5F6"; other names are as they are.
std::string_view NameForPeople(std::string_view function_name);

}  // namespace gatehouse::function
