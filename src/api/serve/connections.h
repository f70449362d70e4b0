// The operations of @connections, wherever a connection lives: whether that is here or on another
// loop is decided in this class and nowhere else. What lives here is served inside the call
// (posts.h); of another loop it is asked by that loop's mailbox (gateway_group.h), and the answer
// comes on this one. Loop thread only.
//
// Errors: as gatehouse::Connections says (handler.h), and kLimitExceeded where the other loop's
// mailbox is full; then nothing was posted there. What one caller asks for is done in that order.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/serve/close_notice.h"
#include "api/serve/connection_book.h"
#include "api/serve/gateway_group.h"
#include "api/serve/posts.h"
#include "api/stage/throttle.h"
#include "base/function.h"
#include "gatehouse/handler.h"
#include "gatehouse/task.h"
#include "net/loop/loop.h"

namespace gatehouse::api {

// The stage whose connections are meant, by its place on the asking loop.
struct AskedStage {
  const StagePlace& place;
  bool any_api = false;  // as in StageName

  StageName Name() const { return {place.current, any_api}; }
};

class Connections {
 public:
  template <class T>
  using Done = base::UniqueFunction<void(T)>;

  // Everything given outlives this. account: whose rate requests of @connections take from; null:
  // not limited.
  Connections(net::Loop& loop, Posts& posts, const ConnectionBook& book,
              std::shared_ptr<AccountThrottle> account)
      : loop_(loop), posts_(posts), book_(book), account_(std::move(account)) {}

  // Called by the group of the gateways of all loops. The book's loop is its place there.
  void Join(GatewayGroup& group) { group_ = &group; }

  // Whether the account's rate lets a request of @connections pass; if not, it answers 429.
  bool TakeRequest() { return !account_ || account_->requests.Take(loop_.Now()); }

  std::size_t message_bytes_max() const { return posts_.message_bytes_max(); }
  // No other loop has connections.
  bool IsAlone() const { return !group_ || group_->size() == 1; }
  // An id that names a connection of another loop, be it open or not.
  bool IsElsewhere(std::string_view connection_id) const;

  // done is called once, on this thread, inside the call or later.
  template <class F>
  void Post(AskedStage stage, std::string_view connection_id, std::string_view data, F done) {
    if (IsElsewhere(connection_id)) {
      return PostThere(stage.Name(), connection_id, data, std::move(done));
    }
    done(posts_.Post(stage.place, connection_id, data));
  }
  template <class F>
  void PostAll(const StagePlace& stage, std::span<const std::string> connection_ids,
               std::string_view data, F done) {
    if (!IsAlone()) return PostAllThere(stage, connection_ids, data, std::move(done));
    done(posts_.PostAll(stage, connection_ids, data));
  }
  template <class F>
  void Broadcast(const StagePlace& stage, std::string_view data,
                 std::span<const std::string> exclude, F done) {
    if (!IsAlone()) return BroadcastThere(stage, data, exclude, std::move(done));
    done(posts_.Broadcast(stage, data, exclude));
  }
  template <class F>
  void Get(AskedStage stage, std::string_view connection_id, F done) {
    if (IsElsewhere(connection_id)) return GetThere(stage.Name(), connection_id, std::move(done));
    done(posts_.Get(stage.place, connection_id));
  }
  template <class F>
  void Close(AskedStage stage, std::string_view connection_id, const CloseNotice& notice, F done) {
    if (IsElsewhere(connection_id)) {
      return CloseThere(stage.Name(), connection_id, notice, std::move(done));
    }
    done(posts_.Close(stage.place, connection_id, notice));
  }

  // The same for coroutines; what is given lives until the task is done.
  Task<Result<void>> Post(const StagePlace& stage, std::string_view connection_id,
                          std::string_view data);
  Task<std::vector<Result<void>>> PostAll(const StagePlace& stage,
                                          std::span<const std::string> connection_ids,
                                          std::string_view data);
  Task<Result<BroadcastResult>> Broadcast(const StagePlace& stage, std::string_view data,
                                          std::span<const std::string> exclude);
  Task<Result<ConnectionInfo>> Get(const StagePlace& stage, std::string_view connection_id);
  Task<Result<void>> Close(const StagePlace& stage, std::string_view connection_id);

 private:
  // Of an id that IsElsewhere.
  void PostThere(StageName stage, std::string_view connection_id, std::string_view data,
                 Done<Result<void>> done);
  void GetThere(StageName stage, std::string_view connection_id, Done<Result<ConnectionInfo>> done);
  void CloseThere(StageName stage, std::string_view connection_id, CloseNotice notice,
                  Done<Result<void>> done);
  // Of those here and of those elsewhere.
  void PostAllThere(const StagePlace& stage, std::span<const std::string> connection_ids,
                    std::string_view data, Done<std::vector<Result<void>>> done);
  void BroadcastThere(const StagePlace& stage, std::string_view data,
                      std::span<const std::string> exclude, Done<Result<BroadcastResult>> done);

  // Runs question(posts of that loop, where the connection is).
  template <class T, class Question>
  void Ask(std::string_view connection_id, std::size_t bytes, Question question,
           Done<Result<T>> done);
  std::vector<base::Mailbox::Place> ReserveEverywhere(std::size_t bytes) const;

  net::Loop& loop_;
  Posts& posts_;
  const ConnectionBook& book_;
  const std::shared_ptr<AccountThrottle> account_;
  GatewayGroup* group_ = nullptr;
};

}  // namespace gatehouse::api
