#include "parameter/ssm_api.h"

#include <charconv>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "aws/arn.h"
#include "aws/error.h"
#include "aws/id.h"

namespace gatehouse::parameter {
namespace {

namespace bj = boost::json;

constexpr std::string_view kTargetPrefix = "AmazonSSM.";
constexpr std::size_t kNamesMax = 10;  // AWS, of GetParameters and a page by path

constexpr aws::ErrorRow kErrors[] = {
    {ErrorCode::kNotFound, 400, "ParameterNotFound"},
    {ErrorCode::kConflict, 400, "ParameterAlreadyExists"},
    {ErrorCode::kLimitExceeded, 400, "ParameterLimitExceeded"},
    {ErrorCode::kInvalidArgument, 400, "ValidationException"},
};
constexpr aws::ErrorRow kInternalError{ErrorCode::kIo, 500, "InternalServerError"};

// "name:3" asks for a version; 0: for whichever there is.
std::pair<std::string, std::int64_t> SplitVersion(std::string_view text) {
  std::string name = ParameterNameOf(text);
  if (aws::IsArn(text)) text = text.substr(text.find(":parameter/") + 1);
  const std::size_t colon = text.rfind(':');
  std::int64_t version = 0;
  if (colon != text.npos) {
    std::from_chars(text.data() + colon + 1, text.data() + text.size(), version);
  }
  return {std::move(name), version};
}

bj::object ParameterJson(const Parameter& parameter, const aws::Place& place) {
  return {{"Name", parameter.name},
          {"Type", parameter.type},
          {"Value", parameter.value},
          {"Version", parameter.version},
          {"LastModifiedDate", static_cast<double>(parameter.modified.count()) / 1000},
          {"ARN", ParameterArn(place, parameter.name)},
          {"DataType", "text"}};
}

}  // namespace

std::string ParameterArn(const aws::Place& place, std::string_view name) {
  return aws::Arn(aws::kSsm, place,
                  fmt::format("parameter{}{}", name.starts_with('/') ? "" : "/", name));
}

std::string ParameterNameOf(std::string_view text) {
  constexpr std::string_view kMark = ":parameter/";
  const std::size_t mark = aws::IsArn(text) ? text.find(kMark) : text.npos;
  if (mark != text.npos) {
    const std::string_view rest = text.substr(mark + kMark.size());
    // A name with levels begins with a slash, which its ARN has once.
    text = rest.find('/') == rest.npos ? rest : text.substr(mark + kMark.size() - 1);
  }
  return std::string(text.substr(0, text.find(':')));
}

struct SsmApi::Call {
  std::string request_id;
  bj::object body;
  wire::ServiceDone done;

  std::string Text(std::string_view name) const {
    const bj::value* value = body.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
  }
  bool True(std::string_view name) const {
    const bj::value* value = body.if_contains(name);
    return value && value->is_bool() && value->get_bool();
  }
  void Reply(int status, std::string text) {
    done(aws::Answer(status, aws::kJson11Type, request_id, std::move(text)));
  }
  void Answer(const bj::object& answer) { Reply(200, bj::serialize(answer)); }
  void Refuse(std::string_view type, std::string_view message, int status = 400) {
    Reply(status, aws::JsonErrorBody(type, message));
  }
  void Refuse(const Error& error) {
    const aws::ErrorRow& row = aws::RowOf(kErrors, error.code, kInternalError);
    Refuse(row.type, error.code == ErrorCode::kNotFound ? "" : error.message, row.status);
  }
};

struct SsmApi::Row {
  std::string_view operation;
  Verb verb;
};

const SsmApi::Row SsmApi::kRows[] = {
    {"PutParameter", &SsmApi::PutParameter},
    {"GetParameter", &SsmApi::GetParameter},
    {"GetParameters", &SsmApi::GetParameters},
    {"GetParametersByPath", &SsmApi::GetParametersByPath},
    {"DeleteParameter", &SsmApi::DeleteParameter},
};

std::vector<std::string_view> SsmApi::Operations() {
  std::vector<std::string_view> names;
  for (const Row& row : kRows) names.push_back(row.operation);
  return names;
}

std::string_view SsmApi::OperationOf(std::string_view target) {
  if (!target.starts_with(kTargetPrefix)) return {};
  target.remove_prefix(kTargetPrefix.size());
  for (const Row& row : kRows) {
    if (row.operation == target) return row.operation;
  }
  return {};
}

void SsmApi::Handle(const wire::ServiceRequest& request, wire::ServiceDone done) {
  auto call = std::make_shared<Call>();
  call->request_id = aws::NewUuid(random_);
  call->done = std::move(done);
  const std::string_view target = request.head.Find("X-Amz-Target").value_or("");
  const std::string_view operation = OperationOf(target);
  if (request.head.method != "POST" || operation.empty()) {
    return call->Refuse("UnknownOperationException",
                        fmt::format("gatehouse serves parameters of Systems Manager, not {}",
                                    target.empty() ? "this" : target));
  }
  boost::system::error_code error;
  bj::value body = bj::parse(request.body.empty() ? "{}" : request.body, error);
  if (error || !body.is_object()) return call->Refuse("SerializationException", "");
  call->body = std::move(body.get_object());
  for (const Row& row : kRows) {
    if (row.operation == operation) return (this->*row.verb)(std::move(call));
  }
}

void SsmApi::PutParameter(CallPtr call) {
  Parameter parameter;
  parameter.name = ParameterNameOf(call->Text("Name"));
  const Parameter* present = parameters_.Find(parameter.name);
  parameter.type = call->Text("Type");
  if (parameter.type.empty() && present) parameter.type = present->type;
  parameter.value = call->Text("Value");
  parameter.description = call->Text("Description");
  parameter.modified = clock_.WallNow();
  const auto mode = call->True("Overwrite") ? Parameters::Mode::kEither : Parameters::Mode::kNew;
  parameters_.Put(std::move(parameter), mode, [call](Result<std::int64_t> version) {
    if (!version) return call->Refuse(version.error());
    call->Answer({{"Version", *version}, {"Tier", "Standard"}});
  });
}

void SsmApi::GetParameter(CallPtr call) {
  const auto [name, version] = SplitVersion(call->Text("Name"));
  const Parameter* parameter = parameters_.Find(name);
  if (!parameter) return call->Refuse("ParameterNotFound", "");
  if (version != 0 && version != parameter->version) {
    return call->Refuse("ParameterVersionNotFound",
                        fmt::format("Systems Manager could not find version {} of {}. Verify the "
                                    "version and try again.",
                                    version, name));
  }
  call->Answer({{"Parameter", ParameterJson(*parameter, place_)}});
}

void SsmApi::GetParameters(CallPtr call) {
  const bj::value* names = call->body.if_contains("Names");
  if (!names || !names->is_array() || names->get_array().empty() ||
      names->get_array().size() > kNamesMax) {
    return call->Refuse("ValidationException",
                        fmt::format("Names must have 1 to {} names", kNamesMax));
  }
  bj::array found, invalid;
  for (const bj::value& one : names->get_array()) {
    const std::string text = one.is_string() ? std::string(one.get_string()) : std::string();
    const auto [name, version] = SplitVersion(text);
    const Parameter* parameter = parameters_.Find(name);
    if (parameter && (version == 0 || version == parameter->version)) {
      found.push_back(ParameterJson(*parameter, place_));
    } else {
      invalid.emplace_back(text);
    }
  }
  call->Answer({{"Parameters", std::move(found)}, {"InvalidParameters", std::move(invalid)}});
}

void SsmApi::GetParametersByPath(CallPtr call) {
  std::string path = call->Text("Path");
  if (!path.starts_with('/')) {
    return call->Refuse("ValidationException",
                        "The parameter doesn't meet the parameter name requirements. The parameter "
                        "name must begin with a forward slash \"/\".");
  }
  if (!path.ends_with('/')) path += '/';
  std::size_t limit = kNamesMax;
  if (const bj::value* wanted = call->body.if_contains("MaxResults")) {
    const std::int64_t* number = wanted->if_int64();
    if (!number || *number < 1 || *number > static_cast<std::int64_t>(kNamesMax)) {
      return call->Refuse("ValidationException",
                          fmt::format("MaxResults must be 1 to {}", kNamesMax));
    }
    limit = static_cast<std::size_t>(*number);
  }
  const bool deep = call->True("Recursive");
  const std::string token = call->Text("NextToken");  // the last name of the page before
  bj::array page;
  std::string last;
  bj::object answer;
  const auto& all = parameters_.all();
  for (auto at = token.empty() ? all.lower_bound(path) : all.upper_bound(token);
       at != all.end() && at->first.starts_with(path); ++at) {
    if (!deep && at->first.find('/', path.size()) != std::string::npos) continue;
    if (page.size() == limit) {
      answer["NextToken"] = last;
      break;
    }
    page.push_back(ParameterJson(at->second, place_));
    last = at->first;
  }
  answer["Parameters"] = std::move(page);
  call->Answer(answer);
}

void SsmApi::DeleteParameter(CallPtr call) {
  parameters_.Delete(ParameterNameOf(call->Text("Name")), [call](Result<std::int64_t> deleted) {
    if (!deleted) return call->Refuse(deleted.error());
    call->Answer({});
  });
}

}  // namespace gatehouse::parameter
