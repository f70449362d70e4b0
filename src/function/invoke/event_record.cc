#include "function/invoke/event_record.h"

#include <fmt/format.h>

#include "function/process/answer_json.h"
#include "function/process/error_json.h"
#include "gatehouse/json.h"

namespace gatehouse::function {
namespace {

std::string AnswerOf(const Outcome& outcome) {
  if (outcome.payload && !outcome.payload->empty()) return *outcome.payload;
  if (outcome.kind == Outcome::kAnswered) return AnswerJson(outcome.answer);
  return ErrorJson("Error", outcome.error);
}

}  // namespace

std::string EventRecord(const EventRecordFacts& facts, std::string_view payload,
                        const Outcome& outcome) {
  std::string record =
      fmt::format(R"({{"version":"1.0","timestamp":"{}","requestContext":{{"requestId":"{}",)"
                  R"("functionArn":"{}",)"
                  R"("condition":"{}","approximateInvokeCount":{}}},"requestPayload":{})",
                  base::FormatIso8601(facts.time), facts.request_id, facts.function_arn,
                  facts.condition, facts.invocations, payload);
  if (outcome.kind == Outcome::kRefused) return record + "}";
  record += R"(,"responseContext":{"statusCode":200,"executedVersion":"$LATEST")";
  if (outcome.kind == Outcome::kFailed) record += R"(,"functionError":"Unhandled")";
  std::string answer = AnswerOf(outcome);
  // What a runtime gave back need not be JSON.
  return record + R"(},"responsePayload":)" +
         (json::IsValid(answer) ? answer : json::Quoted(answer)) + "}";
}

}  // namespace gatehouse::function
