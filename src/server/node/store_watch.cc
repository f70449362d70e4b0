#include "server/node/store_watch.h"

#include <utility>

#include <fmt/format.h>

namespace gatehouse::server {

store::Health::Observer StoreWatch::Observer() {
  return [this](const std::optional<Error>& trouble) {
    loop_.Post([this, trouble] { OnHealth(trouble); });
  };
}

void StoreWatch::Tell(base::UniqueFunction<void(bool well)> told) {
  told_ = std::move(told);
  told_(well_);
}

void StoreWatch::OnHealth(const std::optional<Error>& trouble) {
  well_ = !trouble.has_value();
  if (trouble) {
    log_.Error(fmt::format("{}; not ready until the store works again", trouble->message));
    Retry();
  } else {
    log_.Info("the store works again");
  }
  if (told_) told_(well_);
}

void StoreWatch::Retry() {
  loop_.After(kRetry, [this] {
    if (well_) return;
    if (!store_) return Retry();
    store_->Probe(loop_, [this](bool well) {
      if (!well) Retry();
    });
  });
}

}  // namespace gatehouse::server
