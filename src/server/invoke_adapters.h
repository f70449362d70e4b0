// Introduces api and function to each other: routes invoke functions, and functions that are
// processes get their events as JSON. Loop thread only.
#pragma once

#include <string>
#include <string_view>

#include "api/invoker.h"
#include "api/stages.h"
#include "function/functions.h"

namespace gatehouse::server {

// What `api` calls.
class FunctionInvoker final : public api::Invoker {
 public:
  explicit FunctionInvoker(function::Functions& functions) : functions_(functions) {}
  void Invoke(api::InvokeTarget& target, const Event& event, api::InvokeDone done) override;
  bool IsProcess(api::InvokeTarget& target) override;

 private:
  function::Functions& functions_;
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
