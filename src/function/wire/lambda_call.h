// One request to Lambda's HTTP API, taken apart, and its answer. Inside this room only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "function/define/function_name.h"
#include "function/wire/lambda_api.h"

namespace gatehouse::function {

struct LambdaApi::Call {
  std::string request_id;
  std::vector<std::string> path;  // decoded segments after "functions"
  std::vector<std::pair<std::string, std::string>> query;
  std::vector<std::pair<std::string, std::string>> fields;  // names in lower case
  std::string body;
  FunctionReference function;  // after FindFunction
  wire::ServiceDone done;

  std::string_view Query(std::string_view name) const;  // empty: absent
  std::string_view Field(std::string_view name) const;  // likewise

  // The body as an object; nothing: it was answered that it is none.
  std::optional<boost::json::object> Object();

  using Fields = std::vector<std::pair<std::string, std::string>>;
  void Answer(int status, std::string body, Fields more = {});
  // AWS's name of the error, its HTTP status, a sentence.
  void Refuse(int status, std::string_view name, std::string_view message);
  void Refuse(const Error& error);  // of the catalogue or the code store
  void RefuseUnknown(std::string_view arn);
  void RefuseThrottled();
};

}  // namespace gatehouse::function
