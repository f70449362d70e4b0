#include "auth/signature/refusal.h"

#include "base/check.h"

namespace gatehouse::auth {
namespace {

struct Row {
  RefusalKind kind;
  std::string_view json_name;
  std::string_view query_name;
  int rest_json_status;
  int json_status;
  int query_status;
};

constexpr Row kRows[] = {
    {RefusalKind::kMissingToken, "MissingAuthenticationTokenException",
     "MissingAuthenticationToken", 403, 400, 403},
    {RefusalKind::kIncomplete, "IncompleteSignatureException", "IncompleteSignature", 403, 400,
     400},
    {RefusalKind::kUnknownKey, "UnrecognizedClientException", "InvalidClientTokenId", 403, 400,
     403},
    {RefusalKind::kInvalidSignature, "InvalidSignatureException", "SignatureDoesNotMatch", 403, 400,
     403},
    {RefusalKind::kExpiredToken, "ExpiredTokenException", "ExpiredToken", 403, 400, 403},
    {RefusalKind::kAccessDenied, "AccessDeniedException", "AccessDenied", 403, 400, 403},
};

const Row& RowOf(RefusalKind kind) {
  const Row& row = kRows[static_cast<std::size_t>(kind)];
  CHECK(row.kind == kind);
  return row;
}

// What a caller compares its own with; all services write it alike (aws-sdk-js#168 for Lambda,
// vibe-aws#1 for DynamoDB, query services and execute-api likewise).
std::string Expected(const Refusal& refusal) {
  if (refusal.canonical_request.empty()) return {};
  return "\n\nThe Canonical String for this request should have been\n'" +
         refusal.canonical_request + "'\n\nThe String-to-Sign should have been\n'" +
         refusal.string_to_sign + "'\n";
}

}  // namespace

RefusalAnswer AnswerFor(const Refusal& refusal, ServiceFamily family) {
  const Row& row = RowOf(refusal.kind);
  RefusalAnswer answer;
  answer.message = refusal.message + Expected(refusal);
  switch (family) {
    case ServiceFamily::kRestJson:
      answer.status = row.rest_json_status;
      answer.name = row.json_name;
      break;
    case ServiceFamily::kJson:
      answer.status = row.json_status;
      answer.name = row.json_name;
      break;
    case ServiceFamily::kQuery:
      answer.status = row.query_status;
      answer.name = row.query_name;
      break;
  }
  if (answer.message.empty() && refusal.kind == RefusalKind::kMissingToken) {
    answer.message = family == ServiceFamily::kRestJson ? "Missing Authentication Token"
                                                        : "Request is missing Authentication Token";
  }
  return answer;
}

}  // namespace gatehouse::auth
