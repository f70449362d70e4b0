// Names to addresses.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/executor.h"
#include "base/function.h"
#include "gatehouse/result.h"
#include "net/network.h"

namespace gatehouse::chat {

class Resolver {
 public:
  using Answer = base::UniqueFunction<void(Result<std::vector<net::Address>>)>;
  virtual ~Resolver() = default;
  // Answers later, on the loop, with at least one address or an error.
  virtual void Resolve(const std::string& host, std::uint16_t port, Answer answer) = 0;
};

// getaddrinfo on a thread of its own per question, for it can take half a minute. Destroying the
// resolver forgets the questions that wait; their threads end by themselves.
class SystemResolver final : public Resolver {
 public:
  static constexpr std::size_t kAddressesMax = 8;

  explicit SystemResolver(base::Executor& loop);
  ~SystemResolver() override;
  void Resolve(const std::string& host, std::uint16_t port, Answer answer) override;

 private:
  struct Mailbox;
  std::shared_ptr<Mailbox> mailbox_;
};

}  // namespace gatehouse::chat
