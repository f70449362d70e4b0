// Introduces api and function to each other: routes invoke functions, and functions that are
// processes get their events as JSON. Loop thread only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/serve/invoker.h"
#include "api/stage/stages.h"
#include "function/invoke/functions.h"
#include "server/access/iam.h"

namespace gatehouse::server {

// What is known of a route's function, until functions or roles change.
struct RouteKnown : function::Functions::Known {
  // What was asked is true as long as functions and roles have, together, this version.
  std::uint64_t asked = kNever;
  std::string refusal = {};  // why it may not be invoked; then it is asked each time

  static constexpr std::uint64_t kNever = ~std::uint64_t{0};
};

// What `api` calls.
class FunctionInvoker final : public api::Invoker {
 public:
  // iam: whether a route may invoke its function.
  FunctionInvoker(function::Functions& functions, Iam& iam) : functions_(functions), iam_(iam) {}
  void Invoke(api::InvokeTarget& target, const Event& event, api::InvokeDone done) override;
  bool IsProcess(api::InvokeTarget& target) override;

 private:
  // False: it may not be invoked.
  bool Ask(const api::InvokeTarget& target, const Event& event, RouteKnown& known);

  function::Functions& functions_;
  Iam& iam_;
};

// What `function` calls for a process.
class StageEventWriter final : public function::EventWriter {
 public:
  explicit StageEventWriter(const api::Stages& stages) : stages_(stages) {}
  std::string Write(const Event& event) override;

 private:
  const api::Stages& stages_;
};

}  // namespace gatehouse::server
