// The operations of @connections on connections of other loops. What is asked of a loop goes
// through its queue (gateway_group.h) and names stages and connections, never a place of ours.
#include <utility>

#include "api/serve/gateway.h"
#include "wire/utf8.h"

namespace gatehouse::api {
namespace {

Error QueueFull() {
  return {ErrorCode::kLimitExceeded, "too many posts wait for the connection's event loop"};
}

// What is asked of several loops at once; the asking loop's thread only.
template <class Total, class Done>
struct Round {
  Total total;
  Done done;
  std::size_t left = 1;  // answers that are awaited, our own among them
};

// What a loop is asked to post, and where the results belong.
struct Part {
  std::vector<std::size_t> indexes;
  std::vector<ConnectionPlace> places;
};

}  // namespace

bool Gateway::IsElsewhere(const ConnectionPlace& where) const {
  return where.incarnation == options_.incarnation && where.loop != options_.loop_index &&
         where.loop < group_->size();
}

bool Gateway::IsElsewhere(std::string_view connection_id) const {
  if (IsAlone()) return false;
  std::optional<ConnectionPlace> where = ids_.Decode(connection_id);
  return where && IsElsewhere(*where);
}

Result<std::uint32_t> Gateway::FindOpen(const StageName& stage, const ConnectionPlace& where) {
  StagePlace* place = OpenPlace(where);
  if (place && stage.Names(*place->current)) return where.slot;
  return Error{ErrorCode::kGone, "no such connection"};
}

template <class T, class Question>
void Gateway::AskThere(std::string_view connection_id, std::size_t bytes, Question question,
                       Done<Result<T>> done) {
  ConnectionPlace where = ids_.Decode(connection_id).value();
  if (!group_->Reserve(where.loop, bytes)) return done(QueueFull());
  group_->Ask(
      options_.loop_index, where.loop, bytes,
      [where, question = std::move(question)](Gateway& there) { return question(there, where); },
      std::move(done));
}

void Gateway::PostAcross(StageName stage, std::string_view connection_id, std::string_view data,
                         Done<Result<void>> done) {
  // A connection that is gone counts more than a payload that is wrong.
  Result<void> fine = CheckPayload(data);
  base::SharedBytes frames =
      fine ? websockets_.PrepareText(wire::Utf8Text(data)) : base::SharedBytes();
  AskThere<void>(
      connection_id, frames.size(),
      [stage = std::move(stage), frames, fine](Gateway& there,
                                               const ConnectionPlace& where) -> Result<void> {
        Result<std::uint32_t> slot = there.FindOpen(stage, where);
        if (!slot) return slot.error();
        if (!fine) return fine;
        return there.ToResult(there.websockets_.SendPrepared(*slot, frames), *slot);
      },
      [this, id = std::string(connection_id), bytes = data.size(),
       done = std::move(done)](Result<void> result) mutable {
        NotePost(id, bytes, result);
        done(std::move(result));
      });
}

void Gateway::PostAllAcross(const StagePlace& place, std::span<const std::string> connection_ids,
                            std::string_view data, Done<std::vector<Result<void>>> done) {
  using Results = std::vector<Result<void>>;
  Result<void> fine = CheckPayload(data);
  if (!fine) return done(Results(connection_ids.size(), fine));
  base::SharedBytes frames = websockets_.PrepareText(wire::Utf8Text(data));
  auto round = std::make_shared<Round<Results, Done<Results>>>();
  round->total.resize(connection_ids.size());
  round->done = std::move(done);
  auto finish = [this, round, bytes = data.size()] {
    if (--round->left > 0) return;
    NotePosts(bytes, round->total);
    round->done(std::move(round->total));
  };
  std::vector<Part> parts(group_->size());
  for (std::size_t i = 0; i < connection_ids.size(); ++i) {
    std::optional<ConnectionPlace> where = ids_.Decode(connection_ids[i]);
    if (where && IsElsewhere(*where)) {
      parts[where->loop].indexes.push_back(i);
      parts[where->loop].places.push_back(*where);
      continue;
    }
    Result<std::uint32_t> slot = FindOpen(place, connection_ids[i]);
    round->total[i] = slot ? ToResult(websockets_.SendPrepared(*slot, frames), *slot)
                           : Result<void>(slot.error());
  }
  for (std::size_t loop = 0; loop < parts.size(); ++loop) {
    Part& part = parts[loop];
    if (part.places.empty()) continue;
    std::size_t bytes = frames.size() + part.places.size() * sizeof(ConnectionPlace);
    if (!group_->Reserve(loop, bytes)) {
      for (std::size_t i : part.indexes) round->total[i] = QueueFull();
      continue;
    }
    ++round->left;
    group_->Ask(
        options_.loop_index, loop, bytes,
        [stage = StageName{place.current}, frames, places = std::move(part.places)](
            Gateway& there) { return there.PostPrepared(stage, places, frames); },
        [round, finish, indexes = std::move(part.indexes)](Results results) {
          for (std::size_t i = 0; i < results.size(); ++i) {
            round->total[indexes[i]] = std::move(results[i]);
          }
          finish();
        });
  }
  finish();
}

std::vector<Result<void>> Gateway::PostPrepared(const StageName& stage,
                                                std::span<const ConnectionPlace> places,
                                                const base::SharedBytes& frames) {
  std::vector<Result<void>> results;
  results.reserve(places.size());
  for (const ConnectionPlace& where : places) {
    Result<std::uint32_t> slot = FindOpen(stage, where);
    results.push_back(slot ? ToResult(websockets_.SendPrepared(*slot, frames), *slot)
                           : Result<void>(slot.error()));
  }
  return results;
}

void Gateway::BroadcastAcross(const StagePlace& place, std::string_view data,
                              std::span<const std::string> exclude,
                              Done<Result<BroadcastResult>> done) {
  if (Result<void> fine = CheckPayload(data); !fine) return done(fine.error());
  base::SharedBytes frames = websockets_.PrepareText(wire::Utf8Text(data));
  if (!ReserveEverywhere(frames.size())) return done(QueueFull());
  std::vector<ConnectionPlace> excluded = PlacesOf(exclude);
  auto round = std::make_shared<Round<BroadcastResult, Done<Result<BroadcastResult>>>>();
  round->done = std::move(done);
  auto add = [this, round, bytes = data.size()](const BroadcastResult& part) {
    round->total.posted += part.posted;
    round->total.failed += part.failed;
    if (--round->left > 0) return;
    NoteBroadcast(bytes, round->total);
    round->done(round->total);
  };
  for (std::size_t loop = 0; loop < group_->size(); ++loop) {
    if (loop == options_.loop_index) continue;
    ++round->left;
    group_->Ask(
        options_.loop_index, loop, frames.size(),
        [stage = place.current, frames, excluded](Gateway& there) {
          StagePlace* here = there.stages_.Find(stage->api_id(), stage->name());
          return here ? there.BroadcastPrepared(*here, frames, excluded) : BroadcastResult();
        },
        add);
  }
  add(BroadcastPrepared(place, frames, excluded));
}

// In every other loop's queue, or in none.
bool Gateway::ReserveEverywhere(std::size_t bytes) {
  for (std::size_t loop = 0; loop < group_->size(); ++loop) {
    if (loop == options_.loop_index || group_->Reserve(loop, bytes)) continue;
    for (std::size_t before = 0; before < loop; ++before) {
      if (before != options_.loop_index) group_->Release(before, bytes);
    }
    return false;
  }
  return true;
}

void Gateway::GetAcross(StageName stage, std::string_view connection_id,
                        Done<Result<ConnectionInfo>> done) {
  AskThere<ConnectionInfo>(
      connection_id, 0,
      [stage = std::move(stage)](Gateway& there,
                                 const ConnectionPlace& where) -> Result<ConnectionInfo> {
        Result<std::uint32_t> slot = there.FindOpen(stage, where);
        if (!slot) return slot.error();
        return there.InfoOf(*slot);
      },
      std::move(done));
}

void Gateway::DeleteAcross(StageName stage, std::string_view connection_id, CloseNotice notice,
                           Done<Result<void>> done) {
  AskThere<void>(
      connection_id, 0,
      [stage = std::move(stage), notice = std::move(notice)](
          Gateway& there, const ConnectionPlace& where) -> Result<void> {
        Result<std::uint32_t> slot = there.FindOpen(stage, where);
        if (!slot) return slot.error();
        there.websockets_.Close(*slot, notice.code, notice.reason);
        return {};
      },
      std::move(done));
}

}  // namespace gatehouse::api
