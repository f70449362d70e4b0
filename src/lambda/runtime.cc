#include "lambda/runtime.h"

#include <cxxabi.h>

#include <charconv>
#include <cstdlib>
#include <exception>
#include <typeinfo>

#include "function/process/answer_json.h"
#include "gatehouse/json.h"
#include "lambda/event_reader.h"

namespace gatehouse::lambda {
namespace {

constexpr std::string_view kPrefix = "/2018-06-01/runtime/";
constexpr double kNextSeconds = 10.0 * 365 * 86400;      // it is held open until there is an event
constexpr std::size_t kEventBytesMax = 8 * 1024 * 1024;  // AWS: 6 MB, here with room for escapes

struct Failure {
  std::string type;
  std::string message;
};

Failure FailureOf(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& e) {
    int status = 0;
    char* name = abi::__cxa_demangle(typeid(e).name(), nullptr, nullptr, &status);
    Failure failure{name ? name : "std::exception", e.what()};
    std::free(name);
    return failure;
  } catch (...) {
    return {"unknown", "an exception that is no std::exception"};
  }
}

std::string ErrorBody(const Failure& failure) {
  return R"({"errorMessage":)" + json::Quoted(failure.message) + R"(,"errorType":)" +
         json::Quoted(failure.type) + R"(,"stackTrace":[]})";
}

net::HttpFields ErrorFields(const std::string& type) {
  return {{"Content-Type", "application/json"}, {"Lambda-Runtime-Function-Error-Type", type}};
}

base::Millis DeadlineOf(const net::HttpReply& next) {
  std::int64_t deadline = 0;
  std::string_view digits = next.Find("Lambda-Runtime-Deadline-Ms").value_or("");
  std::from_chars(digits.data(), digits.data() + digits.size(), deadline);
  return deadline > 0 ? base::Millis(deadline) : base::Millis::max();
}

// What a handler came to: its answer, or what it threw.
struct Run {
  std::optional<Answer> answer;
  std::exception_ptr exception;
};

}  // namespace

Result<const HandlerEntry*> FindHandler(std::span<const HandlerEntry> handlers,
                                        std::string_view name) {
  const HandlerEntry* found = nullptr;
  std::size_t count = 0;
  std::string ending = "/" + std::string(name);
  std::string all;
  for (const HandlerEntry& entry : handlers) {
    if (entry.name == name) return &entry;
    if (entry.name.ends_with(ending)) found = &entry, ++count;
    all += (all.empty() ? "" : ", ") + std::string(entry.name);
  }
  if (count == 1) return found;
  return Error{ErrorCode::kNotFound,
               "Handler '" + std::string(name) + "' is not in this package; it has " + all};
}

Task<Result<net::HttpReply>> Runtime::Ask(std::string method, std::string target, std::string body,
                                          net::HttpFields fields) {
  net::HttpCall call;
  call.method = std::move(method);
  call.host = api_.host;
  call.port = api_.port;
  call.tls = false;
  call.target = std::string(kPrefix) + target;
  call.body = std::move(body);
  call.fields = std::move(fields);
  call.seconds = kNextSeconds;
  call.body_bytes_max = kEventBytesMax;
  Await<Result<net::HttpReply>> send([&](Await<Result<net::HttpReply>>::Done done) {
    http_.Send(std::move(call), std::move(done));
  });
  Result<net::HttpReply> reply = co_await send;
  co_return reply;
}

Task<Error> Runtime::Serve(Handler handler) {
  for (;;) {
    Task<Result<net::HttpReply>> ask = Ask("GET", "invocation/next", {}, {});
    Result<net::HttpReply> next = co_await ask;
    if (!next) co_return next.error();
    if (next->status != 200) {
      co_return Error{ErrorCode::kUnavailable, "the Runtime API answered with status " +
                                                   std::to_string(next->status) + ": " +
                                                   next->body};
    }
    Task<Result<void>> run = RunOne(handler, *std::move(next));
    Result<void> told = co_await run;
    if (!told) co_return told.error();
  }
}

Task<Result<void>> Runtime::RunOne(Handler handler, net::HttpReply next) {
  std::string target = "invocation/";
  target += next.Find("Lambda-Runtime-Aws-Request-Id").value_or("");
  parts_.client.SetDeadline(DeadlineOf(next));
  EventReader reader(std::move(next.body));
  LambdaContext context(parts_, reader.event());
  Await<Run> running([&](Await<Run>::Done done) {
    Start(handler(reader.event(), context),
          [done = std::move(done)](std::optional<Answer> answer, std::exception_ptr exception) {
            done(Run{std::move(answer), std::move(exception)});
          });
  });
  Run run = co_await running;
  std::string body;
  net::HttpFields fields{{"Content-Type", "application/json"}};
  if (run.answer) {
    target += "/response";
    body = function::AnswerJson(*run.answer);
  } else {
    target += "/error";
    body = ErrorBody(FailureOf(run.exception));
    fields = ErrorFields("Function.UnhandledException");
  }
  Task<Result<net::HttpReply>> tell =
      Ask("POST", std::move(target), std::move(body), std::move(fields));
  Result<net::HttpReply> told = co_await tell;
  if (!told) co_return told.error();
  // Refused (too large, say): the Runtime API has told the caller, and gives the next event.
  if (told->status / 100 != 2) parts_.log("the Runtime API refused an answer: " + told->body);
  co_return Result<void>();
}

Task<bool> Runtime::FailInit(std::string type, std::string message) {
  Task<Result<net::HttpReply>> tell =
      Ask("POST", "init/error", ErrorBody({type, message}), ErrorFields(type));
  Result<net::HttpReply> told = co_await tell;
  co_return told && told->status / 100 == 2;
}

}  // namespace gatehouse::lambda
