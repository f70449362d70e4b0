// A resolver that knows what a test tells it; answers come with the loop's next turn.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "net/dial/resolver.h"
#include "net/loop/loop.h"

namespace gatehouse::net {

class FakeResolver final : public Resolver {
 public:
  explicit FakeResolver(Loop& loop) : loop_(loop) {}

  void Resolve(const std::string& host, std::uint16_t port, Answer answer) override {
    asked.push_back(host + ":" + std::to_string(port));
    if (silent) {
      held.push_back(std::move(answer));
      return;
    }
    Result<std::vector<Address>> result = Error{ErrorCode::kNotFound, "no address of " + host};
    if (auto found = names.find(host); found != names.end()) {
      std::vector<Address> addresses;
      for (const std::string& ip : found->second) addresses.push_back({ip, port});
      result = std::move(addresses);
    }
    loop_.Post([answer = std::move(answer), result = std::move(result)]() mutable {
      answer(std::move(result));
    });
  }

  std::map<std::string, std::vector<std::string>> names;
  std::vector<std::string> asked;
  bool silent = false;
  std::vector<Answer> held;  // of a silent one

 private:
  Loop& loop_;
};

}  // namespace gatehouse::net
