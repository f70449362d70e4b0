// Input: up to four parts, cut at NUL: target, Authorization, X-Amz-Date, another field's value.
// Whatever they are, nothing breaks, no signature of theirs verifies, and what we sign does.
#include "auth/signature/sigv4.h"

#include <algorithm>
#include <array>

#include "auth/signature/canonical.h"
#include "base/check.h"
#include "base/fuzz.h"

namespace gatehouse::auth {
namespace {

constexpr base::Millis kNow = std::chrono::seconds(1769854210);  // 20260131T101010Z

// Whether the parser would have let text through as a request target or field value.
bool IsWireText(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos;
}

void TryTheirs(const Request& request) {
  const auto signature = ParseSignature(request.target, request.fields);
  if (!signature || !*signature) return;
  CHECK(!(*signature)->access_key.empty() && !(*signature)->hex.empty());
  CHECK((*signature)->signed_headers.size() <= kSignedHeadersMax);
  CHECK(std::is_sorted((*signature)->signed_headers.begin(), (*signature)->signed_headers.end()));
  CHECK(FormatTimestamp((*signature)->time) == (*signature)->timestamp);
  SigningKeys keys(1);
  const auto refusal =
      Verify(request, **signature, {}, "a secret nobody guesses", (*signature)->time, keys);
  CHECK(refusal && refusal->kind == RefusalKind::kInvalidSignature);
}

void TryOurs(std::string_view target, std::string_view value) {
  if (const auto parsed = ParseSignature(target, {}); !parsed || *parsed) return;
  std::vector<wire::HttpField> fields = {{"Host", "localhost"}, {"X-Value", value}};
  const KeyPair key{"AKIAGATEHOUSEEXAMPLE", "secret", "token"};
  const Scope scope{"us-east-1", value.size() % 2 ? "s3" : "lambda"};
  SigningKeys keys(1);
  const auto added = Sign({"PUT", target, fields, value}, key, scope, kNow, keys);
  for (const NewField& field : added) fields.push_back({field.name, field.value});
  const Request request{"PUT", target, fields, value};
  const auto signature = ParseSignature(request.target, request.fields);
  CHECK(signature && *signature);
  CHECK(!Verify(request, **signature, scope, key.secret, kNow, keys));
}

}  // namespace
}  // namespace gatehouse::auth

void gatehouse::base::FuzzOne(std::span<const std::byte> input) {
  using namespace gatehouse::auth;
  std::string_view rest(reinterpret_cast<const char*>(input.data()), input.size());
  std::array<std::string_view, 4> parts;
  for (std::string_view& part : parts) {
    part = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    if (!IsWireText(part)) return;
  }
  const auto [target, authorization, date, value] = parts;
  const std::array<gatehouse::wire::HttpField, 4> fields = {{{"Host", "localhost"},
                                                             {"Authorization", authorization},
                                                             {"X-Amz-Date", date},
                                                             {"X-Value", value}}};
  TryTheirs({"GET", target, fields, value});
  TryOurs(target, value);
  const std::string query = CanonicalQuery(target, false, PlusSign::kSpace);
  CHECK(CanonicalQuery(query, false, PlusSign::kPlus) == query);
  const std::string path = CanonicalPath(target, "s3");
  CHECK(CanonicalPath(path, "s3") == path);
}
