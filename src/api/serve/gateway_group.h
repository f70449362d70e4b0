// The gateways of a node, one per loop, and how they reach each other: by a mailbox each
// (base/mailbox.h). Filled before the first loop runs; then any of their threads.
//
// What one thread asks of a loop is done there in the order it was asked, so posts of one caller to
// one connection stay in order, also among broadcasts. Who finds a mailbox full is told so (429),
// and nothing is lost silently.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "api/stage/stage.h"
#include "base/executor.h"
#include "base/function.h"
#include "base/mailbox.h"

namespace gatehouse::api {

class Gateway;
struct StagePlace;

// Of what waits for one loop.
inline constexpr base::MailboxLimits kGatewayMailbox{.questions_max = 65'536,
                                                     .bytes_max = 64 * 1024 * 1024};

class GatewayGroup {
 public:
  explicit GatewayGroup(const base::MailboxLimits& limits = kGatewayMailbox) : limits_(limits) {}

  // In the order of their loop indexes. Both outlive the group's use.
  void Add(base::Executor& loop, Gateway& gateway);
  std::size_t size() const { return members_.size(); }
  // Of the first loop, on which APIs are defined.
  Gateway& home() { return *members_.front().gateway; }

  // A place in the mailbox of a loop for a question that carries so many bytes; empty: it is full.
  base::Mailbox::Place Reserve(std::size_t loop, std::size_t bytes) const {
    return members_[loop].mailbox.Reserve(bytes);
  }
  // Runs question(its gateway) on the loop `to`, then answer(what came of it) on the loop `from`,
  // whose thread asks.
  template <class Question, class Answer>
  void Ask(std::size_t from, std::size_t to, base::Mailbox::Place place, Question question,
           Answer answer) {
    Member& member = members_[to];
    member.mailbox.Ask(
        std::move(place), member_loop(from),
        [gateway = member.gateway, question = std::move(question)] { return question(*gateway); },
        std::move(answer));
  }

  // Puts the stages in their places on every loop. On the first loop's thread, where done is called
  // once all have them; inside the call if there is no other loop.
  void Deploy(std::vector<std::shared_ptr<const Stage>> stages, base::UniqueFunction<void()> done);
  // StageClosings::Close on every loop; once all have closed it, it is removed everywhere. As
  // above.
  void CloseStage(const StagePlace& place, base::UniqueFunction<void()> done);

 private:
  struct Member {
    Member(base::Executor& its_loop, Gateway& its_gateway, const base::MailboxLimits& limits)
        : loop(&its_loop), gateway(&its_gateway), mailbox(its_loop, limits) {}
    base::Executor* loop;
    Gateway* gateway;
    base::Mailbox mailbox;
  };
  using Ack = base::UniqueFunction<void()>;
  // Called on each loop's thread, on several at once.
  using Work = std::function<void(Gateway& gateway, Ack ack)>;
  void OnAll(Work work, base::UniqueFunction<void()> done);
  base::Executor& member_loop(std::size_t index) const { return *members_[index].loop; }

  const base::MailboxLimits limits_;
  std::deque<Member> members_;
};

}  // namespace gatehouse::api
