// Two handlers of one's own, for `gatehouse up --handlers`. A handler must not block: it awaits.
#include <charconv>
#include <chrono>
#include <string>

#include "gatehouse/export.h"
#include "gatehouse/json.h"

namespace hello {

using gatehouse::Answer;
using gatehouse::Context;
using gatehouse::Event;
using gatehouse::Result;
using gatehouse::Task;

// The decoded text of a member of the message, or what stands in for it.
std::string Text(std::string_view message, std::string_view name, std::string_view otherwise) {
  auto value = gatehouse::json::Member(message, name);
  auto text = value ? gatehouse::json::String(*value) : std::nullopt;
  return text ? *text : std::string(otherwise);
}

// {"action":"greet","name":"ann"} → Hello, ann!
Task<Answer> Greet(Event event, Context& /*context*/) {
  Answer answer;
  answer.body = "Hello, " + Text(event.body, "name", "world") + "!";
  co_return answer;
}

// {"action":"remind","text":"tea","milliseconds":300} → tea, when the time has come
Task<Answer> Remind(Event event, Context& context) {
  auto given = gatehouse::json::Member(event.body, "milliseconds").value_or("1000");
  int milliseconds = 0;
  std::from_chars(given.data(), given.data() + given.size(), milliseconds);
  std::chrono::milliseconds pause(milliseconds);
  bool slept = co_await context.Sleep(pause);
  if (!slept) co_return Answer{};
  std::string text = Text(event.body, "text", "It is time.");
  std::string_view to = event.request_context->connection_id;
  Result<void> posted = co_await context.connections().Post(to, text);
  if (!posted) context.Log(posted.error().message);
  co_return Answer{};
}

GATEHOUSE_EXPORT_HANDLERS({"hello/greet", Greet}, {"hello/remind", Remind})

}  // namespace hello
