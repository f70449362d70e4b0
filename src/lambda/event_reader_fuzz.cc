// Whatever an invocation's bytes are: either they are a route's event, whose views can all be read,
// or the payload is handed on as it came.
#include "lambda/event_reader.h"

#include <string>

#include "base/check.h"
#include "base/fuzz.h"

namespace gatehouse::base {

void FuzzOne(std::span<const std::byte> input) {
  std::string payload(reinterpret_cast<const char*>(input.data()), input.size());
  lambda::EventReader reader(payload);
  const Event& event = reader.event();
  if (!event.request_context) {
    CHECK(event.payload == payload && event.body.empty());
    CHECK(event.headers.empty() && event.query.empty());
    return;
  }
  std::string read(event.body);
  for (std::span<const NameValue> pairs : {event.headers, event.query}) {
    for (const NameValue& pair : pairs) read.append(pair.name).append(pair.value);
  }
  const RequestContext& context = *event.request_context;
  for (std::string_view text :
       {context.route_key, context.event_type, context.connection_id, context.message_id,
        context.request_id, context.api_id, context.stage, context.domain_name, context.source_ip,
        context.user_agent, context.disconnect_reason}) {
    read += text;
  }
  // Decoded text is shorter than its JSON, but for the name that stands before each value of a map.
  CHECK(read.size() <= payload.size() * (payload.size() + 1));
}

}  // namespace gatehouse::base
