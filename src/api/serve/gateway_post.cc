// The operations of @connections.
#include <algorithm>

#include <fmt/format.h>

#include "api/serve/gateway.h"
#include "api/serve/management_api.h"
#include "base/encoding.h"
#include "wire/utf8.h"

namespace gatehouse::api {

Result<std::uint32_t> Gateway::FindOpen(const StagePlace& place, std::string_view connection_id) {
  std::optional<ConnectionPlace> where = ids_.Decode(connection_id);
  if (!where) return InvalidId(connection_id);
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
  std::string name = base::DecodePercent(path.substr(1, path.size() - found.rest.size() - 1));
  std::size_t slash = std::min(found.rest.find('/', 1), found.rest.size() - 1);
  std::optional<ConnectionPlace> where =
      ids_.Decode(base::DecodePercent(found.rest.substr(slash + 1)));
  StagePlace* owner = where ? OpenPlace(*where) : nullptr;
  found.any_api = !owner;
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
  if (result) result = ToResult(websockets_.SendText(*slot, wire::Utf8Text(data)), *slot);
  NotePost(connection_id, data.size(), result);
  return result;
}

void Gateway::NotePost(std::string_view connection_id, std::size_t bytes,
                       const Result<void>& result) {
  CountPost(result);
  log_.Debug("out", {{"bytes", static_cast<std::int64_t>(bytes)},
                     {"status", result ? std::string_view("queued")
                                       : std::string_view(result.error().message)},
                     {"connection", connection_id}});
}

std::vector<Result<void>> Gateway::PostAll(const StagePlace& place,
                                           std::span<const std::string> connection_ids,
                                           std::string_view data) {
  Result<void> fine = CheckPayload(data);
  if (!fine) return std::vector<Result<void>>(connection_ids.size(), fine);
  std::vector<Result<void>> results;
  results.reserve(connection_ids.size());
  base::SharedBytes frames = websockets_.PrepareText(wire::Utf8Text(data));
  for (const std::string& id : connection_ids) {
    Result<std::uint32_t> slot = FindOpen(place, id);
    results.push_back(slot ? ToResult(websockets_.SendPrepared(*slot, frames), *slot)
                           : Result<void>(slot.error()));
  }
  NotePosts(data.size(), results);
  return results;
}

void Gateway::NotePosts(std::size_t bytes, std::span<const Result<void>> results) {
  for (const Result<void>& result : results) CountPost(result);
  if (!log_.enabled(base::LogLevel::kDebug)) return;
  auto posted = std::count_if(results.begin(), results.end(),
                              [](const Result<void>& result) { return result.has_value(); });
  log_.Debug("out", {{"bytes", static_cast<std::int64_t>(bytes)},
                     {"connections", static_cast<std::int64_t>(results.size())},
                     {"queued", static_cast<std::int64_t>(posted)}});
}

Result<BroadcastResult> Gateway::Broadcast(const StagePlace& place, std::string_view data,
                                           std::span<const std::string> exclude) {
  if (Result<void> fine = CheckPayload(data); !fine) return fine.error();
  BroadcastResult result =
      BroadcastPrepared(place, websockets_.PrepareText(wire::Utf8Text(data)), PlacesOf(exclude));
  NoteBroadcast(data.size(), result);
  return result;
}

std::vector<ConnectionPlace> Gateway::PlacesOf(std::span<const std::string> connection_ids) const {
  std::vector<ConnectionPlace> places;
  for (const std::string& id : connection_ids) {
    if (auto where = ids_.Decode(id)) places.push_back(*where);
  }
  return places;
}

BroadcastResult Gateway::BroadcastPrepared(const StagePlace& place, const base::SharedBytes& frames,
                                           std::span<const ConnectionPlace> exclude) {
  std::vector<std::uint32_t> excluded;
  for (const ConnectionPlace& where : exclude) {
    if (OpenPlace(where) == &place) excluded.push_back(where.slot);
  }
  std::sort(excluded.begin(), excluded.end());
  BroadcastResult result;
  sockets_.ForEach(websockets_, [&](std::uint32_t slot) {
    const Connection& record = records_[slot];
    if (record.state != Connection::State::kOpen || record.place != &place) return;
    if (std::binary_search(excluded.begin(), excluded.end(), slot)) return;
    bool queued = ToResult(websockets_.SendPrepared(slot, frames), slot).has_value();
    ++(queued ? result.posted : result.failed);
  });
  return result;
}

void Gateway::NoteBroadcast(std::size_t bytes, const BroadcastResult& result) {
  posts_[static_cast<std::size_t>(PostResult::kQueued)] += result.posted;
  posts_[static_cast<std::size_t>(PostResult::kQueueFull)] += result.failed;
  log_.Debug("out", {{"bytes", static_cast<std::int64_t>(bytes)},
                     {"queued", static_cast<std::int64_t>(result.posted)},
                     {"failed", static_cast<std::int64_t>(result.failed)}});
}

Result<ConnectionInfo> Gateway::Get(const StagePlace& place, std::string_view connection_id) {
  Result<std::uint32_t> slot = FindOpen(place, connection_id);
  if (!slot) return slot.error();
  return InfoOf(*slot);
}

ConnectionInfo Gateway::InfoOf(std::uint32_t slot) {
  const Connection& record = RecordOf(slot);
  return {record.connected_at, record.last_active_at, record.source_ip, record.user_agent};
}

Result<void> Gateway::Delete(const StagePlace& place, std::string_view connection_id,
                             const CloseNotice& notice) {
  Result<std::uint32_t> slot = FindOpen(place, connection_id);
  if (!slot) return slot.error();
  websockets_.Close(*slot, notice.code, notice.reason);
  return {};
}

}  // namespace gatehouse::api
