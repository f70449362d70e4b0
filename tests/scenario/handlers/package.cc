// Handlers of tests for a Lambda package of their own: test-lambda.zip.
#include <stdexcept>
#include <string>

#include "gatehouse/export.h"
#include "gatehouse/json.h"

namespace gatehouse {
namespace {

Task<Answer> Throw(Event event, Context& /*context*/) {
  throw std::runtime_error("thrown: " + std::string(event.payload));
  co_return Answer{};
}

// Tells what it sees; a scenario test compares.
Task<Answer> Tell(Event event, Context& context) {
  context.Log("told\ntwice");
  std::string body = "region=" + std::string(context.env("AWS_REGION"));
  body += " unset=" + std::string(context.env("NO_SUCH_VARIABLE")) + ";";
  body += " now=" + std::string(context.Now().count() > 1'600'000'000'000 ? "sane" : "odd");
  Result<InvokeResult> invoked = co_await context.functions().Invoke(
      context.env("OTHER_FUNCTION"), std::string(event.payload), InvocationType::kRequestResponse);
  body +=
      " other=" + (invoked ? invoked->payload + invoked->function_error : invoked.error().message);
  co_return Answer{201, body, {{"X-A", "b"}}};
}

// Answers with more than the Runtime API takes.
Task<Answer> Large(Event /*event*/, Context& /*context*/) {
  co_return Answer{200, std::string(7 * 1024 * 1024, 'x'), {}};
}

Task<Answer> Sleep(Event /*event*/, Context& context) {
  bool slept = co_await context.Sleep(std::chrono::seconds(600));
  co_return Answer{slept ? 200 : 500, {}, {}};
}

}  // namespace
}  // namespace gatehouse

namespace gatehouse {
GATEHOUSE_EXPORT_HANDLERS({"test/throw", Throw}, {"test/tell", Tell}, {"test/large", Large},
                          {"test/sleep", Sleep})
}  // namespace gatehouse
