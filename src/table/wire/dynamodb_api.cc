#include "table/wire/dynamodb_api.h"

#include <array>
#include <utility>

#include <boost/json.hpp>

#include "gatehouse/json.h"
#include "table/wire/dynamodb_api_call.h"

namespace gatehouse::table {
namespace {

void DescribeEndpoints(ApiCall call, std::string_view host) {
  std::string body = R"({"Endpoints":[{"Address":)";
  json::AppendQuoted(body, host);
  call.Reply(body + R"(,"CachePeriodInMinutes":1440}]})");
}

struct Operation {
  std::string_view name;
  void (*run)(ApiCall call);
};

constexpr std::array kOperations = {
    Operation{"BatchGetItem", BatchGetItem},
    Operation{"BatchWriteItem", BatchWriteItem},
    Operation{"CreateTable", CreateTable},
    Operation{"DeleteItem", DeleteItem},
    Operation{"DeleteTable", DeleteTable},
    Operation{"DescribeTable", DescribeTable},
    Operation{"GetItem", GetItem},
    Operation{"ListTables", ListTables},
    Operation{"PutItem", PutItem},
    Operation{"Query", Query},
    Operation{"Scan", Scan},
    Operation{"TransactGetItems", TransactGetItems},
    Operation{"TransactWriteItems", TransactWriteItems},
    Operation{"UpdateItem", UpdateItem},
    Operation{"UpdateTable", UpdateTable},
};

constexpr std::string_view kTargetPrefix = "DynamoDB_20120810.";
constexpr std::string_view kDescribeEndpoints = "DescribeEndpoints";

bool IsOurContentType(std::string_view type) {
  std::string_view bare = type.substr(0, type.find(';'));
  while (bare.ends_with(' ')) bare.remove_suffix(1);
  return bare == "application/x-amz-json-1.0" || bare == "application/json";
}

// The JSON object that the body is; nothing if it is none.
std::optional<RequestReader> ReadBody(std::string_view body) {
  boost::json::error_code error;
  boost::json::parse_options options;
  options.max_depth = kRequestDepthMax;
  boost::json::value value = boost::json::parse(body, error, {}, options);
  if (error || !value.is_object()) return std::nullopt;
  return RequestReader(std::move(value.get_object()));
}

const Operation* FindOperation(std::string_view target) {
  if (!target.starts_with(kTargetPrefix)) return nullptr;
  target.remove_prefix(kTargetPrefix.size());
  for (const Operation& operation : kOperations) {
    if (operation.name == target) return &operation;
  }
  return nullptr;
}

// AWS says nothing here; a name that AWS knows and we do not deserves a sentence.
std::string UnknownOperation(std::string_view target) {
  if (!target.starts_with(kTargetPrefix)) return {};
  target.remove_prefix(kTargetPrefix.size());
  return "gatehouse does not serve DynamoDB's " + std::string(target);
}

}  // namespace

std::vector<std::string_view> Api::Operations() {
  std::vector<std::string_view> names{kDescribeEndpoints};
  for (const Operation& operation : kOperations) names.push_back(operation.name);
  return names;
}

std::string_view Api::OperationOf(std::string_view target) {
  return target.starts_with(kTargetPrefix) ? target.substr(kTargetPrefix.size())
                                           : std::string_view();
}

void Api::Handle(const ApiRequest& request, base::Executor& reply_to, Done done) {
  ApiCall call(tables_, options_, clock_, random_, reply_to, std::move(done));
  if (request.method == "GET") {
    return call.Send(200, "text/plain", "healthy: dynamodb." + options_.region + ".amazonaws.com ");
  }
  if (request.method != "POST" || !IsOurContentType(request.content_type)) {
    return call.Send(404, "application/xml", "<UnknownOperationException/>\n");
  }
  std::optional<RequestReader> body = ReadBody(request.body);
  if (!body) return call.Fail(ApiError::kSerialization, "");
  call.set_request(*std::move(body));
  if (OperationOf(request.target) == kDescribeEndpoints) {
    return DescribeEndpoints(std::move(call), request.host);
  }
  const Operation* operation = FindOperation(request.target);
  if (!operation) return call.Fail(ApiError::kUnknownOperation, UnknownOperation(request.target));
  operation->run(std::move(call));
}

}  // namespace gatehouse::table
