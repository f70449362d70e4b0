// The SigV4 signature that a request carries, read into a value; nothing is verified here.
// Source: IAM User Guide, "Elements of an AWS API request signature".
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "gatehouse/result.h"
#include "wire/http_parser.h"

namespace gatehouse::auth {

inline constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
inline constexpr std::size_t kSignedHeadersMax = 100;         // ours
inline constexpr std::chrono::seconds kPresignedMax{604800};  // a week, as AWS
inline constexpr std::string_view kScopeEnd = "aws4_request";

struct Signature {
  bool presigned = false;  // in the query rather than in Authorization
  // Credential=access_key/date/region/service/aws4_request
  std::string access_key;
  std::string date;  // YYYYMMDD
  std::string region;
  std::string service;
  std::vector<std::string> signed_headers;  // lower case, sorted, each once
  std::string hex;                          // as sent
  std::string timestamp;                    // YYYYMMDDTHHMMSSZ
  base::Millis time{0};                     // the same since 1970
  std::chrono::seconds expires{0};          // presigned: how long it counts from time
  std::string security_token;               // empty: none
};

// Nothing if the request carries no signature; an Authorization header of another scheme (Bearer …)
// is none. Errors: kInvalidArgument, with a sentence like AWS's, for a signature that is incomplete
// or malformed, for parts given twice, and for header and query form at once.
Result<std::optional<Signature>> ParseSignature(std::string_view target,
                                                std::span<const wire::HttpField> fields);

// "20150830T123600Z" ↔ time; nothing if text is no such time.
std::optional<base::Millis> ParseTimestamp(std::string_view text);
std::string FormatTimestamp(base::Millis time);

}  // namespace gatehouse::auth
