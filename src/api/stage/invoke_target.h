// A function as one loop's gateway knows it.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"

namespace gatehouse::api {

struct InvokeTarget {
  std::string function_name;
  std::string credentials_arn = {};  // the role as which it is invoked; empty: as API Gateway
  base::Millis time_max{0};          // after that the gateway waits no longer for it; 0: it does
  // What the invoker remembers of the function, so that it is not looked up for each message; its
  // own affair.
  std::shared_ptr<void> known = {};
  std::string qualifier = {};  // a version or alias that must exist; empty: none
};

}  // namespace gatehouse::api
