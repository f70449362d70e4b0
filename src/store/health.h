// Whether the store can be read and written just now. It is unwell from the first I/O error, full
// disk or damaged page on, until what failed works again (Store::Probe). Any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "gatehouse/result.h"
#include "store/transaction.h"

namespace gatehouse::store {

// What callers are told instead of SQLite's words: their errors reach clients, who are not to know
// of files. The observer hears the rest.
Error StoreTrouble();

// Where rows could not be read or written: a scan of this range meets the same pages.
struct Place {
  KeyspaceId keyspace{};
  ScanRange range;
};

struct Failure {
  Error error;  // names the file
  std::optional<Place> place;
};

class Health {
 public:
  // Further places are not tried again: one that stays broken is enough to be unwell.
  static constexpr std::size_t kPlacesMax = 16;

  // Called when the store becomes unwell, with the error, and with nothing when it is well again;
  // on the thread that found out. May be null.
  using Observer = std::function<void(const std::optional<Error>&)>;
  explicit Health(Observer observer) : observer_(std::move(observer)) {}

  void Note(Failure failure);
  bool well() const { return well_.load(std::memory_order_relaxed); }

  // What there is to try again, and a number for Recover.
  struct Attempt {
    std::vector<Place> places;
    std::uint64_t noted = 0;
  };
  Attempt Begin();
  // All of the attempt worked. Well again, unless something failed meanwhile.
  void Recover(std::uint64_t noted);

 private:
  const Observer observer_;
  std::atomic<bool> well_ = true;
  std::mutex mutex_;  // guards all below, and the observer's calls
  std::vector<Place> places_;
  std::uint64_t noted_ = 0;
};

}  // namespace gatehouse::store
