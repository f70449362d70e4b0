// The invocation of functions from one loop. Loop thread only; the catalogue is that of all loops.
//
// An in-process handler is a coroutine that runs on the loop: it starts within Invoke and resumes
// when what it awaits is there. Exceptions that leave it become a function error, as a Lambda's
// would. Every other function is a process (processes.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/function.h"
#include "base/log.h"
#include "base/random.h"
#include "base/shared_bound.h"
#include "function/define/function_catalogue.h"
#include "function/define/outcome.h"
#include "gatehouse/handler.h"
#include "gatehouse/result.h"
#include "net/loop/loop.h"

namespace gatehouse::function {

// Builds what a handler has at hand. `server` implements it.
class ContextFactory {
 public:
  virtual ~ContextFactory() = default;
  // For one run of a function; the event outlives it.
  virtual Context& Create(const std::shared_ptr<const FunctionDefinition>& function,
                          const Event& event) = 0;
  // The run is over.
  virtual void Release(Context& context) = 0;
};

struct ReleaseContext {
  ContextFactory* factory;
  void operator()(Context* context) const { factory->Release(*context); }
};
using ContextLease = std::unique_ptr<Context, ReleaseContext>;

// Asynchronous invocations that have not ended, of all loops together; beyond it they are refused.
// Those of over 256 KB have three quarters of the bytes.
struct EventBounds {
  explicit EventBounds(std::size_t events_max = 1000) : events(events_max) {}
  base::SharedBound events;
  base::SharedBound payload_bytes{64 * 1024 * 1024, 256 * 1024};
};

struct FunctionsOptions {
  std::size_t payload_bytes_max = 6 * 1024 * 1024;    // synchronous (AWS: 6 MB)
  std::size_t event_payload_bytes_max = 1024 * 1024;  // asynchronous (AWS: 1 MB)
  std::shared_ptr<EventBounds> events = {};           // null: of one loop alone
  int nesting_max = 64;  // functions that invoke each other without waiting: they share a stack
  // An asynchronous invocation that fails is tried twice more, after these (AWS).
  std::chrono::seconds event_retry_delays[2] = {std::chrono::seconds{60},
                                                std::chrono::seconds{120}};
  // One that is throttled, again and again, twice as late each time (AWS: up to six hours).
  std::chrono::seconds throttled_delay_first{1};
  std::chrono::seconds throttled_delay_max{300};
  std::chrono::seconds throttled_age_max{6 * 3600};
  // One event that goes from destination to destination is stopped there (AWS's recursive loop
  // detection: about 16).
  int sent_on_max = 16;
  // For records of destinations and what is told of them. Null: nothing is told; ids are empty.
  base::Log* log = nullptr;
  base::Random* random = nullptr;
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
};

class Functions {
 public:
  // Everything given must outlive this.
  Functions(Catalogue& catalogue, ContextFactory& contexts, net::Loop& loop,
            FunctionsOptions options = {});
  ~Functions();

  // Without it, functions that are processes are refused. Both outlive this; processes may be on
  // another loop, if it answers on ours. Who has the processes also retires them when a definition
  // changes (Catalogue::OnChange).
  void UseProcesses(ProcessRunner& processes, EventWriter& events);

  Catalogue& catalogue() { return catalogue_; }
  bool Has(std::string_view name) { return Find(name) != nullptr; }

  // A function as a caller knows it who invokes it again and again, so that it need not be looked
  // up by its name each time. Empty at first; of one name and one loop.
  struct Known {
    std::shared_ptr<const Catalogue::Function> function;
    std::uint64_t version = ~std::uint64_t{0};  // of the catalogue
    std::chrono::nanoseconds wait_max{0};       // as in CallDetails
  };

  // Runs a function with a proxy event, whose views must live until done was called (exactly once,
  // during the call or later). done must not throw.
  void Invoke(std::string_view name, const Event& event, OutcomeDone done);
  void Invoke(std::string_view name, Known& known, const Event& event, OutcomeDone done);
  // Whether it is a process, for which an invocation may have to wait.
  bool IsProcess(std::string_view name, Known& known);

  // The Invoke API, in process: the payload is any JSON. A RequestResponse is done when the
  // function is; an Event as soon as it is accepted. Errors: kNotFound, kInvalidArgument (payload
  // is no JSON), kPayloadTooLarge, kLimitExceeded (too many Events wait; throttled).
  void InvokePayload(std::string_view name, std::string payload, InvocationType type,
                     base::UniqueFunction<void(Result<InvokeResult>)> done);

  // The same with all that the wire can say and wants to hear.
  struct Answer {
    InvokeResult result;
    std::string log_tail;
  };
  void Call(std::string_view name, std::string payload, InvocationType type, CallDetails details,
            base::UniqueFunction<void(Result<Answer>)> done);

  // An Event whose sender wants to know when its run and all retries are over (ended), which it is
  // told after it was accepted. Neither is called once the loop has ended.
  void Send(std::string_view name, std::string payload, CallDetails details,
            base::UniqueFunction<void(Result<void>)> accepted, base::UniqueFunction<void()> ended);

  std::size_t running() const { return running_; }  // in-process handlers

 private:
  struct AsyncEvent;
  Result<void> CheckPayload(const std::string& payload, InvocationType type) const;
  // As defined now; null: none.
  std::shared_ptr<const Catalogue::Function> Find(std::string_view name);
  void RunHandler(const Catalogue::Function& function, const Event& event, OutcomeDone done);
  void RunProcess(const Known& known, const Event& event, OutcomeDone done);
  void RunPayload(std::string_view name, std::string payload, CallDetails details,
                  OutcomeDone done);
  // Takes an Event in, whose name and payload were checked. Error: kLimitExceeded.
  // sent_on: how many destinations it has come through.
  Result<void> Accept(std::string_view name, std::string payload, CallDetails details,
                      base::UniqueFunction<void()> ended, int sent_on);
  void RunEvent(std::shared_ptr<AsyncEvent> event);
  void EndEvent(std::shared_ptr<AsyncEvent> event, const Outcome& outcome);
  void FinishEvent(AsyncEvent& event, const Outcome& outcome, const EventInvokeConfig& config);
  void SendOn(const AsyncEvent& event, const std::string& destination, std::string record);
  void Warn(std::string_view sentence, const AsyncEvent& event) const;

  Catalogue& catalogue_;
  std::shared_ptr<const Catalogue::Snapshot> snapshot_;
  std::uint64_t snapshot_version_ = 0;
  ContextFactory& contexts_;
  net::Loop& loop_;
  const FunctionsOptions options_;
  ProcessRunner* processes_ = nullptr;
  EventWriter* events_ = nullptr;
  std::size_t running_ = 0;
  int nesting_ = 0;
};

}  // namespace gatehouse::function
