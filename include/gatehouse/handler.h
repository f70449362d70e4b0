// The interface of handlers written in C++. A handler compiled against these headers runs inside
// gatehouse, on the loop thread of the connection that it serves, and also builds as a Lambda
// function (docs/lambda-handlers.md): it never learns which.
//
// A handler must not block: it awaits. Everything here is called on the handler's own thread.
// References given to an awaited call must live until the call is done.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/event.h"
#include "gatehouse/item.h"
#include "gatehouse/result.h"
#include "gatehouse/task.h"

namespace gatehouse {

// What GET @connections tells of an open connection. Milliseconds since 1970, UTC.
struct ConnectionInfo {
  std::int64_t connected_at = 0;
  std::int64_t last_active_at = 0;
  std::string source_ip;
  std::string user_agent;  // empty when the client sent none
};

struct BroadcastResult {
  std::size_t posted = 0;
  std::size_t failed = 0;  // queue full
};

// The open connections of one stage (AWS: the API Gateway Management API).
class Connections {
 public:
  virtual ~Connections() = default;

  // Queues one message for a client. OK means queued, not read by the client.
  //   connection_id  as in requestContext.connectionId; opaque
  //   data           UTF-8 text, at most 131,072 bytes; copied before return
  // Errors: kGone (closed, or still in its $connect); kInvalidArgument (id malformed, data not
  // UTF-8); kPayloadTooLarge; kLimitExceeded (the client reads too slowly).
  virtual Task<Result<void>> Post(std::string_view connection_id, std::string_view data) = 0;

  // Queues the same message for many; a result per id, in their order. Errors as Post's.
  virtual Task<std::vector<Result<void>>> PostAll(std::span<const std::string> connection_ids,
                                                  std::string_view data) = 0;

  // Queues a message for every open connection of the stage but `exclude`. Beyond AWS: there it
  // answers kUnsupported; use PostAll in handlers that shall deploy to both.
  virtual Task<Result<BroadcastResult>> Broadcast(std::string_view data,
                                                  std::span<const std::string> exclude) = 0;

  virtual Task<Result<ConnectionInfo>> Get(std::string_view connection_id) = 0;  // errors as Post's
  virtual Task<Result<void>> Close(std::string_view connection_id) = 0;          // likewise
};

struct ScanOptions {
  std::size_t limit = 0;                    // items evaluated for one page; 0: up to 1 MB of data
  std::optional<Item> exclusive_start_key;  // the last page's last_evaluated_key
};

struct ScanPage {
  std::vector<Item> items;
  std::optional<Item> last_evaluated_key;  // there is more; absent at the end
};

// What the names in expressions stand for: {"#n", "name"}. Values stand in an Item: {":v", "x"}.
using ExpressionNames = std::map<std::string, std::string>;

struct QueryOptions {
  std::string key_condition;    // "room = :room AND begins_with(at, :day)"
  std::string filter = {};      // FilterExpression; empty: all
  std::string projection = {};  // ProjectionExpression; empty: whole items
  ExpressionNames names = {};
  Item values = {};
  std::string index_name = {};  // empty: the table itself
  std::size_t limit = 0;        // as ScanOptions'
  bool scan_index_forward = true;
  std::optional<Item> exclusive_start_key = {};
};

// The condition of a write; the error is kConditionFailed when it does not hold.
struct ConditionOptions {
  std::string condition;  // "attribute_not_exists(id)"
  ExpressionNames names = {};
  Item values = {};
};

struct UpdateOptions {
  std::string update;          // "SET a = :a ADD n :one"
  std::string condition = {};  // empty: none
  ExpressionNames names = {};
  Item values = {};
};

// One DynamoDB table. Errors: kNotFound (no such table), kInvalidArgument (the item or key does not
// fit the schema or DynamoDB's limits; the message is DynamoDB's), kIo.
class Table {
 public:
  virtual ~Table() = default;
  virtual Task<Result<void>> Put(Item item) = 0;  // replaces the whole item
  virtual Task<Result<std::optional<Item>>> Get(Item key) = 0;
  virtual Task<Result<void>> Delete(Item key) = 0;  // deleting nothing succeeds
  virtual Task<Result<ScanPage>> Scan(ScanOptions options) = 0;

  // The items of one partition of the table or an index, in the order of the sort key; filter and
  // projection have been applied.
  virtual Task<Result<ScanPage>> Query(QueryOptions options) = 0;
  // The item as the update leaves it; it is made if it is not there.
  virtual Task<Result<Item>> Update(Item key, UpdateOptions options) = 0;
  virtual Task<Result<void>> PutIf(Item item, ConditionOptions options) = 0;
  virtual Task<Result<void>> DeleteIf(Item key, ConditionOptions options) = 0;
};

enum class InvocationType { kRequestResponse, kEvent };

struct InvokeResult {
  int status_code = 0;         // 200, or 202 for an Event
  std::string payload;         // the function's answer as JSON; empty for an Event
  std::string function_error;  // "Unhandled" when the function failed; else empty
};

// The other functions of the stack.
class Functions {
 public:
  virtual ~Functions() = default;
  // Errors: kNotFound (no such function), kPayloadTooLarge, kLimitExceeded.
  virtual Task<Result<InvokeResult>> Invoke(std::string_view function_name, std::string payload,
                                            InvocationType type) = 0;
};

// What one invocation has at hand; lives until the handler's task is done.
class Context {
 public:
  virtual ~Context() = default;

  // The connections of the stage that the event came from; for a direct invocation, those of the
  // stack's own stage.
  virtual Connections& connections() = 0;

  // The connections behind a management URL such as "https://{domainName}/{stage}".
  // Errors: kInvalidArgument (no such URL), kUnsupported (a host that is not ours).
  virtual Result<Connections*> ConnectionsAt(std::string_view endpoint) = 0;

  virtual std::unique_ptr<Table> table(std::string_view table_name) = 0;
  virtual Functions& functions() = 0;

  // An environment variable of the function; empty when unset.
  virtual std::string_view env(std::string_view name) const = 0;

  virtual std::chrono::milliseconds Now() const = 0;                 // since 1970, UTC
  virtual Task<bool> Sleep(std::chrono::milliseconds duration) = 0;  // false: stopping
  virtual void Log(std::string_view line) = 0;  // one line of the function's log
};

using Handler = Task<Answer> (*)(Event event, Context& context);

// A row of the table by which a binary offers its handlers: "chat/sendMessage" → function.
struct HandlerEntry {
  std::string_view name;
  Handler handler;
};

}  // namespace gatehouse
