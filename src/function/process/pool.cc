#include "function/process/pool.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "function/code/folder_stamp.h"
#include "function/code/missing_sdk.h"
#include "function/process/error_json.h"

namespace gatehouse::function {
namespace {

constexpr std::chrono::milliseconds kPatience{50};
constexpr std::chrono::milliseconds kLookInterval{200};

}  // namespace

Pool::Pool(Launcher& launcher, RuntimeApi& runtime_api, const ProcessParts& parts,
           const ProcessOptions& options, std::shared_ptr<const FunctionDefinition> function)
    : launcher_(launcher),
      runtime_api_(runtime_api),
      parts_(parts),
      options_(options),
      loop_(parts.sockets.loop()),
      function_(std::move(function)) {}

Pool::~Pool() {
  *alive_ = false;
  if (patience_) loop_.Cancel(*patience_);
  KillAll();
}

std::size_t Pool::Limit() const {
  if (InspectPort(options_.inspected, *function_)) return 1;
  if (function_->reserved_concurrency < 0) return options_.environments_max;
  return std::min(options_.environments_max,
                  static_cast<std::size_t>(function_->reserved_concurrency));
}

std::size_t Pool::Count(Environment::State state) const {
  return static_cast<std::size_t>(
      std::count_if(environments_.begin(), environments_.end(),
                    [state](const auto& environment) { return environment->state() == state; }));
}

// For calls that may change the list.
std::vector<Environment*> Pool::All() const {
  std::vector<Environment*> all;
  for (const auto& environment : environments_) all.push_back(environment.get());
  return all;
}

void Pool::Throttle(Job job) const {
  Outcome outcome;
  outcome.kind = Outcome::kRefused;
  outcome.refusal = ErrorCode::kLimitExceeded;
  outcome.error = fmt::format("function {} is throttled: {} environments are busy", function_->name,
                              environments_.size());
  job.done(std::move(outcome));
}

void Pool::Run(std::shared_ptr<const FunctionDefinition> function, Job job) {
  if (function != function_) {
    Retire();
    function_ = std::move(function);
  }
  if (!environments_.empty()) LookAtFolder();
  while (!idle_.empty()) {
    Environment* environment = idle_.back();
    idle_.pop_back();
    if (environment->state() != Environment::State::kIdle) continue;  // its idle time is over
    return environment->Run(std::move(job));
  }
  bool is_farewell = job.details.is_farewell;
  if (IsFull(is_farewell)) return Throttle(std::move(job));
  std::optional<net::Loop::TimerId> timer;
  if (!is_farewell) {
    std::chrono::nanoseconds wait_max = job.details.wait_max;
    if (wait_max.count() == 0) wait_max = options_.queue_time_max;
    timer = loop_.After(wait_max, [this, id = job.details.request_id] { OnQueueTime(id); });
  }
  (is_farewell ? farewells_ : calls_).push_back({std::move(job), timer});
  Grow();
}

// Where concurrency is reserved AWS's words are taken as they stand: no call waits for it.
bool Pool::IsFull(bool is_farewell) const {
  if (is_farewell) return Limit() == 0;  // the function is switched off
  std::size_t queue_max = function_->reserved_concurrency >= 0 ? 0 : options_.queue_max;
  return Count(Environment::State::kBusy) + calls_.size() >= Limit() + queue_max;
}

// A folder is edited while its function runs: old code must not answer any more.
void Pool::LookAtFolder() {
  if (function_->code.kind != CodeSource::kDirectory) return;
  if (loop_.Now() - looked_ < kLookInterval) return;
  looked_ = loop_.Now();
  std::uint64_t stamp = FolderStamp(function_->code.text);
  if (stamp == stamp_) return;
  stamp_ = stamp;
  parts_.log.Info("the code was edited: the function starts anew", {{"function", function_->name}});
  Retire();
}

void Pool::OnQueueTime(const std::string& request_id) {
  auto found = std::find_if(calls_.begin(), calls_.end(), [&](const Waiting& w) {
    return w.job.details.request_id == request_id;
  });
  if (found == calls_.end()) return;
  Job job = std::move(found->job);
  calls_.erase(found);
  Throttle(std::move(job));
}

Pool::Lane& Pool::NextLane() {
  if (calls_.empty()) return farewells_;
  return farewell_is_next_ && !farewells_.empty() ? farewells_ : calls_;
}

std::string Pool::NextRequestId() {
  return waiting() == 0 ? "-" : NextLane().front().job.details.request_id;
}

std::optional<Job> Pool::TakeWaiting() {
  if (waiting() == 0) return std::nullopt;
  Lane& lane = NextLane();
  farewell_is_next_ = &lane == &calls_;
  if (lane.front().timer) loop_.Cancel(*lane.front().timer);
  Job job = std::move(lane.front().job);
  lane.pop_front();
  return job;
}

// As many environments start as invocations wait, up to the bound. One that has answered is about
// to be free: it is given a moment.
void Pool::Grow() {
  if (preparing_) return;
  if (waiting() == 0) return;
  if (!launch_) return PrepareLaunch();
  std::size_t soon = impatient_ ? 0 : Count(Environment::State::kAnswered);
  while (waiting() > Count(Environment::State::kStarting) + soon &&
         environments_.size() < Limit()) {
    StartEnvironment(options_.init_time_max);
  }
  if (soon == 0 || patience_) return;
  patience_ = loop_.After(kPatience, [this] {
    patience_.reset();
    impatient_ = true;
    Grow();
    impatient_ = false;
  });
}

void Pool::PrepareLaunch() {
  preparing_ = true;
  launcher_.Prepare(function_, [this, alive = alive_, function = function_](Result<Launch> launch) {
    if (!*alive) return;
    preparing_ = false;
    if (function != function_) return Grow();  // replaced meanwhile
    OnPrepared(std::move(launch));
  });
}

void Pool::OnPrepared(Result<Launch> launch) {
  if (launch) {
    launch_ = std::move(*launch);
    if (function_->code.kind == CodeSource::kDirectory) stamp_ = FolderStamp(function_->code.text);
    return Grow();
  }
  const std::string& why = launch.error().message;
  parts_.log.Error("a function cannot be started", {{"function", function_->name}, {"why", why}});
  std::string type = function_->runtime.starts_with("provided") ? "Runtime.InvalidEntrypoint"
                                                                : "Runtime.Unavailable";
  std::size_t count = waiting();  // not those that are added by who hears of it
  for (std::size_t i = 0; i < count; ++i) FailWaiting(why, ErrorJson(type, why));
  Grow();
}

void Pool::StartEnvironment(base::Millis init_time_max) {
  auto environment = std::make_unique<Environment>(*this, runtime_api_, parts_, options_, function_,
                                                   init_time_max);
  Environment& started = *environment;
  environments_.push_back(std::move(environment));
  Result<void> result = started.Start(*launch_);
  if (result) return;
  environments_.pop_back();
  std::string why = result.error().message;
  FailWaiting(why, ErrorJson("Runtime.Unavailable", why));
}

void Pool::FailWaiting(std::string error, std::string payload, const std::string& log_tail) {
  std::optional<Job> job = TakeWaiting();
  if (!job) return;
  Outcome outcome;
  outcome.kind = Outcome::kFailed;
  outcome.error = std::move(error);
  outcome.payload = std::move(payload);
  outcome.function_error = "Unhandled";
  if (job->details.log_tail) outcome.log_tail = log_tail;
  job->done(std::move(outcome));
}

void Pool::OnIdle(Environment& environment) {
  std::optional<Job> job = TakeWaiting();
  if (job) return environment.Run(std::move(*job));
  idle_.push_back(&environment);
}

// A start that took too long is made once more, under the function's own time limit, as AWS does.
void Pool::OnInitFailed(Environment& environment, const InitFailure& failure) {
  bool current = launch_ && &environment.function() == function_.get();
  if (!failure.error && !failure.end) {
    bool first = environment.init_time_max() != function_->timeout;
    if (waiting() == 0) return;
    if (current && first) return StartEnvironment(function_->timeout);
    std::string id = NextRequestId();
    return FailWaiting(TimedOutText(function_->timeout), TimedOutJson(id, function_->timeout),
                       failure.log_tail);
  }
  if (failure.error) {
    ExplainImport(*failure.error);
    return FailWaiting("the function could not be loaded", *failure.error, failure.log_tail);
  }
  std::string id = NextRequestId();
  launch_.reset();  // perhaps the program is gone: look again
  FailWaiting("the function's process ended: " + process::ToString(*failure.end),
              ExitJson(id, *failure.end), failure.log_tail);
}

void Pool::ExplainImport(const std::string& error) const {
  std::string advice = MissingSdkAdvice(error, launch_ ? launch_->arguments.front() : "");
  if (advice.empty()) return;
  parts_.log.Warning("a function misses its SDK, which AWS's runtime has; " + advice,
                     {{"function", function_->name}});
}

// It is destroyed at the end of the turn: this is a call of its own.
void Pool::OnEnded(Environment& environment) {
  std::erase(idle_, &environment);
  auto found = std::find_if(environments_.begin(), environments_.end(),
                            [&](const auto& e) { return e.get() == &environment; });
  CHECK(found != environments_.end());
  std::unique_ptr<Environment> ended = std::move(*found);
  environments_.erase(found);
  loop_.Post([ended = std::move(ended)] {});
  if (*alive_) Grow();
}

void Pool::Retire() {
  launch_.reset();
  idle_.clear();
  for (Environment* environment : All()) environment->Stop();
}

void Pool::RefuseWaiting() {
  while (std::optional<Job> job = TakeWaiting()) {
    Outcome outcome;
    outcome.kind = Outcome::kRefused;
    outcome.refusal = ErrorCode::kUnavailable;
    outcome.error = "gatehouse stops";
    job->done(std::move(outcome));
  }
}

void Pool::KillAll() {
  RefuseWaiting();
  for (Environment* environment : All()) environment->Kill();
}

}  // namespace gatehouse::function
