// The gateways of a node, one per loop, and how they reach each other: by their loops' queues.
// Filled before the first loop runs; then any of their threads.
//
// What one thread asks of a loop is done there in the order it was asked, so posts of one caller to
// one connection stay in order, also among broadcasts. What waits in a loop's queue for such a
// reason is bounded; who comes then is told so (429), and nothing is lost silently.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "api/stage.h"
#include "base/executor.h"
#include "base/function.h"

namespace gatehouse::api {

class Gateway;
struct StagePlace;

struct GatewayGroupLimits {
  std::size_t waiting_max = 65'536;                  // questions in the queue of one loop
  std::size_t waiting_bytes_max = 64 * 1024 * 1024;  // what they carry
};

class GatewayGroup {
 public:
  explicit GatewayGroup(GatewayGroupLimits limits = {}) : limits_(limits) {}

  // In the order of their loop indexes. Both outlive the group's use.
  void Add(base::Executor& loop, Gateway& gateway);
  std::size_t size() const { return members_.size(); }
  // Of the first loop, on which APIs are defined.
  Gateway& home() { return *members_.front().gateway; }

  // A place in the queue of a loop for a question that carries so many bytes; false: it is full.
  [[nodiscard]] bool Reserve(std::size_t loop, std::size_t bytes);
  // Gives a reserved place back unused.
  void Release(std::size_t loop, std::size_t bytes);

  // Runs question(its gateway) on the loop `to`, for which a place of so many bytes was reserved,
  // then answer(what came of it) on the loop `from`, whose thread asks. Loops that have stopped
  // answer nothing.
  template <class Question, class Answer>
  void Ask(std::size_t from, std::size_t to, std::size_t bytes, Question question, Answer answer) {
    members_[to].loop->Post([this, from, to, bytes, question = std::move(question),
                             answer = std::move(answer)]() mutable {
      Release(to, bytes);
      members_[from].loop->Post(
          [answer = std::move(answer), result = question(*members_[to].gateway)]() mutable {
            answer(std::move(result));
          });
    });
  }

  // Puts the stages in their places on every loop. On the first loop's thread, where done is called
  // once all have them; inside the call if there is no other loop.
  void Deploy(std::vector<std::shared_ptr<const Stage>> stages, base::UniqueFunction<void()> done);
  // StageClosings::Close on every loop; once all have closed it, it is removed everywhere. As
  // above.
  void CloseStage(const StagePlace& place, base::UniqueFunction<void()> done);

 private:
  struct Member {
    base::Executor* loop = nullptr;
    Gateway* gateway = nullptr;
    std::atomic<std::size_t> waiting = 0;
    std::atomic<std::size_t> waiting_bytes = 0;
  };
  using Ack = base::UniqueFunction<void()>;
  // Called on each loop's thread, on several at once.
  using Work = std::function<void(Gateway& gateway, Ack ack)>;
  void OnAll(Work work, base::UniqueFunction<void()> done);

  const GatewayGroupLimits limits_;
  std::deque<Member> members_;
};

}  // namespace gatehouse::api
