// For tests: an executor that keeps what is posted until the test runs it. Post from any thread,
// the rest on the test's.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "base/executor.h"

namespace gatehouse::store {

class TestExecutor final : public base::Executor {
 public:
  void Post(base::UniqueFunction<void()> task) override {
    std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    posted_.notify_one();
  }

  // Waits for a task and runs it.
  void RunOne() {
    std::unique_lock lock(mutex_);
    posted_.wait(lock, [this] { return !tasks_.empty(); });
    base::UniqueFunction<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
  }

  // Runs tasks until the answer is there, and takes it.
  template <class T>
  T Wait(std::optional<T>& answer) {
    while (!answer) RunOne();
    return *std::exchange(answer, std::nullopt);
  }

  std::size_t waiting() {
    std::lock_guard lock(mutex_);
    return tasks_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<base::UniqueFunction<void()>> tasks_;
};

}  // namespace gatehouse::store
