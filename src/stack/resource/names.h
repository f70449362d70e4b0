// Where physical names and ids come from. The same words give the same characters, so that a stack
// made anew has the ids it had. `server` implements it with the node's identity.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gatehouse::stack {

class Names {
 public:
  virtual ~Names() = default;
  // length characters of alphabet.
  //   what  keeps apart ids of different kinds for one resource: "api", "name", …
  virtual std::string Derive(std::string_view what, std::string_view stack_name,
                             std::string_view logical_id, std::string_view alphabet,
                             std::size_t length) const = 0;
};

}  // namespace gatehouse::stack
