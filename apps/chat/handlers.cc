#include "apps/chat/handlers.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "apps/chat/frames.h"
#include "gatehouse/json.h"

// g++ 12 miscompiles temporaries and initialiser lists inside co_await expressions: every argument
// of an awaited call has a name here.

namespace gatehouse::chat {
namespace {

constexpr std::string_view kAnonymous = "anonymous";
constexpr std::string_view kServer = "server";
constexpr std::chrono::milliseconds kOpenPollFirst{20};
constexpr std::chrono::milliseconds kOpenPollMax{500};
constexpr std::chrono::milliseconds kOpenWaitMax{30'000};  // longer than $connect may take

Item KeyOf(std::string_view connection_id) {
  Item key;
  key.emplace("connectionId", std::string(connection_id));
  return key;
}

std::unique_ptr<Table> ConnectionsTable(Context& context) {
  return context.table(context.env("TABLE_NAME"));
}

Answer Failed(Context& context, const Error& error) {
  context.Log(error.message);
  return Answer{500, {}, {}};
}

// A string member of an object, decoded.
std::optional<std::string> StringMember(std::string_view object, std::string_view name) {
  std::optional<std::string_view> value = json::Member(object, name);
  return value ? json::String(*value) : std::nullopt;
}

// The user of a message: the one given at connect, else the one in the message, else anonymous.
std::string UserOf(const Item* row, std::string_view body) {
  const std::string* user = row ? StringAttribute(*row, "user") : nullptr;
  if (user) return *user;
  return StringMember(body, "user").value_or(std::string(kAnonymous));
}

Task<void> Reply(const Event& event, Context& context, std::string frame) {
  Result<void> posted =
      co_await context.connections().Post(event.request_context->connection_id, frame);
  if (!posted) context.Log(posted.error().message);
}

Task<Result<std::vector<Item>>> ScanAll(Table& table) {
  std::vector<Item> rows;
  ScanOptions options;
  for (;;) {
    ScanOptions page_options = options;
    Result<ScanPage> page = co_await table.Scan(std::move(page_options));
    if (!page) co_return page.error();
    for (Item& item : page->items) rows.push_back(std::move(item));
    if (!page->last_evaluated_key) co_return rows;
    options.exclusive_start_key = std::move(page->last_evaluated_key);
  }
}

// Posts one frame to everybody with a row and removes the rows of those who are gone. An error is
// one of the frame itself (too large); who reads too slowly misses it.
Task<Result<void>> PostToRows(const std::vector<Item>& rows, std::string frame, Table& table,
                              Connections& connections) {
  std::vector<std::string> ids;
  for (const Item& row : rows) {
    const std::string* id = StringAttribute(row, "connectionId");
    if (id) ids.push_back(*id);
  }
  std::vector<Result<void>> results = co_await connections.PostAll(ids, frame);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (results[i]) continue;
    if (results[i].error().code == ErrorCode::kPayloadTooLarge) co_return results[i].error();
    if (results[i].error().code != ErrorCode::kGone) continue;
    Item key = KeyOf(ids[i]);
    Result<void> deleted = co_await table.Delete(std::move(key));
    static_cast<void>(deleted);  // the next broadcast finds the row again
  }
  co_return Result<void>();
}

Task<Answer> SendMessageFromRoute(const Event& event, Context& context) {
  std::string_view action = event.request_context->route_key;
  std::optional<std::string_view> message = json::Member(event.body, "message");
  if (!message || !json::String(*message)) {
    std::string why = !json::IsObject(event.body) ? "the message is no JSON object"
                      : message                   ? "message must be a string"
                                                  : "message is missing";
    std::string frame = ErrorFrame(why, action, {});
    co_await Reply(event, context, std::move(frame));
    co_return Answer{400, {}, {}};
  }
  std::unique_ptr<Table> table = ConnectionsTable(context);
  Result<std::vector<Item>> rows = co_await ScanAll(*table);
  if (!rows) co_return Failed(context, rows.error());
  const Item* own = nullptr;
  for (const Item& row : *rows) {
    const std::string* id = StringAttribute(row, "connectionId");
    if (id && *id == event.request_context->connection_id) own = &row;
  }
  std::string frame = MessageFrame(UserOf(own, event.body), *message);
  Result<void> posted = co_await PostToRows(*rows, std::move(frame), *table, context.connections());
  if (posted) co_return Answer{};
  std::string failure = ErrorFrame(posted.error().message, action, {});
  co_await Reply(event, context, std::move(failure));
  co_return Answer{400, {}, {}};
}

Answer BadInvocation(std::string_view error) {
  return Answer{400, R"({"error": )" + json::Quoted(error) + "}", {}};
}

// Only here may the caller name the endpoint: it is somebody who may invoke the function, while
// anybody who can connect may send a message.
Task<Answer> SendMessageInvoked(const Event& event, Context& context) {
  std::optional<std::string_view> message = json::Member(event.payload, "message");
  if (!message || !json::String(*message)) co_return BadInvocation("message must be a string");
  Connections* connections = &context.connections();
  if (std::optional<std::string_view> given = json::Member(event.payload, "apigw_endpoint")) {
    std::optional<std::string> endpoint = json::String(*given);
    if (!endpoint) co_return BadInvocation("apigw_endpoint must be a string");
    Result<Connections*> at = context.ConnectionsAt(*endpoint);
    if (!at) co_return BadInvocation(at.error().message);
    connections = *at;
  }
  std::unique_ptr<Table> table = ConnectionsTable(context);
  Result<std::vector<Item>> rows = co_await ScanAll(*table);
  if (!rows) co_return Failed(context, rows.error());
  std::string frame = MessageFrame(kServer, *message);
  Result<void> posted = co_await PostToRows(*rows, std::move(frame), *table, *connections);
  if (!posted) co_return BadInvocation(posted.error().message);
  co_return Answer{200, R"({"status": "Message sent"})", {}};
}

struct DirectRequest {
  std::string connection_id;
  std::string_view operation_type;  // a JSON string, as it came
  std::string_view message;         // any JSON value, as it came
};

Result<DirectRequest> ReadDirect(std::string_view body) {
  if (!json::IsObject(body)) {
    return Error{ErrorCode::kInvalidArgument, "the message is no JSON object"};
  }
  DirectRequest request;
  std::optional<std::string> id = StringMember(body, "connectionId");
  if (!id) return Error{ErrorCode::kInvalidArgument, "connectionId must be a string"};
  request.connection_id = *id;
  std::optional<std::string_view> type = json::Member(body, "operationType");
  if (!type || !json::String(*type)) {
    return Error{ErrorCode::kInvalidArgument, "operationType must be a string"};
  }
  std::optional<std::string_view> message = json::Member(body, "message");
  if (!message) return Error{ErrorCode::kInvalidArgument, "message is missing"};
  request.operation_type = *type;
  request.message = *message;
  return request;
}

std::string DirectFailure(const Error& error) {
  bool unknown = error.code == ErrorCode::kGone || error.code == ErrorCode::kInvalidArgument;
  return unknown ? "no such connection" : error.message;
}

// Until then its $connect has not returned and every post is Gone.
Task<Result<void>> WaitUntilOpen(Context& context, const std::string& connection_id) {
  std::chrono::milliseconds waited{0};
  std::chrono::milliseconds pause = kOpenPollFirst;
  for (;;) {
    Result<ConnectionInfo> info = co_await context.connections().Get(connection_id);
    if (info) co_return Result<void>();
    if (info.error().code != ErrorCode::kGone || waited >= kOpenWaitMax) co_return info.error();
    bool slept = co_await context.Sleep(pause);
    if (!slept) co_return info.error();
    waited += pause;
    pause = std::min(pause * 2, kOpenPollMax);
  }
}

}  // namespace

Task<Answer> Connect(Event event, Context& context) {
  std::string_view id = event.request_context->connection_id;
  Item row = KeyOf(id);
  if (auto user = QueryParameter(event, "username"); user && !user->empty()) {
    row.emplace("user", std::string(*user));
  }
  row.emplace("connectedAt", Number{std::to_string(event.request_context->connected_at)});
  std::unique_ptr<Table> table = ConnectionsTable(context);
  Result<void> put = co_await table->Put(std::move(row));
  if (!put) co_return Failed(context, put.error());
  if (context.env("SEND_ID_ON_CONNECT") == "true") {
    std::string payload = R"({"action":"getConnectionId","connectionId":)" + json::Quoted(id) + "}";
    std::string_view function = context.env("GET_CONNECTION_ID_FUNCTION");
    Result<InvokeResult> invoked =
        co_await context.functions().Invoke(function, std::move(payload), InvocationType::kEvent);
    if (!invoked) context.Log(invoked.error().message);
  }
  co_return Answer{};
}

Task<Answer> Disconnect(Event event, Context& context) {
  std::unique_ptr<Table> table = ConnectionsTable(context);
  Item key = KeyOf(event.request_context->connection_id);
  Result<void> deleted = co_await table->Delete(std::move(key));
  if (!deleted) co_return Failed(context, deleted.error());
  co_return Answer{};
}

Task<Answer> SendMessage(Event event, Context& context) {
  if (event.request_context) {
    Answer answer = co_await SendMessageFromRoute(event, context);
    co_return answer;
  }
  Answer answer = co_await SendMessageInvoked(event, context);
  co_return answer;
}

Task<Answer> SendDirect(Event event, Context& context) {
  if (!event.request_context) co_return BadInvocation("sendDirect answers a route's events only");
  Result<DirectRequest> request = ReadDirect(event.body);
  if (!request) {
    std::string id = StringMember(event.body, "connectionId").value_or("");
    std::string frame = ErrorFrame(request.error().message, "sendDirect", id);
    co_await Reply(event, context, std::move(frame));
    co_return Answer{400, {}, {}};
  }
  std::unique_ptr<Table> table = ConnectionsTable(context);
  std::string_view sender = event.request_context->connection_id;
  Item sender_key = KeyOf(sender);
  Result<std::optional<Item>> own = co_await table->Get(std::move(sender_key));
  if (!own) co_return Failed(context, own.error());
  std::string user = UserOf(*own ? &**own : nullptr, event.body);
  std::string frame = DirectFrame(request->operation_type, sender, user, request->message);
  Result<void> posted = co_await context.connections().Post(request->connection_id, frame);
  if (posted) co_return Answer{};
  if (posted.error().code == ErrorCode::kGone) {
    Item key = KeyOf(request->connection_id);
    Result<void> deleted = co_await table->Delete(std::move(key));
    if (!deleted) context.Log(deleted.error().message);
  }
  std::string failure =
      ErrorFrame(DirectFailure(posted.error()), "sendDirect", request->connection_id);
  co_await Reply(event, context, std::move(failure));
  co_return Answer{410, {}, {}};
}

// Through the route it answers the sender. Invoked by $connect (an Event with a connectionId), it
// waits until that connection is open.
Task<Answer> GetConnectionId(Event event, Context& context) {
  if (event.request_context) {
    std::string frame = ConnectionIdFrame(event.request_context->connection_id);
    co_await Reply(event, context, std::move(frame));
    co_return Answer{};
  }
  std::optional<std::string> id = StringMember(event.payload, "connectionId");
  if (!id) co_return BadInvocation("connectionId must be a string");
  Result<void> open = co_await WaitUntilOpen(context, *id);
  if (!open) co_return BadInvocation("no such connection");
  std::string frame = ConnectionIdFrame(*id);
  Result<void> posted = co_await context.connections().Post(*id, frame);
  if (!posted) co_return BadInvocation(posted.error().message);
  co_return Answer{};
}

std::span<const HandlerEntry> Handlers() {
#define CHAT_ROUTE(key, function, name) {"chat/" name, function},
  static constexpr HandlerEntry kHandlers[] = {
#include "apps/chat/routes.inc"
  };
  return kHandlers;
}

}  // namespace gatehouse::chat
