// Mailbox: what other loops ask of one loop. A question runs on the loop's thread, its answer on
// the asker's; nothing else crosses. Any thread asks.
//
// - What waits is bounded, in questions and in the bytes they carry. A question needs a place
// first;
//   who gets none is told so at once, by his own means. The place is held until the loop has
//   answered, or until what was asked is dropped: by then somebody else may have it.
// - What one thread asks is begun in the order it was asked.
// - A loop that has stopped runs nothing any more: neither question nor answer is called, both are
//   destroyed, the place is free. So an answer must not be all that keeps something from being
//   forgotten at the end.
// - The asker's loop gets the answer whether or not who asked is still there: what the answer
//   touches must live as long as that loop runs, or be looked up again by it.
//
// The mailbox itself may go while questions are on their way: its bounds live as long as they do.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "base/executor.h"
#include "base/shared_bound.h"

namespace gatehouse::base {

struct MailboxLimits {
  std::size_t questions_max = 0;
  std::size_t bytes_max = 0;
};

class Mailbox {
  struct Bounds {
    explicit Bounds(const MailboxLimits& limits)
        : questions(limits.questions_max), bytes(limits.bytes_max) {}
    SharedBound questions;
    SharedBound bytes;
  };

 public:
  // Room for one question; given back at its end.
  class Place {
   public:
    Place() = default;  // no room
    Place(Place&&) noexcept = default;
    Place& operator=(Place&&) = delete;
    explicit operator bool() const { return granted_; }

   private:
    friend class Mailbox;
    void GiveBack() {
      question_.Release();
      bytes_.Release();
    }
    std::shared_ptr<Bounds> bounds_;  // goes after the shares of it
    Share question_, bytes_;
    bool granted_ = false;
  };

  // The executor outlives what is asked of it.
  Mailbox(Executor& owner, const MailboxLimits& limits)
      : owner_(owner), bounds_(std::make_shared<Bounds>(limits)) {}

  // For a question that carries so many bytes. Empty: there is no room.
  [[nodiscard]] Place Reserve(std::size_t bytes) const {
    Place place;
    place.bounds_ = bounds_;
    place.granted_ =
        place.question_.Hold(bounds_->questions, 1) && place.bytes_.Hold(bounds_->bytes, bytes);
    if (!place.granted_) place.GiveBack();
    return place;
  }
  // For a question whose number is bounded where it comes from: it takes no room and gets in
  // always.
  [[nodiscard]] static Place Exempt() {
    Place place;
    place.granted_ = true;
    return place;
  }

  // Runs question() on the owner's thread, then answer(what it returned) on the asker's.
  template <class Question, class Answer>
  void Ask(Place place, Executor& asker, Question question, Answer answer) const {
    owner_.Post([place = std::move(place), &asker, question = std::move(question),
                 answer = std::move(answer)]() mutable {
      auto said = question();
      place.GiveBack();
      Tell(asker, std::move(answer), std::move(said));
    });
  }

  // The same for what takes its time: runs question(reply) on the owner's thread. reply is moved,
  // and called once with what answer shall get, on that thread or another; a reply that is dropped
  // is no answer.
  template <class Question, class Answer>
  void AskSlowly(Place place, Executor& asker, Question question, Answer answer) const {
    owner_.Post([place = std::move(place), &asker, question = std::move(question),
                 answer = std::move(answer)]() mutable {
      question([place = std::move(place), &asker, answer = std::move(answer)](auto said) mutable {
        place.GiveBack();
        Tell(asker, std::move(answer), std::move(said));
      });
    });
  }

  std::size_t questions() const { return bounds_->questions.held(); }
  std::size_t bytes() const { return bounds_->bytes.held(); }

 private:
  template <class Answer, class Said>
  static void Tell(Executor& asker, Answer answer, Said said) {
    asker.Post([answer = std::move(answer), said = std::move(said)]() mutable {
      answer(std::move(said));
    });
  }

  Executor& owner_;
  const std::shared_ptr<Bounds> bounds_;
};

}  // namespace gatehouse::base
