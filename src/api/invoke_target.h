// A function as one loop's gateway knows it.
#pragma once

#include <memory>
#include <string>

namespace gatehouse::api {

struct InvokeTarget {
  std::string function_name;
  // What the invoker remembers of the function, so that it is not looked up for each message; its
  // own affair.
  std::shared_ptr<void> known = {};
};

}  // namespace gatehouse::api
