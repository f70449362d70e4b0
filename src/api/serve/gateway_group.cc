#include "api/serve/gateway_group.h"

#include <string>
#include <utility>

#include "api/serve/gateway.h"

namespace gatehouse::api {

void GatewayGroup::Add(base::Executor& loop, Gateway& gateway) {
  members_.emplace_back(loop, gateway, limits_);
  gateway.connections().Join(*this);
}

// What is deployed and closed is no load of clients': it is not refused.
void GatewayGroup::OnAll(Work work, base::UniqueFunction<void()> done) {
  struct Round {
    Work work;
    base::UniqueFunction<void()> done;
    std::size_t left;  // the first loop's thread only
  };
  auto round = std::make_shared<Round>(Round{std::move(work), std::move(done), members_.size()});
  auto acknowledge = [round] {
    if (--round->left == 0 && round->done) round->done();
  };
  struct Done {};
  for (std::size_t i = 1; i < members_.size(); ++i) {
    members_[i].mailbox.AskSlowly(
        base::Mailbox::Exempt(), member_loop(0),
        [round, gateway = members_[i].gateway](auto&& reply) {
          round->work(*gateway, [reply = std::move(reply)]() mutable { reply(Done{}); });
        },
        [acknowledge](Done) { acknowledge(); });
  }
  round->work(home(), acknowledge);
}

void GatewayGroup::Deploy(std::vector<std::shared_ptr<const Stage>> stages,
                          base::UniqueFunction<void()> done) {
  OnAll(
      [stages = std::move(stages)](Gateway& gateway, Ack ack) {
        for (const auto& stage : stages) gateway.stages().Deploy(stage);
        ack();
      },
      std::move(done));
}

void GatewayGroup::CloseStage(const StagePlace& place, base::UniqueFunction<void()> done) {
  std::shared_ptr<const Stage> stage = place.current;
  auto place_of = [stage](Gateway& gateway) {
    return gateway.stages().Find(stage->api_id(), stage->name());
  };
  OnAll(
      [place_of](Gateway& gateway, Ack ack) {
        StagePlace* here = place_of(gateway);
        if (!here) return ack();
        gateway.closings().Close(*here, std::move(ack));
      },
      [this, place_of, done = std::move(done)]() mutable {
        OnAll(
            [place_of](Gateway& gateway, Ack ack) {
              if (StagePlace* here = place_of(gateway)) gateway.stages().Remove(*here);
              ack();
            },
            std::move(done));
      });
}

}  // namespace gatehouse::api
