#include "table/wire/dynamodb_api.h"

#include <array>
#include <utility>

#include <boost/json.hpp>

#include "gatehouse/json.h"
#include "table/wire/content_encoding.h"
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
    Operation{"DescribeContinuousBackups", DescribeContinuousBackups},
    Operation{"DescribeLimits", DescribeLimits},
    Operation{"DescribeTable", DescribeTable},
    Operation{"DescribeTimeToLive", DescribeTimeToLive},
    Operation{"GetItem", GetItem},
    Operation{"ListTables", ListTables},
    Operation{"ListTagsOfResource", ListTagsOfResource},
    Operation{"PutItem", PutItem},
    Operation{"Query", Query},
    Operation{"Scan", Scan},
    Operation{"TagResource", TagResource},
    Operation{"TransactGetItems", TransactGetItems},
    Operation{"TransactWriteItems", TransactWriteItems},
    Operation{"UntagResource", UntagResource},
    Operation{"UpdateItem", UpdateItem},
    Operation{"UpdateTable", UpdateTable},
    Operation{"UpdateTimeToLive", UpdateTimeToLive},
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

// What DynamoDB has beside tables and items, and this does not: a sentence for each.
struct Unserved {
  std::string_view part;  // of an operation's name
  std::string_view what;
};
constexpr Unserved kUnserved[] = {
    {"Statement", "PartiQL"},
    {"ExecuteTransaction", "PartiQL"},
    {"GlobalTable", "global tables"},
    {"ReplicaAutoScaling", "global tables"},
    {"Backup", "backups"},
    {"TableToPointInTime", "backups"},
    {"Import", "imports"},
    {"Export", "exports"},
    {"Kinesis", "Kinesis streaming destinations"},
    {"ResourcePolicy", "resource policies"},
};

// AWS says nothing here; a name that AWS knows and we do not deserves a sentence.
std::string UnknownOperation(std::string_view target) {
  if (!target.starts_with(kTargetPrefix)) return {};
  target.remove_prefix(kTargetPrefix.size());
  std::string sentence = "gatehouse does not serve DynamoDB's " + std::string(target);
  for (const Unserved& unserved : kUnserved) {
    if (target.find(unserved.part) == target.npos) continue;
    return sentence + ": it has no " + std::string(unserved.what);
  }
  return sentence;
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
  std::string decompressed;
  std::string_view text = request.body;
  if (IsCompressed(request.content_encoding)) {
    Result<std::string> whole = Decompress(request.content_encoding, request.body);
    if (!whole && whole.error().code == ErrorCode::kPayloadTooLarge) {
      return call.Send(413, "application/x-amz-json-1.0", "{}");
    }
    if (!whole) return call.Fail(ApiError::kSerialization, "");
    text = decompressed = *std::move(whole);
  }
  std::optional<RequestReader> body = ReadBody(text);
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
