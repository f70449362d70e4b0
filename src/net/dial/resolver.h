// Names to addresses.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/executor.h"
#include "base/function.h"
#include "gatehouse/result.h"
#include "net/loop/network.h"

namespace gatehouse::net {

class Resolver {
 public:
  using Answer = base::UniqueFunction<void(Result<std::vector<Address>>)>;
  virtual ~Resolver() = default;
  // Answers later, on the loop, with at least one address or an error (kNotFound; kLimitExceeded).
  virtual void Resolve(const std::string& host, std::uint16_t port, Answer answer) = 0;
};

// getaddrinfo on one thread, which the first question starts, for it can take half a minute. An
// address in text form needs no thread. Destroying the resolver forgets the questions that wait;
// the thread ends by itself.
class SystemResolver final : public Resolver {
 public:
  static constexpr std::size_t kAddressesMax = 8;
  static constexpr std::size_t kQuestionsMax = 256;  // waiting; further ones are refused

  explicit SystemResolver(base::Executor& loop);
  ~SystemResolver() override;
  void Resolve(const std::string& host, std::uint16_t port, Answer answer) override;

 private:
  struct Desk;
  std::shared_ptr<Desk> desk_;
};

}  // namespace gatehouse::net
