#include "function/process/execution_environment.h"

#include <signal.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "aws/arn.h"
#include "base/check.h"
#include "function/define/definition_check.h"
#include "function/define/identifiers.h"
#include "function/process/error_json.h"

namespace gatehouse::function {
namespace {

constexpr std::chrono::seconds kSampleLinger{1};  // memory is watched that long after an answer

double MillisOf(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace

const char* Environment::ToString(State state) {
  static constexpr std::array kNames{"starting", "idle", "busy", "answered", "stopping", "ended"};
  return kNames[static_cast<std::size_t>(state)];
}

Environment::Environment(Owner& owner, RuntimeApi& runtime_api, const ProcessParts& parts,
                         const ProcessOptions& options,
                         std::shared_ptr<const FunctionDefinition> function,
                         base::Millis init_time_max)
    : owner_(owner),
      runtime_api_(runtime_api),
      parts_(parts),
      options_(options),
      function_(std::move(function)),
      loop_(parts.sockets.loop()),
      log_(parts.log, function_->name),
      inspected_(InspectPort(options.inspected, *function_).has_value()),
      init_time_max_(init_time_max) {}

Environment::~Environment() { CHECK(state_ == State::kEnded); }

Result<void> Environment::Start(const Launch& launch) {
  // Our own bootstraps need no port.
  RuntimeFamily family = FamilyOf(function_->runtime);
  bool ours = family == RuntimeFamily::kPython || family == RuntimeFamily::kNode;
  Result<RuntimeApi::Door> door =
      ours ? runtime_api_.OpenChannel(*this) : runtime_api_.OpenPort(*this);
  if (!door) {
    state_ = State::kEnded;
    return door.error();
  }
  door_ = door->id;
  auth::Credential credential;
  credential.key = auth::NewRoleKey(parts_.random);
  credential.principal = {auth::Principal::kRole, RoleName(function_->role), function_->name,
                          function_->role};
  access_key_id_ = credential.key.access_key_id;
  PlatformFacts facts{
      options_.region,          fmt::format("127.0.0.1:{}", door->port),          launch.task_root,
      launch.runtime_directory, NewLogStreamName(parts_.random, loop_.WallNow()), credential.key};
  parts_.credentials.Put(std::move(credential));
  process::ChildSpec spec{launch.arguments,
                          ProcessEnvironment(*function_, launch.base, options_.environment, facts),
                          launch.task_root, door->descriptor};
  if (ours) {
    spec.environment.push_back(fmt::format("_GATEHOUSE_RUNTIME={}", process::kChannelDescriptor));
  }
  child_ = parts_.children.Spawn(std::move(spec), *this);
  parts_.children.SampleMemory(child_, true);
  started_ = loop_.Now();
  SetTimer(init_time_max_, &Environment::OnInitTimeOut);
  return {};
}

void Environment::SetTimer(std::chrono::nanoseconds delay, void (Environment::*then)()) {
  ClearTimer();
  if (inspected_ && then != &Environment::EndAndTell) return;  // a debugger may hold it
  timer_ = loop_.After(delay, [this, then] {
    timer_.reset();
    (this->*then)();
  });
}

void Environment::ClearTimer() {
  if (timer_) loop_.Cancel(*std::exchange(timer_, std::nullopt));
}

void Environment::OnNext() {
  if (state_ == State::kStopping || state_ == State::kEnded) return;
  CHECK(state_ == State::kStarting || state_ == State::kAnswered);
  if (state_ == State::kStarting) init_ms_ = MillisOf(loop_.Now() - started_);
  state_ = State::kIdle;
  if (stop_when_answered_) return BeginStop();
  SetTimer(options_.idle_time_max, &Environment::BeginStop);
  sample_timer_ = loop_.After(kSampleLinger, [this] {
    sample_timer_.reset();
    parts_.children.SampleMemory(child_, false);
  });
  owner_.OnIdle(*this);
}

void Environment::Run(Job job) {
  CHECK(state_ == State::kIdle);
  state_ = State::kBusy;
  if (sample_timer_) loop_.Cancel(*std::exchange(sample_timer_, std::nullopt));
  parts_.children.SampleMemory(child_, true);
  delivered_ = loop_.Now();
  if (!init_ms_) log_.ClearTail();  // the first invocation's tail begins with what the start said
  log_.Platform(fmt::format("START RequestId: {} Version: $LATEST", job.details.request_id));
  RuntimeEvent event;
  event.request_id = job.details.request_id;
  const base::Millis time = inspected_ ? base::Millis(kInspectedTime) : function_->timeout;
  event.deadline_ms = (loop_.WallNow() + time).count();
  event.function_arn = aws::FunctionArn(options_.region, options_.account_id, function_->name,
                                        job.details.qualifier);
  event.trace_id = NewTraceId(parts_.random, loop_.WallNow());
  event.client_context = job.details.client_context;
  event.payload = std::move(job.payload);
  job_ = std::move(job);
  SetTimer(function_->timeout, &Environment::OnTimeOut);
  runtime_api_.Deliver(*door_, std::move(event));
}

void Environment::OnResponse(std::string body) {
  Outcome outcome;
  outcome.payload = std::move(body);
  state_ = State::kAnswered;
  Answer(std::move(outcome));
}

void Environment::OnError(std::string_view type, std::string_view body) {
  state_ = State::kAnswered;
  Fail("the function failed: " + std::string(type),
       body.empty() ? ErrorJson(type.empty() ? "Runtime.Unknown" : type, "") : std::string(body));
}

void Environment::OnResponseTooLarge(std::size_t bytes) {
  state_ = State::kAnswered;
  Fail("the function's answer is too large", ResponseTooLargeJson(bytes));
}

void Environment::Fail(std::string error, std::string payload) {
  Outcome outcome;
  outcome.kind = Outcome::kFailed;
  outcome.error = std::move(error);
  outcome.payload = std::move(payload);
  outcome.function_error = "Unhandled";
  Answer(std::move(outcome));
}

// The process may stop here when it does not ask for the next event in its time.
void Environment::Answer(Outcome outcome) {
  Job job = std::move(*std::exchange(job_, std::nullopt));
  if (state_ != State::kEnded) SetTimer(function_->timeout, &Environment::OnTimeOut);
  if (job.details.log_tail) {
    if (child_ != 0) parts_.children.Drain(child_);
    log_.Platform("END RequestId: " + job.details.request_id);
    log_.Platform(Report(job.details.request_id));
    outcome.log_tail = log_.tail();
  }
  init_ms_.reset();
  job.done(std::move(outcome));
}

std::string Environment::Report(std::string_view request_id) {
  double ms = MillisOf(loop_.ClockNow() - delivered_);
  std::string line = fmt::format(
      "REPORT RequestId: {}\tDuration: {:.2f} ms\tBilled Duration: {:.0f} ms\tMemory Size: {} "
      "MB\tMax Memory Used: {} MB\t",
      request_id, ms, std::ceil(ms), function_->memory_mb, memory_bytes_ >> 20);
  if (init_ms_) line += fmt::format("Init Duration: {:.2f} ms\t", *init_ms_);
  return line;
}

void Environment::OnStarted(pid_t pid) { runtime_api_.Admit(*door_, pid); }

void Environment::OnStranger() {
  if (std::exchange(told_of_strangers_, true)) return;
  parts_.log.Warning(
      "a process that is not the function's asked the Runtime API for its events, and was turned "
      "away",
      {{"function", function_->name}});
}

void Environment::OnOutput(std::string_view bytes) { log_.Print(bytes); }

void Environment::OnMemory(std::size_t bytes) {
  memory_bytes_ = std::max(memory_bytes_, bytes);
  std::size_t limit = static_cast<std::size_t>(function_->memory_mb) << 20;
  if (!options_.limit_memory || inspected_ || bytes <= limit || state_ == State::kStopping) return;
  parts_.log.Warning("a function used more memory than it may, and was killed",
                     {{"function", function_->name},
                      {"usedMb", static_cast<std::int64_t>(bytes >> 20)},
                      {"memorySizeMb", std::int64_t{function_->memory_mb}}});
  parts_.children.Signal(child_, SIGKILL);
}

void Environment::OnTimeOut() {
  parts_.children.Drain(child_);
  std::string text = TimedOutText(function_->timeout);
  if (job_) {
    std::string id = job_->details.request_id;
    log_.Platform(fmt::format("{} {} {}", base::FormatIso8601(loop_.WallNow()), id, text));
    Release();  // before the caller hears of it: he may invoke again
    Fail(text, TimedOutJson(id, function_->timeout));
  } else {
    Release();
  }
  owner_.OnEnded(*this);
}

void Environment::OnInitTimeOut() {
  parts_.children.Drain(child_);
  Release();
  owner_.OnInitFailed(*this, {std::nullopt, std::nullopt, log_.tail()});
  owner_.OnEnded(*this);
}

void Environment::OnInitError(std::string_view type, std::string_view body) {
  if (state_ != State::kStarting) return;
  parts_.children.Drain(child_);
  std::string error = body.empty() ? ErrorJson(type, "") : std::string(body);
  Release();
  owner_.OnInitFailed(*this, {std::move(error), std::nullopt, log_.tail()});
  owner_.OnEnded(*this);
}

// A header's value has its lines apart by tabs.
void Environment::OnInitHint(std::string_view lines) {
  parts_.children.Drain(child_);
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\t'));
    parts_.log.Print(function_->name, line);
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
  }
}

void Environment::OnEnd(const process::ChildEnd& end) {
  child_ = 0;
  State before = state_;
  Release();
  if (job_) {
    std::string id = job_->details.request_id;
    Fail("the function's process ended: " + process::ToString(end), ExitJson(id, end));
  } else if (before == State::kStarting) {
    owner_.OnInitFailed(*this, {std::nullopt, end, log_.tail()});
  }
  owner_.OnEnded(*this);
}

void Environment::Stop() {
  if (state_ == State::kIdle || state_ == State::kStarting) return BeginStop();
  stop_when_answered_ = true;
}

void Environment::BeginStop() {
  state_ = State::kStopping;
  parts_.children.Signal(child_, SIGTERM);
  SetTimer(options_.stop_grace, &Environment::EndAndTell);
}

void Environment::EndAndTell() {
  Release();
  owner_.OnEnded(*this);
}

void Environment::Kill() {
  if (state_ == State::kEnded) return;
  Release();
  if (job_) {
    Outcome outcome;
    outcome.kind = Outcome::kRefused;
    outcome.error = "gatehouse stops";
    outcome.refusal = ErrorCode::kUnavailable;
    Answer(std::move(outcome));
  }
  owner_.OnEnded(*this);
}

void Environment::Release() {
  state_ = State::kEnded;
  ClearTimer();
  if (sample_timer_) loop_.Cancel(*std::exchange(sample_timer_, std::nullopt));
  if (door_) runtime_api_.Close(*std::exchange(door_, std::nullopt));
  if (child_ != 0) parts_.children.Forget(std::exchange(child_, 0));
  parts_.credentials.Remove(access_key_id_);
  log_.Flush();
}

}  // namespace gatehouse::function
