#include "api/serve/connection_book.h"

namespace gatehouse::api {
namespace {

Error NoSuchConnection() { return {ErrorCode::kGone, "no such connection"}; }

}  // namespace

std::vector<ConnectionPlace> ConnectionBook::PlacesOf(
    std::span<const std::string> connection_ids) const {
  std::vector<ConnectionPlace> places;
  for (const std::string& id : connection_ids) {
    if (auto where = ids_.Decode(id)) places.push_back(*where);
  }
  return places;
}

StagePlace* ConnectionBook::OwnerOf(const ConnectionPlace& where) const {
  bool ours =
      where.incarnation == incarnation_ && where.loop == loop_ && where.slot < records_.size();
  if (!ours || !records_[where.slot].IsOpen(where.generation)) return nullptr;
  return records_[where.slot].place;
}

Result<std::uint32_t> ConnectionBook::FindOpen(const StagePlace& stage,
                                               std::string_view connection_id) const {
  std::optional<ConnectionPlace> where = ids_.Decode(connection_id);
  if (!where) return InvalidId(connection_id);
  if (OwnerOf(*where) == &stage) return where->slot;
  return NoSuchConnection();
}

Result<std::uint32_t> ConnectionBook::FindOpen(const StageName& stage,
                                               const ConnectionPlace& where) const {
  StagePlace* owner = OwnerOf(where);
  if (owner && stage.Names(*owner->current)) return where.slot;
  return NoSuchConnection();
}

Connection& ConnectionBook::Begin(net::SocketRef socket, StagePlace& stage, std::int64_t now_ms) {
  Connection& record = At(socket.slot);
  record = Connection{};
  record.state = Connection::State::kConnecting;
  record.generation = socket.generation;
  record.place = &stage;
  record.connected_at = record.last_active_at = now_ms;
  record.id = IdOf(socket);
  return record;
}

void ConnectionBook::Open(std::uint32_t slot) {
  Connection& record = At(slot);
  record.state = Connection::State::kOpen;
  ++open_count_;
  ++record.place->metrics.open;
}

const Connection& ConnectionBook::Close(std::uint32_t slot) {
  Connection& record = At(slot);
  record.state = Connection::State::kClosed;
  --open_count_;
  --record.place->metrics.open;
  return record;
}

void ConnectionBook::Erase(net::SocketRef socket) {
  Connection& record = At(socket.slot);
  if (record.generation == socket.generation) record = Connection{};
}

}  // namespace gatehouse::api
