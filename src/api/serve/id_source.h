// Ids of requests and messages, shaped as connection ids. They must differ, not be secret: a prefix
// that names the loop and its start, then a counter, scattered by a permutation. One thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/siphash.h"

namespace gatehouse::api {

class IdSource {
 public:
  // Sources of other keys, starts or loops have other prefixes (42 bits, by chance).
  IdSource(const base::SipKey& key, std::uint32_t incarnation, std::uint32_t loop);

  std::string New();
  // The same in the place of what `id` was, without an allocation if it had one before.
  void Assign(std::string& id);

 private:
  std::uint64_t prefix_;  // its seven characters; the top byte is 0
  std::uint64_t counter_ = 0;
};

}  // namespace gatehouse::api
