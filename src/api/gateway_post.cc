// The operations of @connections.
#include <algorithm>

#include <fmt/format.h>

#include "api/gateway.h"
#include "api/management_api.h"
#include "base/encoding.h"
#include "wire/utf8.h"

namespace gatehouse::api {

Result<std::uint32_t> Gateway::FindOpen(const StagePlace& place, std::string_view connection_id) {
  std::optional<ConnectionPlace> where = ids_.Decode(connection_id);
  if (!where) {
    bool is_text = wire::IsUtf8(connection_id);
    return Error{ErrorCode::kInvalidArgument,
                 "Invalid connectionId: " + (is_text ? std::string(connection_id)
                                                     : base::EscapeForTerminal(connection_id))};
  }
  if (OpenPlace(*where) == &place) return where->slot;
  return Error{ErrorCode::kGone, "no such connection"};
}

StagePlace* Gateway::OpenPlace(const ConnectionPlace& where) {
  bool ours = where.incarnation == options_.incarnation && where.loop == options_.loop_index &&
              where.slot < records_.size();
  if (!ours || !records_[where.slot].IsOpen(where.generation)) return nullptr;
  return records_[where.slot].place;
}

StagePath Gateway::Resolve(std::string_view path, std::string_view host_api_id) {
  StagePath found = stages_.Resolve(path, host_api_id);
  bool by_id = !found.place && host_api_id.empty() && ManagementApi::Owns(found.rest);
  if (!by_id) return found;
  std::string_view name = path.substr(1, path.size() - found.rest.size() - 1);
  std::size_t slash = std::min(found.rest.find('/', 1), found.rest.size() - 1);
  std::optional<ConnectionPlace> where =
      ids_.Decode(base::DecodePercent(found.rest.substr(slash + 1)));
  StagePlace* owner = where ? OpenPlace(*where) : nullptr;
  for (const auto& place : stages_.places()) {
    if (place->current->name() != name) continue;
    // A connection of none of them is gone in any.
    if (!found.place || place.get() == owner) found.place = place.get();
  }
  return found;
}

bool Gateway::TakeCallback() {
  AccountThrottle* account = options_.quotas.account.get();
  return !account || account->requests.Take(sockets_.loop().Now());
}

Result<void> Gateway::CheckPayload(std::string_view data) const {
  if (data.size() > options_.quotas.message_bytes_max) {
    return Error{ErrorCode::kPayloadTooLarge,
                 fmt::format("the message has {} bytes; {} are allowed", data.size(),
                             options_.quotas.message_bytes_max)};
  }
  if (!wire::IsUtf8(data)) {
    return Error{ErrorCode::kInvalidArgument, "the message is not UTF-8 text"};
  }
  return {};
}

Result<void> Gateway::ToResult(net::WebSockets::SendResult sent, std::uint32_t slot) {
  switch (sent) {
    case net::WebSockets::SendResult::kQueued:
      RecordOf(slot).last_active_at = NowMs();
      return {};
    case net::WebSockets::SendResult::kClosed:
      return Error{ErrorCode::kGone, "no such connection"};
    case net::WebSockets::SendResult::kQueueFull:
      break;
  }
  return Error{ErrorCode::kLimitExceeded, "the client reads too slowly: its queue is full"};
}

Result<void> Gateway::Post(const StagePlace& place, std::string_view connection_id,
                           std::string_view data) {
  Result<std::uint32_t> slot = FindOpen(place, connection_id);
  Result<void> result = slot ? CheckPayload(data) : slot.error();
  if (result) result = ToResult(websockets_.SendText(*slot, data), *slot);
  CountPost(result);
  if (!slot) return result;
  log_.Debug("out", {{"bytes", static_cast<std::int64_t>(data.size())},
                     {"status", result ? std::string_view("queued")
                                       : std::string_view(result.error().message)},
                     {"connection", connection_id}});
  return result;
}

std::vector<Result<void>> Gateway::PostAll(const StagePlace& place,
                                           std::span<const std::string> connection_ids,
                                           std::string_view data) {
  Result<void> fine = CheckPayload(data);
  if (!fine) return std::vector<Result<void>>(connection_ids.size(), fine);
  std::vector<Result<void>> results;
  results.reserve(connection_ids.size());
  base::SharedBytes frames = websockets_.PrepareText(data);
  std::int64_t posted = 0;
  for (const std::string& id : connection_ids) {
    Result<std::uint32_t> slot = FindOpen(place, id);
    results.push_back(slot ? ToResult(websockets_.SendPrepared(*slot, frames), *slot)
                           : Result<void>(slot.error()));
    posted += results.back() ? 1 : 0;
    CountPost(results.back());
  }
  log_.Debug("out", {{"bytes", static_cast<std::int64_t>(data.size())},
                     {"connections", static_cast<std::int64_t>(connection_ids.size())},
                     {"queued", posted}});
  return results;
}

Result<BroadcastResult> Gateway::Broadcast(const StagePlace& place, std::string_view data,
                                           std::span<const std::string> exclude) {
  if (Result<void> fine = CheckPayload(data); !fine) return fine.error();
  std::vector<std::uint32_t> excluded;
  for (const std::string& id : exclude) {
    if (Result<std::uint32_t> slot = FindOpen(place, id)) excluded.push_back(*slot);
  }
  std::sort(excluded.begin(), excluded.end());
  base::SharedBytes frames = websockets_.PrepareText(data);
  BroadcastResult result;
  sockets_.ForEach(websockets_, [&](std::uint32_t slot) {
    const Connection& record = records_[slot];
    if (record.state != Connection::State::kOpen || record.place != &place) return;
    if (std::binary_search(excluded.begin(), excluded.end(), slot)) return;
    Result<void> queued = ToResult(websockets_.SendPrepared(slot, frames), slot);
    CountPost(queued);
    ++(queued ? result.posted : result.failed);
  });
  log_.Debug("out", {{"bytes", static_cast<std::int64_t>(data.size())},
                     {"queued", static_cast<std::int64_t>(result.posted)},
                     {"failed", static_cast<std::int64_t>(result.failed)}});
  return result;
}

Result<ConnectionInfo> Gateway::Get(const StagePlace& place, std::string_view connection_id) {
  Result<std::uint32_t> slot = FindOpen(place, connection_id);
  if (!slot) return slot.error();
  const Connection& record = RecordOf(*slot);
  return ConnectionInfo{record.connected_at, record.last_active_at, record.source_ip,
                        record.user_agent};
}

Result<void> Gateway::Delete(const StagePlace& place, std::string_view connection_id) {
  Result<std::uint32_t> slot = FindOpen(place, connection_id);
  if (!slot) return slot.error();
  websockets_.Close(*slot, wire::kCloseNormal, "Connection Closed Normally");
  return {};
}

}  // namespace gatehouse::api
