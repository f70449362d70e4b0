// For tests: a request that owns its text, and what the examples agree on.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/signature/signature.h"
#include "auth/signature/sigv4.h"

namespace gatehouse::auth {

inline constexpr std::string_view kExampleSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

struct TestRequest {
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;

  // Good until fields change.
  Request View() {
    views.clear();
    for (const auto& [name, value] : fields) views.push_back({name, value});
    return {method, target, views, std::string_view(body)};
  }
  void Add(const std::vector<NewField>& added) {
    for (const NewField& field : added) fields.emplace_back(field.name, field.value);
  }
  std::string& Field(std::string_view name) {
    for (auto& [known, value] : fields) {
      if (known == name) return value;
    }
    fields.emplace_back(name, "");
    return fields.back().second;
  }

  std::vector<wire::HttpField> views;
};

inline base::Millis At(std::string_view timestamp) { return ParseTimestamp(timestamp).value(); }

// "" if the request verifies, else the message; "unsigned" and "malformed: …" for what has no
// signature to verify.
inline std::string Verdict(TestRequest request, std::string_view now, const Scope& scope = {},
                           std::string_view secret = kExampleSecret) {
  const Request view = request.View();
  const auto signature = ParseSignature(view.target, view.fields);
  if (!signature) return "malformed: " + signature.error().message;
  if (!*signature) return "unsigned";
  SigningKeys keys;
  const auto refusal = Verify(view, **signature, scope, secret, At(now), keys);
  return refusal ? refusal->message : "";
}

}  // namespace gatehouse::auth
