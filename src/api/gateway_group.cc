#include "api/gateway_group.h"

#include <string>
#include <utility>

#include "api/gateway.h"

namespace gatehouse::api {

void GatewayGroup::Add(base::Executor& loop, Gateway& gateway) {
  Member& member = members_.emplace_back();
  member.loop = &loop;
  member.gateway = &gateway;
  gateway.connections().Join(*this);
}

bool GatewayGroup::Reserve(std::size_t loop, std::size_t bytes) {
  Member& member = members_[loop];
  bool fits = member.waiting.fetch_add(1, std::memory_order_relaxed) < limits_.waiting_max;
  std::size_t before = member.waiting_bytes.fetch_add(bytes, std::memory_order_relaxed);
  if (fits && before + bytes <= limits_.waiting_bytes_max) return true;
  Release(loop, bytes);
  return false;
}

void GatewayGroup::Release(std::size_t loop, std::size_t bytes) {
  members_[loop].waiting.fetch_sub(1, std::memory_order_relaxed);
  members_[loop].waiting_bytes.fetch_sub(bytes, std::memory_order_relaxed);
}

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
  base::Executor* home_loop = members_.front().loop;
  for (std::size_t i = 1; i < members_.size(); ++i) {
    Gateway* gateway = members_[i].gateway;
    members_[i].loop->Post([round, gateway, home_loop, acknowledge] {
      round->work(*gateway, [home_loop, acknowledge] { home_loop->Post(acknowledge); });
    });
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
