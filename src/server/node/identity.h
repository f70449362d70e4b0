// Names that stay the same over restarts: API ids and physical names, derived from a seed that the
// data directory keeps (design §7.18). Immutable; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/file.h"
#include "base/random.h"
#include "base/siphash.h"
#include "gatehouse/result.h"
#include "stack/resource/names.h"

namespace gatehouse::server {

class Identity final : public stack::Names {
 public:
  explicit Identity(const base::SipKey& seed) : seed_(seed) {}
  // The seed of a data directory, made on first use (file "seed", mode 0600); ":memory:": one for
  // all, so that a test meets the same names each time. What must not be guessed (connection ids,
  // keys) does not come of it. Errors: kIo.
  static Result<Identity> Load(const std::string& data, base::Files& files, base::Random& random);

  std::string Derive(std::string_view what, std::string_view stack_name,
                     std::string_view logical_id, std::string_view alphabet,
                     std::size_t length) const override;

 private:
  base::SipKey seed_;
};

}  // namespace gatehouse::server
