#include "stack/wire/cloudformation_api_call.h"

#include <array>
#include <charconv>

#include "aws/error.h"

namespace gatehouse::stack {
namespace {

constexpr std::string_view kNamespace = "http://cloudformation.amazonaws.com/doc/2010-05-15/";

constexpr std::array kErrors = {
    aws::ErrorRow{ErrorCode::kInvalidArgument, 400, "ValidationError"},
    aws::ErrorRow{ErrorCode::kConflict, 400, "AlreadyExistsException"},
    aws::ErrorRow{ErrorCode::kForbidden, 400, "InsufficientCapabilitiesException"},
    aws::ErrorRow{ErrorCode::kNotFound, 404, "ChangeSetNotFound"},
    aws::ErrorRow{ErrorCode::kUnavailable, 409, "OperationInProgressException"},
    aws::ErrorRow{ErrorCode::kUnsupported, 400, "InvalidChangeSetStatus"},
    aws::ErrorRow{ErrorCode::kLimitExceeded, 400, "LimitExceededException"},
};

bool TakeTemplate(ApiCall& call, StackRequest& out) {
  const QueryRequest& request = call.request();
  if (request.Has("TemplateURL")) {
    call.FailValidation(
        "gatehouse has no S3 yet: send the template as TemplateBody instead of "
        "TemplateURL (with the AWS CLI: without --s3-bucket)");
    return false;
  }
  if (request.True("UsePreviousTemplate")) return true;
  std::string body = request.Text("TemplateBody");
  if (body.empty()) {
    call.FailValidation("Either Template URL or Template Body must be specified.");
    return false;
  }
  if (body.size() > kTemplateBodyBytesMax) {
    call.FailValidation(
        "1 validation error detected: Value at 'templateBody' failed to satisfy "
        "constraint: Member must have length less than or equal to 51200");
    return false;
  }
  out.template_text = std::move(body);
  return true;
}

}  // namespace

Result<wire::FormFields> ReadQueryFields(const wire::ServiceRequest& request) {
  if (request.head.method == "POST") return wire::ParseForm(request.body);
  return wire::ParseForm(wire::QueryOf(request.head.target));
}

QueryRequest::QueryRequest(wire::FormFields fields) {
  for (auto& [name, value] : fields) fields_.insert_or_assign(std::move(name), std::move(value));
}

std::string QueryRequest::Text(std::string_view name) const {
  auto found = fields_.find(name);
  return found == fields_.end() ? std::string() : found->second;
}

std::string QueryRequest::Inside(std::string_view name, std::size_t n, std::string_view field) {
  std::string path(name);
  path.append(".member.").append(std::to_string(n));
  if (!field.empty()) path.append(".").append(field);
  return path;
}

std::vector<std::string> QueryRequest::List(std::string_view name) const {
  std::vector<std::string> list;
  for (std::size_t n = 1; n <= kListMembersMax; ++n) {
    auto found = fields_.find(Inside(name, n, ""));
    if (found == fields_.end()) break;
    list.push_back(found->second);
  }
  return list;
}

std::size_t QueryRequest::Structures(std::string_view name) const {
  std::size_t count = 0;
  while (count < kListMembersMax) {
    const std::string prefix = Inside(name, count + 1, "") + ".";
    auto found = fields_.lower_bound(prefix);
    if (found == fields_.end() || !found->first.starts_with(prefix)) break;
    ++count;
  }
  return count;
}

void ApiCall::Send(int status, std::string body) {
  done_(aws::Answer(status, aws::kQueryXmlType, request_id_, std::move(body)));
}

void ApiCall::Reply(aws::XmlWriter result) {
  std::string body = "<";
  body.append(action_).append("Response xmlns=\"").append(kNamespace).append("\"><");
  body.append(action_).append("Result>").append(result.Take()).append("</").append(action_);
  body.append("Result><ResponseMetadata><RequestId>").append(request_id_);
  body.append("</RequestId></ResponseMetadata></").append(action_).append("Response>\n");
  Send(200, std::move(body));
}

void ApiCall::ReplyWithoutResult() {
  std::string body = "<";
  body.append(action_).append("Response xmlns=\"").append(kNamespace);
  body.append("\"><ResponseMetadata><RequestId>").append(request_id_);
  body.append("</RequestId></ResponseMetadata></").append(action_).append("Response>\n");
  Send(200, std::move(body));
}

void ApiCall::Fail(const Error& error) {
  constexpr aws::ErrorRow kInternal{{}, 500, "InternalFailure"};
  const aws::ErrorRow& row = aws::RowOf(kErrors, error.code, kInternal);
  Fail(row.status, row.type, error.message);
}

void ApiCall::FailValidation(std::string message) { Fail(400, "ValidationError", message); }

void ApiCall::Fail(int status, std::string_view code, std::string_view message) {
  Send(status, aws::QueryErrorBody(kNamespace, status < 500 ? "Sender" : "Receiver", code, message,
                                   request_id_) +
                   "\n");
}

const StackRecord* ApiCall::RequiredStack() {
  const std::string name = request_.Text("StackName");
  if (name.empty()) {
    FailValidation(
        "1 validation error detected: Value null at 'stackName' failed to satisfy "
        "constraint: Member must not be null");
    return nullptr;
  }
  const StackRecord* stack = stacks_->Find(name);
  if (!stack) FailValidation("Stack [" + name + "] does not exist");
  return stack;
}

std::optional<Page> TakePage(ApiCall& call, std::size_t size) {
  const std::string token = call.request().Text("NextToken");
  Page page;
  if (!token.empty()) {
    const char* end = token.data() + token.size();
    auto [stop, error] = std::from_chars(token.data(), end, page.begin);
    if (error != std::errc() || stop != end || page.begin > size) {
      call.FailValidation("Invalid NextToken " + token);
      return std::nullopt;
    }
  }
  page.end = std::min(size, page.begin + kPageSize);
  return page;
}

void WriteNextToken(aws::XmlWriter& out, const Page& page, std::size_t size) {
  if (page.end < size) out.Text("NextToken", std::to_string(page.end));
}

std::optional<StackRequest> TakeStackRequest(ApiCall& call) {
  const QueryRequest& request = call.request();
  StackRequest out;
  out.name = request.Text("StackName");
  out.may_read_files = call.is_owner();
  if (!TakeTemplate(call, out)) return std::nullopt;
  for (std::size_t n = 1; n <= request.Structures("Parameters"); ++n) {
    auto field = [&](std::string_view name) {
      return request.Text(QueryRequest::Inside("Parameters", n, name));
    };
    out.parameters[field("ParameterKey")] = {field("ParameterValue"),
                                             field("UsePreviousValue") == "true"};
  }
  out.capabilities = request.List("Capabilities");
  if (request.Has("Tags") || request.Structures("Tags") > 0) {
    out.tags.emplace();
    for (std::size_t n = 1; n <= request.Structures("Tags"); ++n) {
      out.tags->emplace_back(request.Text(QueryRequest::Inside("Tags", n, "Key")),
                             request.Text(QueryRequest::Inside("Tags", n, "Value")));
    }
  }
  out.disable_rollback =
      request.True("DisableRollback") || request.Text("OnFailure") == "DO_NOTHING";
  out.termination_protection = request.True("EnableTerminationProtection");
  return out;
}

void WriteParameters(aws::XmlWriter& out, const StackDefinition& definition) {
  out.Open("Parameters");
  for (const auto& [name, text] : definition.parameters) {
    const auto& hidden = definition.no_echo;
    const bool hide = std::find(hidden.begin(), hidden.end(), name) != hidden.end();
    out.Open("member");
    out.Text("ParameterKey", name);
    out.Text("ParameterValue", hide ? "****" : text);
    out.Close();
  }
  out.Close();
}

void WriteTexts(aws::XmlWriter& out, std::string_view name, const std::vector<std::string>& texts) {
  out.Open(name);
  for (const std::string& text : texts) out.Text("member", text);
  out.Close();
}

void WriteTags(aws::XmlWriter& out, const Tags& tags) {
  out.Open("Tags");
  for (const auto& [key, value] : tags) {
    out.Open("member");
    out.Text("Key", key);
    out.Text("Value", value);
    out.Close();
  }
  out.Close();
}

void WriteTime(aws::XmlWriter& out, std::string_view name, base::Millis time) {
  if (time.count() != 0) out.Text(name, base::FormatIso8601(time));
}

}  // namespace gatehouse::stack
