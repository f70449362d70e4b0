// Events on their way to functions: asked whether they may, handed over, tried again as the
// target's RetryPolicy says when the function room has no place, and told in the log when they are
// given up. Loop thread only.
//
// What becomes of an event once Lambda has taken it (a function that fails, its retries) is the
// function room's, as on AWS.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "base/function.h"
#include "base/log.h"
#include "event/definition.h"
#include "event/surroundings.h"
#include "net/loop/loop.h"

namespace gatehouse::event {

struct DeliveryOptions {
  // Occurrences of one schedule's target whose function has not ended: beyond it the next ones are
  // left out. Ours; AWS goes on to the account's concurrency.
  int unfinished_max = 10;
  // Deliveries that wait to be tried again, of all targets; beyond it they are given up.
  std::size_t waiting_max = 1000;
  std::chrono::seconds delay_first{1};  // between tries, twice as long each time
  std::chrono::seconds delay_max{300};
};

struct Delivery {
  std::string_view service;  // a constant: "events.amazonaws.com"
  std::string source_arn;    // of the rule or schedule
  std::string role_arn;
  std::string function_arn;
  RetryPolicy retry;
  std::string schedule_key;  // of what recurs and must not pile up; empty: an event
  base::UniqueFunction<std::string(int attempt)> payload;  // attempts from 1
};

class Deliveries {
 public:
  // Everything given outlives this.
  Deliveries(FunctionCaller& functions, InvokePermissions& permissions, net::Loop& loop,
             base::Log& log, Place place, DeliveryOptions options = {})
      : functions_(functions),
        permissions_(permissions),
        loop_(loop),
        log_(log),
        place_(std::move(place)),
        options_(options) {}

  void Deliver(Delivery delivery);
  // The event to each of the rule's targets, as their Input says. recurs: by its schedule, whose
  // occurrences must not pile up.
  void DeliverToTargets(const Rule& rule, const std::string& event, bool recurs);

  const Place& place() const { return place_; }
  std::size_t waiting() const { return waiting_; }

 private:
  struct Try;
  struct Load {
    int unfinished = 0;
    std::size_t left_out = 0;  // since it was last up to date
  };
  bool Enter(const std::string& key, const std::string& source_arn);
  void Leave(const std::string& key);
  void Send(const std::shared_ptr<Try>& one);
  void OnAnswer(const std::shared_ptr<Try>& one, const Result<void>& accepted);
  void GiveUp(const Try& one, const std::string& why);

  FunctionCaller& functions_;
  InvokePermissions& permissions_;
  net::Loop& loop_;
  base::Log& log_;
  const Place place_;
  const DeliveryOptions options_;
  std::map<std::string, Load> loads_;  // of those that have something unfinished
  std::size_t waiting_ = 0;
};

}  // namespace gatehouse::event
