// Names that stay the same over restarts: API ids and physical names, derived from a seed that the
// data directory keeps (design §7.18). Immutable; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/file.h"
#include "base/random.h"
#include "base/siphash.h"
#include "gatehouse/result.h"

namespace gatehouse::server {

class Identity {
 public:
  explicit Identity(const base::SipKey& seed) : seed_(seed) {}
  // The seed of a data directory, made on first use (file "seed", mode 0600); ":memory:": a new
  // one. Errors: kIo.
  static Result<Identity> Load(const std::string& data, base::Files& files, base::Random& random);

  // Ten characters of a-z0-9.
  std::string ApiId(std::string_view stack_name, std::string_view logical_id) const;
  // "{stack}-{logical id}-{twelve of A-Z0-9}", as CloudFormation names things.
  std::string PhysicalName(std::string_view stack_name, std::string_view logical_id) const;

 private:
  std::string Derive(std::string_view what, std::string_view stack_name,
                     std::string_view logical_id, std::string_view alphabet,
                     std::size_t length) const;

  base::SipKey seed_;
};

}  // namespace gatehouse::server
