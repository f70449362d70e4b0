#include "api/serve/posts.h"

#include <algorithm>

#include <fmt/format.h>

#include "wire/utf8.h"

namespace gatehouse::api {

Result<void> Posts::CheckPayload(std::string_view data) const {
  if (data.size() > message_bytes_max_) {
    return Error{
        ErrorCode::kPayloadTooLarge,
        fmt::format("the message has {} bytes; {} are allowed", data.size(), message_bytes_max_)};
  }
  return {};
}

Result<void> Posts::Queued(net::WebSockets::SendResult sent, std::uint32_t slot) {
  switch (sent) {
    case net::WebSockets::SendResult::kQueued:
      book_.At(slot).last_active_at = sockets_.loop().WallNow().count();
      return {};
    case net::WebSockets::SendResult::kClosed:
      return Error{ErrorCode::kGone, "no such connection"};
    case net::WebSockets::SendResult::kQueueFull:
      break;
  }
  return Error{ErrorCode::kLimitExceeded, "the client reads too slowly: its queue is full"};
}

// ---- One, many, all ----

Result<void> Posts::Post(const StagePlace& stage, std::string_view connection_id,
                         std::string_view data) {
  Result<std::uint32_t> slot = book_.FindOpen(stage, connection_id);
  Result<void> result = slot ? CheckPayload(data) : slot.error();
  if (result) result = SendText(*slot, wire::Utf8Text(data));
  Note(connection_id, data.size(), result);
  return result;
}

std::vector<Result<void>> Posts::PostAll(const StagePlace& stage,
                                         std::span<const std::string> connection_ids,
                                         std::string_view data) {
  Result<void> fine = CheckPayload(data);
  if (!fine) return std::vector<Result<void>>(connection_ids.size(), fine);
  std::vector<Result<void>> results;
  results.reserve(connection_ids.size());
  base::SharedBytes frames = Frames(data);
  for (const std::string& id : connection_ids) results.push_back(PostFrames(stage, id, frames));
  Note(data.size(), results);
  return results;
}

Result<BroadcastResult> Posts::Broadcast(const StagePlace& stage, std::string_view data,
                                         std::span<const std::string> exclude) {
  if (Result<void> fine = CheckPayload(data); !fine) return fine.error();
  BroadcastResult result = BroadcastFrames(stage, Frames(data), book_.PlacesOf(exclude));
  Note(data.size(), result);
  return result;
}

base::SharedBytes Posts::Frames(std::string_view data) const {
  return websockets_.PrepareText(wire::Utf8Text(data));
}

Result<void> Posts::PostFrames(const StagePlace& stage, std::string_view connection_id,
                               const base::SharedBytes& frames) {
  Result<std::uint32_t> slot = book_.FindOpen(stage, connection_id);
  if (!slot) return slot.error();
  return Queued(websockets_.SendPrepared(*slot, frames), *slot);
}

Result<void> Posts::PostFrames(const StageName& stage, const ConnectionPlace& where,
                               const base::SharedBytes& frames) {
  Result<std::uint32_t> slot = book_.FindOpen(stage, where);
  if (!slot) return slot.error();
  return Queued(websockets_.SendPrepared(*slot, frames), *slot);
}

BroadcastResult Posts::BroadcastFrames(const StagePlace& stage, const base::SharedBytes& frames,
                                       std::span<const ConnectionPlace> exclude) {
  std::vector<std::uint32_t> excluded;
  for (const ConnectionPlace& where : exclude) {
    if (book_.OwnerOf(where) == &stage) excluded.push_back(where.slot);
  }
  std::sort(excluded.begin(), excluded.end());
  BroadcastResult result;
  sockets_.ForEach(websockets_, [&](std::uint32_t slot) {
    if (!book_.IsOpenOn(slot, stage)) return;
    if (std::binary_search(excluded.begin(), excluded.end(), slot)) return;
    bool queued = Queued(websockets_.SendPrepared(slot, frames), slot).has_value();
    ++(queued ? result.posted : result.failed);
  });
  return result;
}

// ---- What is asked and ended ----

ConnectionInfo Posts::InfoOf(std::uint32_t slot) const {
  const Connection& record = book_.At(slot);
  return {record.connected_at, record.last_active_at, record.source_ip, record.user_agent};
}

Result<ConnectionInfo> Posts::Get(const StagePlace& stage, std::string_view connection_id) {
  Result<std::uint32_t> slot = book_.FindOpen(stage, connection_id);
  if (!slot) return slot.error();
  return InfoOf(*slot);
}

Result<ConnectionInfo> Posts::Get(const StageName& stage, const ConnectionPlace& where) {
  Result<std::uint32_t> slot = book_.FindOpen(stage, where);
  if (!slot) return slot.error();
  return InfoOf(*slot);
}

Result<void> Posts::Close(const StagePlace& stage, std::string_view connection_id,
                          const CloseNotice& notice) {
  Result<std::uint32_t> slot = book_.FindOpen(stage, connection_id);
  if (!slot) return slot.error();
  websockets_.Close(*slot, notice.code, notice.reason);
  return {};
}

Result<void> Posts::Close(const StageName& stage, const ConnectionPlace& where,
                          const CloseNotice& notice) {
  Result<std::uint32_t> slot = book_.FindOpen(stage, where);
  if (!slot) return slot.error();
  websockets_.Close(*slot, notice.code, notice.reason);
  return {};
}

// ---- What is counted and logged ----

void Posts::Count(const Result<void>& result) {
  PostResult counted = PostResult::kQueued;
  if (!result) {
    ErrorCode code = result.error().code;
    counted = code == ErrorCode::kGone            ? PostResult::kGone
              : code == ErrorCode::kLimitExceeded ? PostResult::kQueueFull
                                                  : PostResult::kInvalid;
  }
  ++counts_[static_cast<std::size_t>(counted)];
}

void Posts::Note(std::string_view connection_id, std::size_t bytes, const Result<void>& result) {
  Count(result);
  log_.Debug("out", {{"bytes", static_cast<std::int64_t>(bytes)},
                     {"status", result ? std::string_view("queued")
                                       : std::string_view(result.error().message)},
                     {"connection", connection_id}});
}

void Posts::Note(std::size_t bytes, std::span<const Result<void>> results) {
  for (const Result<void>& result : results) Count(result);
  if (!log_.enabled(base::LogLevel::kDebug)) return;
  auto posted = std::count_if(results.begin(), results.end(),
                              [](const Result<void>& result) { return result.has_value(); });
  log_.Debug("out", {{"bytes", static_cast<std::int64_t>(bytes)},
                     {"connections", static_cast<std::int64_t>(results.size())},
                     {"queued", static_cast<std::int64_t>(posted)}});
}

void Posts::Note(std::size_t bytes, const BroadcastResult& result) {
  counts_[static_cast<std::size_t>(PostResult::kQueued)] += result.posted;
  counts_[static_cast<std::size_t>(PostResult::kQueueFull)] += result.failed;
  log_.Debug("out", {{"bytes", static_cast<std::int64_t>(bytes)},
                     {"queued", static_cast<std::int64_t>(result.posted)},
                     {"failed", static_cast<std::int64_t>(result.failed)}});
}

}  // namespace gatehouse::api
