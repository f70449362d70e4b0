#include "api/serve/proxy_result.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "api/language/request_view.h"
#include "base/encoding.h"
#include "gatehouse/result.h"
#include "wire/json_cursor.h"

namespace gatehouse::api {
namespace {

using wire::JsonCursor;
using wire::JsonKind;
using wire::JsonValue;

constexpr std::size_t kShownBytesMax = 512;  // of what a function said, in a log line

InvokeOutcome Failed(std::string why) { return {InvokeOutcome::kFailed, {}, std::move(why)}; }

Error Malformed(std::string_view what) {
  return {ErrorCode::kInvalidArgument, fmt::format("the function's result is malformed: {}", what)};
}

bool IsScalar(const JsonValue& value) {
  return value.kind != JsonKind::kObject && value.kind != JsonKind::kArray &&
         value.kind != JsonKind::kNull;
}

// A header's value: strings decoded, numbers and booleans as written.
std::string TextOfScalar(const JsonValue& value) {
  return value.kind == JsonKind::kString ? wire::DecodeJsonString(value) : std::string(value.text);
}

Result<void> TakeStatusCode(const JsonValue& value, Answer& answer) {
  if (value.kind == JsonKind::kNull) return {};
  std::string text;
  if (IsScalar(value)) text = TextOfScalar(value);
  auto end = std::from_chars(text.data(), text.data() + text.size(), answer.status_code);
  bool is_number = end.ec == std::errc() && end.ptr == text.data() + text.size();
  if (!is_number || answer.status_code < 100 || answer.status_code > 599) {
    return Malformed(fmt::format("statusCode is {}", value.text.substr(0, kShownBytesMax)));
  }
  return {};
}

Result<void> TakeHeaders(const JsonValue& value, Answer& answer) {
  if (value.kind == JsonKind::kNull) return {};
  if (value.kind != JsonKind::kObject) return Malformed("headers is no object");
  JsonCursor cursor(value);
  while (cursor.Next()) {
    if (cursor.value().kind == JsonKind::kNull) continue;
    if (!IsScalar(cursor.value())) {
      return Malformed(fmt::format("the header {} is no string", cursor.name()));
    }
    answer.headers.emplace_back(cursor.name(), TextOfScalar(cursor.value()));
  }
  return {};
}

// Names in multiValueHeaders count alone; those in headers besides them are dropped.
Result<void> TakeMultiValueHeaders(const JsonValue& value, Answer& answer) {
  if (value.kind == JsonKind::kNull) return {};
  if (value.kind != JsonKind::kObject) return Malformed("multiValueHeaders is no object");
  JsonCursor names(value);
  while (names.Next()) {
    if (names.value().kind == JsonKind::kNull) continue;
    if (names.value().kind != JsonKind::kArray) {
      return Malformed(fmt::format("multiValueHeaders: {} is no list", names.name()));
    }
    std::erase_if(answer.headers,
                  [&](const auto& h) { return EqualsIgnoringCase(h.first, names.name()); });
    JsonCursor values(names.value());
    while (values.Next()) {
      if (!IsScalar(values.value())) {
        return Malformed(fmt::format("multiValueHeaders: {} holds no string", names.name()));
      }
      answer.headers.emplace_back(names.name(), TextOfScalar(values.value()));
    }
  }
  return {};
}

// The members of a result, each the last of its name.
struct Members {
  JsonValue status_code, headers, multi_value_headers, body, is_base64_encoded;
};

Result<Members> ReadMembers(const JsonValue& object) {
  Members members;
  struct Row {
    std::string_view name;
    JsonValue& value;
  };
  const Row rows[] = {{"statusCode", members.status_code},
                      {"headers", members.headers},
                      {"multiValueHeaders", members.multi_value_headers},
                      {"body", members.body},
                      {"isBase64Encoded", members.is_base64_encoded}};
  JsonCursor cursor(object);
  while (cursor.Next()) {
    auto row = std::find_if(std::begin(rows), std::end(rows),
                            [&](const Row& r) { return r.name == cursor.name(); });
    if (row == std::end(rows)) {
      return Malformed(
          fmt::format("AWS knows no key {} in it", cursor.name().substr(0, kShownBytesMax)));
    }
    row->value = cursor.value();
  }
  return members;
}

Result<void> TakeBody(const Members& members, Answer& answer) {
  JsonKind encoded = members.is_base64_encoded.kind;
  if (encoded != JsonKind::kTrue && encoded != JsonKind::kFalse && encoded != JsonKind::kNull) {
    return Malformed("isBase64Encoded is neither true nor false");
  }
  if (members.body.kind == JsonKind::kNull) return {};
  if (members.body.kind != JsonKind::kString) return Malformed("body is no string");
  std::string body = wire::DecodeJsonString(members.body);
  if (encoded == JsonKind::kTrue) {
    std::optional<std::string> decoded = base::DecodeBase64(body);
    if (!decoded) return Malformed("isBase64Encoded is true, but body is no base64");
    body = *std::move(decoded);
  }
  answer.body = std::move(body);
  return {};
}

Result<Answer> ReadAnswer(const JsonValue& object) {
  Result<Members> members = ReadMembers(object);
  if (!members) return members.error();
  Answer answer;
  if (auto taken = TakeStatusCode(members->status_code, answer); !taken) return taken.error();
  if (auto taken = TakeHeaders(members->headers, answer); !taken) return taken.error();
  if (auto taken = TakeMultiValueHeaders(members->multi_value_headers, answer); !taken) {
    return taken.error();
  }
  if (auto taken = TakeBody(*members, answer); !taken) return taken.error();
  return answer;
}

// "the function failed (Unhandled): TypeError: x is undefined"
std::string FailureSentence(std::string_view payload, std::string_view function_error) {
  std::string sentence = fmt::format("the function failed ({})", function_error);
  std::optional<JsonValue> error = wire::ReadJson(payload);
  if (!error || error->kind != JsonKind::kObject) return sentence;
  for (std::string_view name : {"errorType", "errorMessage"}) {
    std::optional<JsonValue> text = wire::FindMember(*error, name);
    if (!text || text->kind != JsonKind::kString) continue;
    sentence += ": " + wire::DecodeJsonString(*text).substr(0, kShownBytesMax);
  }
  return sentence;
}

}  // namespace

InvokeOutcome ReadProxyResult(std::string_view payload, std::string_view function_error) {
  if (!function_error.empty()) return Failed(FailureSentence(payload, function_error));
  if (payload.empty()) payload = "null";
  std::optional<JsonValue> value = wire::ReadJson(payload);
  if (!value) return Failed(Malformed("it is no JSON, or nested too deeply").message);
  if (value->kind == JsonKind::kNull) {
    return Failed(Malformed("it returned nothing (null); API Gateway wants an object such as "
                            "{\"statusCode\": 200}")
                      .message);
  }
  if (value->kind != JsonKind::kObject) return Failed(Malformed("it is no object").message);
  Result<Answer> answer = ReadAnswer(*value);
  if (!answer) return Failed(std::move(answer).error().message);
  return {InvokeOutcome::kAnswered, *std::move(answer), {}};
}

}  // namespace gatehouse::api
