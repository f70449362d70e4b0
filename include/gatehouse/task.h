// Task<T>: a coroutine that starts when it is awaited and gives its T to the one who awaits it.
//
// A task belongs to whoever holds it; destroying it destroys the suspended coroutine. A task is
// resumed on the thread that completes what it waits for, which in gatehouse is always the loop
// thread it started on, so handlers need no locks. An exception that leaves the coroutine is
// rethrown where the task is awaited.
//
// With g++ 12 give every argument of an awaited call a name: temporaries and initialiser lists
// inside a co_await expression may be destroyed twice (GCC bugs 99576, 100611).
#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

namespace gatehouse {

template <class T>
class Task;

namespace internal {

// Resumes the awaiting coroutine, if there is one, when the task is done.
struct FinalAwaiter {
  bool await_ready() noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> done) noexcept {
    std::coroutine_handle<> next = done.promise().awaiting;
    return next ? next : std::noop_coroutine();
  }
  void await_resume() noexcept {}
};

struct PromiseBase {
  std::suspend_always initial_suspend() noexcept { return {}; }
  FinalAwaiter final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { exception = std::current_exception(); }

  std::coroutine_handle<> awaiting;
  std::exception_ptr exception;
};

template <class T>
struct Promise : PromiseBase {
  Task<T> get_return_object() noexcept;
  void return_value(T&& result) { value.emplace(std::move(result)); }
  void return_value(const T& result) { value.emplace(result); }
  T Take() {
    if (exception) std::rethrow_exception(exception);
    return std::move(*value);
  }
  std::optional<T> value;
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object() noexcept;
  void return_void() noexcept {}
  void Take() {
    if (exception) std::rethrow_exception(exception);
  }
};

}  // namespace internal

template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = internal::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) noexcept : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
    handle_.promise().awaiting = awaiting;
    return handle_;
  }
  T await_resume() { return handle_.promise().Take(); }

  // For Start: runs a task that nobody awaits until it ends (true) or waits (false).
  bool Run() {
    handle_.resume();
    return handle_.done();
  }
  // Of one that waits since: who is resumed when it ends.
  void Resumes(std::coroutine_handle<> awaiting) noexcept { handle_.promise().awaiting = awaiting; }
  promise_type& promise() noexcept { return handle_.promise(); }

 private:
  Handle handle_;
};

namespace internal {

template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}

inline Task<void> Promise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

}  // namespace internal

// Awaits an operation that reports by callback. `start(done)` begins it; done(value) must be called
// exactly once, on this thread, during start or later.
//
//   Result<Item> item = co_await Await<Result<Item>>([&](auto done) { table.Get(key, done); });
template <class T>
class Await {
 public:
  using Done = std::function<void(T)>;

  explicit Await(std::function<void(Done)> start) : start_(std::move(start)) {}
  Await(const Await&) = delete;
  Await& operator=(const Await&) = delete;

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> awaiting) {
    starting_ = true;
    start_([this, awaiting](T value) {
      value_.emplace(std::move(value));
      if (!starting_) awaiting.resume();
    });
    starting_ = false;
    return !value_.has_value();
  }
  T await_resume() { return std::move(*value_); }

 private:
  std::function<void(Done)> start_;
  std::optional<T> value_;
  bool starting_ = false;
};

namespace internal {

// A coroutine nobody awaits: it runs at once and destroys itself when done.
struct Detached {
  struct promise_type {
    Detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }  // done() must not throw
  };
};

// Awaits a task that runs already.
template <class T>
struct Rest {
  Task<T>& task;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> awaiting) noexcept { task.Resumes(awaiting); }
  void await_resume() const noexcept {}
};

// Tells done what came of a task that has ended.
template <class T, class Done>
void Finish(Task<T>& task, Done& done) {
  done(std::move(task.promise().value), task.promise().exception);
}

template <class T, class Done>
Detached FinishLater(Task<T> task, Done done) {
  Rest<T> rest{task};
  co_await rest;
  Finish(task, done);
}

}  // namespace internal

// Starts a task from outside any coroutine. `done(value, exception)` is called once, when it ends,
// with the task's own optional and exception_ptr: exception is null on success, else value is
// empty. done must not throw. Only a task that waits needs memory beside its own.
template <class T, class Done>
void Start(Task<T> task, Done done) {
  if (task.Run()) return internal::Finish(task, done);
  internal::FinishLater(std::move(task), std::move(done));
}

}  // namespace gatehouse
