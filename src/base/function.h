// UniqueFunction: std::function for callables that can only be moved (std::move_only_function is
// C++23). An empty one must not be called.
//
// What is no larger than three pointers (a lambda with one capture or two) lies inside; larger
// callables take one allocation.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace gatehouse::base {

template <class Signature>
class UniqueFunction;

template <class R, class... Args>
class UniqueFunction<R(Args...)> {
 public:
  UniqueFunction() = default;
  UniqueFunction(std::nullptr_t) {}
  template <class F, class = std::enable_if_t<!std::is_same_v<std::decay_t<F>, UniqueFunction>>>
  UniqueFunction(F&& f) : kind_(&Stored<std::decay_t<F>>::kKind) {
    Stored<std::decay_t<F>>::Make(place_, std::forward<F>(f));
  }
  UniqueFunction(UniqueFunction&& other) noexcept { TakeFrom(other); }
  UniqueFunction& operator=(UniqueFunction&& other) noexcept {
    if (this != &other) {
      Clear();
      TakeFrom(other);
    }
    return *this;
  }
  ~UniqueFunction() { Clear(); }

  R operator()(Args... args) { return kind_->call(place_, std::forward<Args>(args)...); }
  explicit operator bool() const { return kind_ != nullptr; }

 private:
  static constexpr std::size_t kInsideBytes = 3 * sizeof(void*);

  struct Kind {
    R (*call)(void* place, Args&&... args);
    void (*move)(void* from, void* to);  // leaves nothing at `from`
    void (*destroy)(void* place);
  };

  // How an F is kept at a place: itself, or a pointer to it.
  template <class F>
  struct Stored {
    static constexpr bool kInside = sizeof(F) <= kInsideBytes && alignof(F) <= alignof(void*) &&
                                    std::is_nothrow_move_constructible_v<F>;
    template <class G>
    static void Make(void* place, G&& f) {
      if constexpr (kInside) {
        new (place) F(std::forward<G>(f));
      } else {
        new (place) F*(new F(std::forward<G>(f)));
      }
    }
    static F& At(void* place) {
      if constexpr (kInside) {
        return *std::launder(static_cast<F*>(place));
      } else {
        return **std::launder(static_cast<F**>(place));
      }
    }
    static R Call(void* place, Args&&... args) { return At(place)(std::forward<Args>(args)...); }
    static void Move(void* from, void* to) {
      if constexpr (kInside) {
        new (to) F(std::move(At(from)));
        At(from).~F();
      } else {
        new (to) F*(&At(from));
      }
    }
    static void Destroy(void* place) {
      if constexpr (kInside) {
        At(place).~F();
      } else {
        delete &At(place);
      }
    }
    static constexpr Kind kKind{Call, Move, Destroy};
  };

  void TakeFrom(UniqueFunction& other) {
    kind_ = std::exchange(other.kind_, nullptr);
    if (kind_) kind_->move(other.place_, place_);
  }
  void Clear() {
    if (kind_) std::exchange(kind_, nullptr)->destroy(place_);
  }

  alignas(void*) std::byte place_[kInsideBytes];
  const Kind* kind_ = nullptr;
};

}  // namespace gatehouse::base
