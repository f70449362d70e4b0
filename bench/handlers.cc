#include "bench/handlers.h"

#include <string>

#include "gatehouse/json.h"

// g++ 12: every argument of an awaited call has a name (task.h).

namespace gatehouse::bench {
namespace {

constexpr std::size_t kFloodBytes = 64 * 1024;  // what one message of bench/flood sends everybody

Task<Answer> Echo(Event event, Context& /*context*/) {
  Answer answer;
  answer.body.emplace(event.body);
  co_return answer;
}

Task<Answer> Id(Event event, Context& /*context*/) {
  Answer answer;
  answer.body.emplace(event.request_context->connection_id);
  co_return answer;
}

Task<Answer> SendToAll(std::string_view text, Context& context) {
  std::span<const std::string> nobody;
  Result<BroadcastResult> sent = co_await context.connections().Broadcast(text, nobody);
  Answer answer;
  answer.status_code = sent ? 200 : 500;
  co_return answer;
}

Task<Answer> Broadcast(Event event, Context& context) { return SendToAll(event.body, context); }

// The text begins with the number of the request, so that its receivers can tell them apart.
Task<Answer> Flood(Event event, Context& context) {
  std::string text(json::Member(event.body, "number").value_or("0"));
  text.resize(kFloodBytes, ' ');
  Answer answer = co_await SendToAll(text, context);
  co_return answer;
}

constexpr HandlerEntry kHandlers[] = {
    {"bench/echo", Echo},
    {"bench/id", Id},
    {"bench/broadcast", Broadcast},
    {"bench/flood", Flood},
};

}  // namespace

std::span<const HandlerEntry> Handlers() { return kHandlers; }

}  // namespace gatehouse::bench
