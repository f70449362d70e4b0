// One thread that takes batches of requests from a bounded queue. The first request starts it; with
// none it waits on a condition variable, so an idle one makes no system calls. Any thread may push.
#pragma once

#include <pthread.h>
#include <signal.h>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <iterator>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/function.h"

namespace gatehouse::store {

template <class Request>
class BatchWorker {
 public:
  struct Options {
    const char* thread_name;  // at most 15 characters
    std::size_t queue_max;    // requests waiting
    std::size_t batch_max;    // requests handed over at once
  };
  enum class Pushed { kYes, kFull, kClosed, kNoThread };
  // Runs on the worker's thread.
  using Handle = base::UniqueFunction<void(std::vector<Request> batch)>;

  BatchWorker(Options options, Handle handle) : options_(options), handle_(std::move(handle)) {}
  BatchWorker(const BatchWorker&) = delete;
  BatchWorker& operator=(const BatchWorker&) = delete;
  ~BatchWorker() { Close(); }

  // The request is taken only when kYes comes back.
  Pushed Push(Request& request) {
    std::unique_lock lock(mutex_);
    if (closing_) return Pushed::kClosed;
    if (queue_.size() >= options_.queue_max) return Pushed::kFull;
    if (!thread_.joinable() && !Start()) return Pushed::kNoThread;
    queue_.push_back(std::move(request));
    if (queue_.size() == 1) changed_.notify_one();
    return Pushed::kYes;
  }

  // Refuses further requests, handles those that wait, ends the thread. Not from handle.
  void Close() {
    std::thread thread;
    {
      std::lock_guard lock(mutex_);
      closing_ = true;
      thread = std::move(thread_);
      changed_.notify_one();
    }
    if (!thread.joinable()) return;
    CHECK(thread.get_id() != std::this_thread::get_id());
    thread.join();
  }

 private:
  // Signals are for the process's own threads: the new one blocks them all.
  bool Start() {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
      thread_ = std::thread([this] { Run(); });
      pthread_setname_np(thread_.native_handle(), options_.thread_name);
    } catch (const std::system_error&) {  // out of threads; the next request tries again
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return thread_.joinable();
  }

  void Run() {
    while (true) {
      std::vector<Request> batch;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return closing_ || !queue_.empty(); });
        if (queue_.empty()) return;
        std::size_t size = std::min(queue_.size(), options_.batch_max);
        auto end = queue_.begin() + static_cast<std::ptrdiff_t>(size);
        batch.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
        queue_.erase(queue_.begin(), end);
      }
      handle_(std::move(batch));
    }
  }

  const Options options_;
  Handle handle_;

  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::deque<Request> queue_;
  std::thread thread_;
  bool closing_ = false;
};

}  // namespace gatehouse::store
