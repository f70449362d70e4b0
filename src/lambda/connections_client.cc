#include "lambda/connections_client.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>

#include "gatehouse/json.h"
#include "lambda/retry.h"
#include "wire/utf8.h"

namespace gatehouse::lambda {
namespace {

// In the words of gatehouse's own process, so that handlers say the same in both places.
Error Refusal(const net::HttpReply& reply) {
  Error error = ErrorOf(reply);
  if (error.code == ErrorCode::kGone) error.message = "no such connection";
  if (error.code == ErrorCode::kLimitExceeded) {
    error.message = "the client reads too slowly: its queue is full";
  }
  return error;
}

Result<void> CheckData(std::string_view data) {
  if (data.size() > kMessageBytesMax) {
    return Error{ErrorCode::kPayloadTooLarge, "the message has " + std::to_string(data.size()) +
                                                  " bytes; " + std::to_string(kMessageBytesMax) +
                                                  " are allowed"};
  }
  if (!wire::IsUtf8(data)) {
    return Error{ErrorCode::kInvalidArgument, "the message is not UTF-8"};
  }
  return {};
}

std::string StringMember(std::string_view object, std::string_view name) {
  std::optional<std::string_view> value = json::Member(object, name);
  std::optional<std::string> text = value ? json::String(*value) : std::nullopt;
  return text.value_or("");
}

Result<ConnectionInfo> ReadInfo(const std::string& body) {
  ConnectionInfo info;
  std::string_view identity = json::Member(body, "identity").value_or("{}");
  auto connected = ParseIso8601(StringMember(body, "connectedAt"));
  auto active = ParseIso8601(StringMember(body, "lastActiveAt"));
  if (!connected || !active) {
    return Error{ErrorCode::kIo, "the answer of @connections is not understood"};
  }
  info.connected_at = *connected;
  info.last_active_at = *active;
  info.source_ip = StringMember(identity, "sourceIp");
  info.user_agent = StringMember(identity, "userAgent");
  return info;
}

// The posts of one PostAll; those under way start the next when they end.
struct Posts {
  std::span<const std::string> ids;
  std::string_view data;
  std::vector<Result<void>> results;
  std::size_t next = 0;
  std::size_t under_way = 0;
  bool starting = false;  // a post that ends meanwhile leaves the next one to the loop
  Await<bool>::Done done;
};

void StartPosts(Connections& connections, const std::shared_ptr<Posts>& posts) {
  posts->starting = true;
  while (posts->under_way < kPostsAtOnceMax && posts->next < posts->ids.size()) {
    std::size_t index = posts->next++;
    ++posts->under_way;
    Start(connections.Post(posts->ids[index], posts->data),
          [&connections, posts, index](std::optional<Result<void>> result,
                                       const std::exception_ptr& /*none of ours throws*/) {
            posts->results[index] =
                result ? *std::move(result) : Error{ErrorCode::kInternal, "a post failed"};
            --posts->under_way;
            if (!posts->starting) StartPosts(connections, posts);
          });
  }
  posts->starting = false;
  if (posts->under_way == 0 && posts->done) std::exchange(posts->done, nullptr)(true);
}

bool ReadDigits(std::string_view text, std::size_t at, std::size_t count, int& out) {
  if (text.size() < at + count) return false;
  auto end = std::from_chars(text.data() + at, text.data() + at + count, out);
  return end.ec == std::errc() && end.ptr == text.data() + at + count && text[at] != '-';
}

}  // namespace

Task<Result<std::string>> ConnectionsClient::Call(std::string method, std::string connection_id,
                                                  std::string data) {
  if (!endpoint_) co_return endpoint_.error();
  AwsCall call;
  call.endpoint = *endpoint_;
  call.service = "execute-api";
  call.method = std::move(method);
  call.target = "/@connections/" + EncodeSegment(connection_id);
  call.body = std::move(data);
  Task<Result<net::HttpReply>> sent = client_.Call(std::move(call));
  Result<net::HttpReply> reply = co_await sent;
  if (!reply) co_return reply.error();
  if (reply->status / 100 != 2) co_return Refusal(*reply);
  co_return std::move(reply->body);
}

Task<Result<void>> ConnectionsClient::Post(std::string_view connection_id, std::string_view data) {
  if (Result<void> checked = CheckData(data); !checked) co_return checked;
  Task<Result<std::string>> call = Call("POST", std::string(connection_id), std::string(data));
  Result<std::string> body = co_await call;
  if (!body) co_return body.error();
  co_return Result<void>();
}

Task<std::vector<Result<void>>> ConnectionsClient::PostAll(
    std::span<const std::string> connection_ids, std::string_view data) {
  auto posts = std::make_shared<Posts>();
  posts->ids = connection_ids;
  posts->data = data;
  posts->results.resize(connection_ids.size());
  Await<bool> all([&](Await<bool>::Done done) {
    posts->done = std::move(done);
    StartPosts(*this, posts);
  });
  co_await all;
  co_return std::move(posts->results);
}

Task<Result<BroadcastResult>> ConnectionsClient::Broadcast(std::string_view /*data*/,
                                                           std::span<const std::string>) {
  co_return Error{ErrorCode::kUnsupported,
                  "@connections has no broadcast: use PostAll with the ids of your table"};
}

Task<Result<ConnectionInfo>> ConnectionsClient::Get(std::string_view connection_id) {
  Task<Result<std::string>> call = Call("GET", std::string(connection_id), {});
  Result<std::string> body = co_await call;
  if (!body) co_return body.error();
  co_return ReadInfo(*body);
}

Task<Result<void>> ConnectionsClient::Close(std::string_view connection_id) {
  Task<Result<std::string>> call = Call("DELETE", std::string(connection_id), {});
  Result<std::string> body = co_await call;
  if (!body) co_return body.error();
  co_return Result<void>();
}

std::optional<std::int64_t> ParseIso8601(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, millis = 0;
  constexpr std::string_view kShape = "0000-00-00T00:00:00";
  if (text.size() < kShape.size() + 1 || text.back() != 'Z') return std::nullopt;
  for (std::size_t i : {4u, 7u, 10u, 13u, 16u}) {
    if (text[i] != kShape[i]) return std::nullopt;
  }
  bool read = ReadDigits(text, 0, 4, year) && ReadDigits(text, 5, 2, month) &&
              ReadDigits(text, 8, 2, day) && ReadDigits(text, 11, 2, hour) &&
              ReadDigits(text, 14, 2, minute) && ReadDigits(text, 17, 2, second);
  if (!read || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  std::string_view fraction = text.substr(kShape.size());
  fraction.remove_suffix(1);
  if (!fraction.empty()) {
    if (fraction[0] != '.' || fraction.size() < 2 || fraction.size() > 10) return std::nullopt;
    std::string digits(fraction.substr(1));
    digits.resize(3, '0');
    if (!ReadDigits(digits, 0, 3, millis)) return std::nullopt;
  }
  std::chrono::year_month_day date{std::chrono::year(year),
                                   std::chrono::month(static_cast<unsigned>(month)),
                                   std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  std::chrono::milliseconds since = std::chrono::sys_days(date).time_since_epoch();
  since += std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second) +
           std::chrono::milliseconds(millis);
  return since.count();
}

}  // namespace gatehouse::lambda
