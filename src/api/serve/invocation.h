// One running invocation of a route's integration: it owns every byte that the event's views point
// to, so it outlives the handler even when its connection is gone or its time is up. Loop thread.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/serve/connection.h"
#include "api/stage/stage_metrics.h"
#include "base/shared_bound.h"
#include "gatehouse/event.h"
#include "net/loop/loop.h"
#include "wire/http_parser.h"
#include "wire/websocket_extensions.h"

namespace gatehouse::api {

class Invocations;

struct Invocation {
  enum class Kind { kConnect, kMessage, kDisconnect };

  Invocations* owner = nullptr;  // null: they are gone, and this belongs to whoever holds a lease
  Kind kind = Kind::kMessage;
  net::SocketRef socket;
  StagePlace* place = nullptr;
  std::shared_ptr<const Stage> stage;  // keeps the route alive
  const Route* route = nullptr;        // null: a $connect or $disconnect that the API does not have
  std::chrono::nanoseconds started{};
  std::optional<net::Loop::TimerId> timer;
  bool timed_out = false;
  bool has_invalid_body = false;    // no model of the route accepts it
  bool is_departure = false;        // counted as running in the place's departures
  bool* done_flag = nullptr;        // set while Invoke is on the stack
  RouteMetrics* metrics = nullptr;  // the route's, of its place
  std::size_t running_index = 0;    // in its owner's list
  base::Share waiting_bytes;        // of GatewayOptions, unless the function ended at once

  Connection connection;  // a copy of the record as it was
  std::string request_id;
  std::string message_id;
  std::string body;
  std::string disconnect_reason;
  std::string accept_key;            // kConnect: what the 101 will say
  wire::ExtensionChoice extensions;  // kConnect: likewise
  std::deque<std::string> texts;     // decoded values and made headers
  std::vector<NameValue> headers;
  std::vector<NameValue> query;

  RequestContext context;
  Event event;

  // Whose invocation this is. A spare one still has what it had before: the next message of the
  // same connection, which is the likely one, copies no text and counts no reference.
  void Take(net::SocketRef of_socket, const std::shared_ptr<const Stage>& of_stage,
            const Connection& record);
  // Points context and event at the members above. Call when they are complete.
  void BindEvent(std::int64_t now_ms);
  void Reset();

  const std::string& Keep(std::string text);
};

// What an invoker holds while a function runs: the invocation outlives its owner if it must.
struct DeleteOrphan {
  void operator()(Invocation* invocation) const {
    if (!invocation->owner) delete invocation;
  }
};
using InvocationLease = std::unique_ptr<Invocation, DeleteOrphan>;

// Where a request came in, as events tell it.
struct Arrival {
  std::string domain_name;      // the host, with its port unless it is AWS's name
  std::string forwarded_port;   // "4566"
  std::string forwarded_proto;  // "http" or "https"
};

// Fills headers and query from a handshake. Source: docs/aws/websocket-api.md §3.1.
void TakeHandshake(Invocation& invocation, const wire::HttpHead& head, const Arrival& arrival,
                   const std::string& source_ip, const std::string& trace_id);

// The four fixed headers of a DISCONNECT event.
void TakeDisconnectHeaders(Invocation& invocation);

}  // namespace gatehouse::api
