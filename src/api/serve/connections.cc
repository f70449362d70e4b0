// What is asked of another loop names stages and connections, never a place of ours.
#include "api/serve/connections.h"

#include <optional>

#include "api/serve/gateway.h"

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

// Awaits an operation that may call its done inside the call that begins it.
template <class T>
class Outcome {
 public:
  auto Taker() {
    return [this](T value) {
      value_.emplace(std::move(value));
      if (awaiting_) awaiting_.resume();
    };
  }
  bool await_ready() const noexcept { return value_.has_value(); }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept { awaiting_ = awaiting; }
  T await_resume() { return *std::move(value_); }

 private:
  std::optional<T> value_;
  std::coroutine_handle<> awaiting_;
};

}  // namespace

bool Connections::IsElsewhere(std::string_view connection_id) const {
  if (IsAlone()) return false;
  std::optional<ConnectionPlace> where = book_.PlaceOf(connection_id);
  return where && book_.IsElsewhere(*where, group_->size());
}

Task<Result<void>> Connections::Post(const StagePlace& stage, std::string_view connection_id,
                                     std::string_view data) {
  Outcome<Result<void>> posted;
  Post({stage}, connection_id, data, posted.Taker());
  co_return co_await posted;
}

Task<std::vector<Result<void>>> Connections::PostAll(const StagePlace& stage,
                                                     std::span<const std::string> connection_ids,
                                                     std::string_view data) {
  Outcome<std::vector<Result<void>>> posted;
  PostAll(stage, connection_ids, data, posted.Taker());
  co_return co_await posted;
}

Task<Result<BroadcastResult>> Connections::Broadcast(const StagePlace& stage, std::string_view data,
                                                     std::span<const std::string> exclude) {
  Outcome<Result<BroadcastResult>> posted;
  Broadcast(stage, data, exclude, posted.Taker());
  co_return co_await posted;
}

Task<Result<ConnectionInfo>> Connections::Get(const StagePlace& stage,
                                              std::string_view connection_id) {
  Outcome<Result<ConnectionInfo>> got;
  Get({stage}, connection_id, got.Taker());
  co_return co_await got;
}

Task<Result<void>> Connections::Close(const StagePlace& stage, std::string_view connection_id) {
  Outcome<Result<void>> closed;
  const CloseNotice notice;
  Close({stage}, connection_id, notice, closed.Taker());
  co_return co_await closed;
}

// ---- Of other loops ----

template <class T, class Question>
void Connections::Ask(std::string_view connection_id, std::size_t bytes, Question question,
                      Done<Result<T>> done) {
  ConnectionPlace where = book_.PlaceOf(connection_id).value();
  base::Mailbox::Place room = group_->Reserve(where.loop, bytes);
  if (!room) return done(QueueFull());
  group_->Ask(
      book_.loop(), where.loop, std::move(room),
      [where, question = std::move(question)](Gateway& there) {
        return question(there.posts(), where);
      },
      std::move(done));
}

void Connections::PostThere(StageName stage, std::string_view connection_id, std::string_view data,
                            Done<Result<void>> done) {
  // A connection that is gone counts more than a payload that is wrong.
  Result<void> fine = posts_.CheckPayload(data);
  base::SharedBytes frames = fine ? posts_.Frames(data) : base::SharedBytes();
  Ask<void>(
      connection_id, frames.size(),
      [stage = std::move(stage), frames, fine](Posts& there,
                                               const ConnectionPlace& where) -> Result<void> {
        if (fine) return there.PostFrames(stage, where, frames);
        Result<std::uint32_t> slot = there.Find(stage, where);
        return slot ? fine : Result<void>(slot.error());
      },
      [this, id = std::string(connection_id), bytes = data.size(),
       done = std::move(done)](Result<void> result) mutable {
        posts_.Note(id, bytes, result);
        done(std::move(result));
      });
}

void Connections::GetThere(StageName stage, std::string_view connection_id,
                           Done<Result<ConnectionInfo>> done) {
  Ask<ConnectionInfo>(
      connection_id, 0,
      [stage = std::move(stage)](Posts& there, const ConnectionPlace& where) {
        return there.Get(stage, where);
      },
      std::move(done));
}

void Connections::CloseThere(StageName stage, std::string_view connection_id, CloseNotice notice,
                             Done<Result<void>> done) {
  Ask<void>(
      connection_id, 0,
      [stage = std::move(stage), notice = std::move(notice)](
          Posts& there, const ConnectionPlace& where) { return there.Close(stage, where, notice); },
      std::move(done));
}

void Connections::PostAllThere(const StagePlace& stage, std::span<const std::string> connection_ids,
                               std::string_view data, Done<std::vector<Result<void>>> done) {
  using Results = std::vector<Result<void>>;
  Result<void> fine = posts_.CheckPayload(data);
  if (!fine) return done(Results(connection_ids.size(), fine));
  base::SharedBytes frames = posts_.Frames(data);
  auto round = std::make_shared<Round<Results, Done<Results>>>();
  round->total.resize(connection_ids.size());
  round->done = std::move(done);
  auto finish = [this, round, bytes = data.size()] {
    if (--round->left > 0) return;
    posts_.Note(bytes, round->total);
    round->done(std::move(round->total));
  };
  std::vector<Part> parts(group_->size());
  for (std::size_t i = 0; i < connection_ids.size(); ++i) {
    std::optional<ConnectionPlace> where = book_.PlaceOf(connection_ids[i]);
    if (where && book_.IsElsewhere(*where, group_->size())) {
      parts[where->loop].indexes.push_back(i);
      parts[where->loop].places.push_back(*where);
      continue;
    }
    round->total[i] = posts_.PostFrames(stage, connection_ids[i], frames);
  }
  for (std::size_t loop = 0; loop < parts.size(); ++loop) {
    Part& part = parts[loop];
    if (part.places.empty()) continue;
    std::size_t bytes = frames.size() + part.places.size() * sizeof(ConnectionPlace);
    base::Mailbox::Place room = group_->Reserve(loop, bytes);
    if (!room) {
      for (std::size_t i : part.indexes) round->total[i] = QueueFull();
      continue;
    }
    ++round->left;
    group_->Ask(
        book_.loop(), loop, std::move(room),
        [stage = StageName{stage.current}, frames,
         places = std::move(part.places)](Gateway& there) {
          Results results;
          results.reserve(places.size());
          for (const ConnectionPlace& where : places) {
            results.push_back(there.posts().PostFrames(stage, where, frames));
          }
          return results;
        },
        [round, finish, indexes = std::move(part.indexes)](Results results) {
          for (std::size_t i = 0; i < results.size(); ++i) {
            round->total[indexes[i]] = std::move(results[i]);
          }
          finish();
        });
  }
  finish();
}

void Connections::BroadcastThere(const StagePlace& stage, std::string_view data,
                                 std::span<const std::string> exclude,
                                 Done<Result<BroadcastResult>> done) {
  if (Result<void> fine = posts_.CheckPayload(data); !fine) return done(fine.error());
  base::SharedBytes frames = posts_.Frames(data);
  std::vector<base::Mailbox::Place> rooms = ReserveEverywhere(frames.size());
  if (rooms.size() < group_->size()) return done(QueueFull());
  std::vector<ConnectionPlace> excluded = book_.PlacesOf(exclude);
  auto round = std::make_shared<Round<BroadcastResult, Done<Result<BroadcastResult>>>>();
  round->done = std::move(done);
  auto add = [this, round, bytes = data.size()](const BroadcastResult& part) {
    round->total.posted += part.posted;
    round->total.failed += part.failed;
    if (--round->left > 0) return;
    posts_.Note(bytes, round->total);
    round->done(round->total);
  };
  for (std::size_t loop = 0; loop < group_->size(); ++loop) {
    if (loop == book_.loop()) continue;
    ++round->left;
    group_->Ask(
        book_.loop(), loop, std::move(rooms[loop]),
        [stage = stage.current, frames, excluded](Gateway& there) {
          StagePlace* here = there.stages().Find(stage->api_id(), stage->name());
          return here ? there.posts().BroadcastFrames(*here, frames, excluded) : BroadcastResult();
        },
        add);
  }
  add(posts_.BroadcastFrames(stage, frames, excluded));
}

// One place for each loop, of which ours is empty; fewer: not all have room, so none is taken.
std::vector<base::Mailbox::Place> Connections::ReserveEverywhere(std::size_t bytes) const {
  std::vector<base::Mailbox::Place> rooms;
  rooms.reserve(group_->size());
  for (std::size_t loop = 0; loop < group_->size(); ++loop) {
    if (loop == book_.loop()) {
      rooms.emplace_back();
      continue;
    }
    rooms.push_back(group_->Reserve(loop, bytes));
    if (!rooms.back()) return {};
  }
  return rooms;
}

}  // namespace gatehouse::api
