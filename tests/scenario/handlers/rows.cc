// The handler of spec_rows.py in C++, for `--handlers`: what its Python does, line by line. The
// message, or on $connect the query, says what to do and what to answer.
//
// Environment: EVENTS, the file that notes go to, one JSON value a line.
#include <charconv>
#include <chrono>
#include <fstream>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <vector>

#include "gatehouse/export.h"
#include "gatehouse/json.h"

// g++ 12: every argument of an awaited call has a name (task.h).

namespace rows {
namespace {

using gatehouse::Answer;
using gatehouse::ConnectionInfo;
using gatehouse::Context;
using gatehouse::ErrorCode;
using gatehouse::Event;
using gatehouse::RequestContext;
using gatehouse::Result;
using gatehouse::Task;
namespace json = gatehouse::json;

constexpr std::chrono::milliseconds kSleep{2000};
constexpr std::size_t kFloodBytes = 131072;
constexpr int kFloodPosts = 400;

// Blocks, which a handler of a server that people use must not do.
void Note(Context& context, const std::string& record) {
  std::ofstream(std::string(context.env("EVENTS")), std::ios::app) << record + "\n";
}

std::string Joined(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + json::Quoted(word);
  return "[" + list + "]";
}

int Number(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// What a client of @connections would call it.
template <class T>
std::string Code(const Result<T>& result) {
  if (result) return "fine";
  switch (result.error().code) {
    case ErrorCode::kGone:
      return "GoneException";
    case ErrorCode::kInvalidArgument:
      return "BadRequestException";
    case ErrorCode::kPayloadTooLarge:
      return "PayloadTooLargeException";
    case ErrorCode::kLimitExceeded:
      return "LimitExceededException";
    default:
      return result.error().message;
  }
}

// What @connections says of the connection of this very event, verb by verb.
Task<std::string> AboutOneself(const Event& event, Context& context) {
  std::string_view id = event.request_context->connection_id;
  std::string_view text = "to myself";
  Result<ConnectionInfo> got = co_await context.connections().Get(id);
  Result<void> posted = co_await context.connections().Post(id, text);
  Result<void> closed = co_await context.connections().Close(id);
  co_return Joined({Code(got), Code(posted), Code(closed)});
}

Task<std::string> PostOne(std::string_view asked, Context& context) {
  std::string to = json::String(json::Member(asked, "to").value_or("\"\"")).value_or("");
  std::string text(static_cast<std::size_t>(Number(json::Member(asked, "size").value_or("1"))),
                   'x');
  Result<void> posted = co_await context.connections().Post(to, text);
  co_return Joined({Code(posted)});
}

// Posts until it is refused.
Task<std::string> Flood(const Event& event, Context& context) {
  std::string_view id = event.request_context->connection_id;
  std::string text(kFloodBytes, 'z');
  Result<void> posted;
  for (int i = 0; posted && i < kFloodPosts; ++i) {
    posted = co_await context.connections().Post(id, text);
  }
  co_return Joined({Code(posted)});
}

// The answer that the text describes, as far as an Answer can be it.
Answer AnswerOf(std::string_view text) {
  Answer answer;
  if (auto status = json::Member(text, "statusCode")) answer.status_code = Number(*status);
  if (auto body = json::Member(text, "body")) answer.body = json::String(*body);
  std::string_view headers = json::Member(text, "headers").value_or("{}");
  for (const char* name : {"Sec-WebSocket-Protocol", "sec-websocket-protocol", "X-Mine"}) {
    auto value = json::Member(headers, name);
    if (value) answer.headers.emplace_back(name, json::String(*value).value_or(""));
  }
  return answer;
}

std::string RecordOf(const RequestContext& context) {
  return R"({"eventType": )" + json::Quoted(context.event_type) + R"(, "connectionId": )" +
         json::Quoted(context.connection_id) + R"(, "disconnectStatusCode": )" +
         std::to_string(context.disconnect_status_code) + R"(, "disconnectReason": )" +
         json::Quoted(context.disconnect_reason) + "}";
}

Task<Answer> Disconnected(const Event& event, Context& context) {
  Note(context, RecordOf(*event.request_context));
  if (event.request_context->disconnect_reason == "oneself") {
    std::string said = co_await AboutOneself(event, context);
    Note(context, said);
  }
  co_return Answer{};
}

Task<Answer> Handle(Event event, Context& context) {
  std::string_view kind = event.request_context->event_type;
  if (kind == "DISCONNECT") {
    Answer none = co_await Disconnected(event, context);
    co_return none;
  }
  std::string what, text = "{}";
  if (kind == "CONNECT") {
    what = QueryParameter(event, "do").value_or("");
    text = QueryParameter(event, "answer").value_or("{}");
  } else {
    if (auto given = json::Member(event.body, "do")) what = json::String(*given).value_or("");
    if (auto given = json::Member(event.body, "answer")) text = *given;
  }
  if (what == "raise") throw std::runtime_error("asked to");
  if (what == "sleep") {
    bool slept = co_await context.Sleep(kSleep);
    static_cast<void>(slept);
  } else if (what == "oneself") {
    std::string said = co_await AboutOneself(event, context);
    Note(context, said);
  } else if (what == "post") {
    std::string said = co_await PostOne(event.body, context);
    Note(context, said);
  } else if (what == "flood") {
    std::string said = co_await Flood(event, context);
    Note(context, said);
  }
  Answer answer = AnswerOf(text);
  if (what == "fill") {
    std::size_t bytes = static_cast<std::size_t>(Number(json::Member(event.body, "size").value()));
    answer.body = std::string(bytes, 'x');
  }
  if (what == "bytes") answer.body = "\xff";
  co_return answer;
}

}  // namespace

GATEHOUSE_EXPORT_HANDLERS({"rows/handler", Handle})

}  // namespace rows
