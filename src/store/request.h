// A closure on its way through the store, and the answer that goes back.
#pragma once

#include <utility>
#include <vector>

#include "base/executor.h"
#include "base/function.h"
#include "gatehouse/result.h"
#include "store/transaction.h"

namespace gatehouse::store {

struct Reply {
  base::Executor* to = nullptr;
  base::UniqueFunction<void(Result<void>)> done;

  void Post(Result<void> outcome) {
    to->Post([call = std::move(done), result = std::move(outcome)]() mutable {
      call(std::move(result));
    });
  }
};

struct WriteRequest {
  base::UniqueFunction<Result<void>(Transaction&)> work;
  Reply reply;
};

struct ReadRequest {
  base::UniqueFunction<Result<void>(View&)> work;
  Reply reply;
};

}  // namespace gatehouse::store
