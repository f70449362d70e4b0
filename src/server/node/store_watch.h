// Watches over the store: says when it is in trouble and when that is over, and tries it again once
// a second meanwhile. Loop thread only, but for what Observer gives.
#pragma once

#include <optional>

#include "base/function.h"
#include "base/log.h"
#include "net/loop/loop.h"
#include "store/store.h"

namespace gatehouse::server {

class StoreWatch {
 public:
  static constexpr std::chrono::seconds kRetry{1};

  // Loop, log and, from Use on, the store outlive the watch, and no task of the loop runs after it.
  StoreWatch(net::Loop& loop, base::Log& log) : loop_(loop), log_(log) {}

  // For StoreOptions::on_health; any thread.
  store::Health::Observer Observer();
  void Use(store::Store& store) { store_ = &store; }
  // Who hears whether the store is well: now, and when it changes.
  void Tell(base::UniqueFunction<void(bool well)> told);

 private:
  void OnHealth(const std::optional<Error>& trouble);
  void Retry();

  net::Loop& loop_;
  base::Log& log_;
  store::Store* store_ = nullptr;
  base::UniqueFunction<void(bool well)> told_;
  bool well_ = true;
};

}  // namespace gatehouse::server
