#include "api/serve/event_json.h"

#include <charconv>
#include <map>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "gatehouse/json.h"

namespace gatehouse::api {
namespace {

// Writes members of one object; puts the commas.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
  void Close() { out_ += '}'; }

  std::string& Member(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    json::AppendQuoted(out_, name);
    out_ += ':';
    return out_;
  }
  void String(std::string_view name, std::string_view value) {
    json::AppendQuoted(Member(name), value);
  }
  void Integer(std::string_view name, std::int64_t value) {
    char digits[24];
    auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    Member(name).append(digits, end);
  }

 private:
  std::string& out_;
  bool first_ = true;
};

using Pairs = std::span<const NameValue>;

// Which pairs have the same name, found once: a client may send thousands.
class NameChains {
 public:
  static constexpr std::size_t kEnd = ~std::size_t{0};

  explicit NameChains(Pairs pairs) : next_(pairs.size(), kEnd), is_first_(pairs.size()) {
    std::map<std::string_view, std::size_t> last;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      auto [it, is_new] = last.try_emplace(pairs[i].name, i);
      is_first_[i] = is_new;
      if (is_new) continue;
      next_[it->second] = i;
      it->second = i;
    }
  }
  bool IsFirst(std::size_t index) const { return is_first_[index]; }
  std::size_t Next(std::size_t index) const { return next_[index]; }

 private:
  std::vector<std::size_t> next_;  // the next pair of the same name
  std::vector<bool> is_first_;
};

// The single-value map holds the last value of a name, in the place of its first.
void AppendSingle(std::string& out, Pairs pairs, const NameChains& chains) {
  ObjectWriter map(out);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (!chains.IsFirst(i)) continue;
    std::size_t last = i;
    while (chains.Next(last) != NameChains::kEnd) last = chains.Next(last);
    map.String(pairs[i].name, pairs[last].value);
  }
  map.Close();
}

void AppendMulti(std::string& out, Pairs pairs, const NameChains& chains) {
  ObjectWriter map(out);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (!chains.IsFirst(i)) continue;
    map.Member(pairs[i].name) += '[';
    for (std::size_t at = i; at != NameChains::kEnd; at = chains.Next(at)) {
      if (at != i) out += ',';
      json::AppendQuoted(out, pairs[at].value);
    }
    out += ']';
  }
  map.Close();
}

// Both maps of headers or parameters.
void AppendPairs(ObjectWriter& object, std::string_view single, std::string_view multi,
                 Pairs pairs) {
  NameChains chains(pairs);
  AppendSingle(object.Member(single), pairs, chains);
  AppendMulti(object.Member(multi), pairs, chains);
}

void AppendIdentity(std::string& out, const RequestContext& context) {
  ObjectWriter identity(out);
  if (!context.user_agent.empty()) identity.String("userAgent", context.user_agent);
  identity.String("sourceIp", context.source_ip);
  identity.Close();
}

void AppendRequestContext(std::string& out, const RequestContext& context) {
  ObjectWriter object(out);
  object.String("routeKey", context.route_key);
  bool disconnect = context.event_type == "DISCONNECT";
  if (disconnect) object.Integer("disconnectStatusCode", context.disconnect_status_code);
  if (context.event_type == "MESSAGE") object.String("messageId", context.message_id);
  object.String("eventType", context.event_type);
  object.String("extendedRequestId", context.request_id);
  object.String("requestTime", base::FormatClf(base::Millis{context.request_time_epoch}));
  object.String("messageDirection", "IN");
  if (disconnect) object.String("disconnectReason", context.disconnect_reason);
  object.String("stage", context.stage);
  object.Integer("connectedAt", context.connected_at);
  object.Integer("requestTimeEpoch", context.request_time_epoch);
  AppendIdentity(object.Member("identity"), context);
  object.String("requestId", context.request_id);
  object.String("domainName", context.domain_name);
  object.String("connectionId", context.connection_id);
  object.String("apiId", context.api_id);
  object.Close();
}

}  // namespace

void AppendEventJson(std::string& out, const Event& event, const Stage& stage) {
  CHECK(event.request_context);
  const RequestContext& context = *event.request_context;
  ObjectWriter object(out);
  if (context.event_type != "MESSAGE") {
    AppendPairs(object, "headers", "multiValueHeaders", event.headers);
  }
  if (!event.query.empty()) {
    AppendPairs(object, "queryStringParameters", "multiValueQueryStringParameters", event.query);
  }
  if (!stage.variables().empty()) {
    ObjectWriter variables(object.Member("stageVariables"));
    for (const auto& [name, value] : stage.variables()) variables.String(name, value);
    variables.Close();
  }
  AppendRequestContext(object.Member("requestContext"), context);
  if (context.event_type == "MESSAGE") object.String("body", event.body);
  out += R"(,"isBase64Encoded":false})";
}

}  // namespace gatehouse::api
