#include "store/health.h"

#include <utility>

namespace gatehouse::store {

Error StoreTrouble() { return {ErrorCode::kIo, "the store cannot be read or written just now"}; }

void Health::Note(Failure failure) {
  std::lock_guard lock(mutex_);
  ++noted_;
  if (failure.place && places_.size() < kPlacesMax) places_.push_back(*std::move(failure.place));
  if (!well_.exchange(false)) return;
  if (observer_) observer_(failure.error);
}

Health::Attempt Health::Begin() {
  std::lock_guard lock(mutex_);
  return {places_, noted_};
}

void Health::Recover(std::uint64_t noted) {
  std::lock_guard lock(mutex_);
  if (noted != noted_ || well_.exchange(true)) return;
  places_.clear();
  if (observer_) observer_(std::nullopt);
}

}  // namespace gatehouse::store
