// The parts of a request as SigV4 hashes them (IAM User Guide, "Create a signed request", step 1;
// AWS's own clients differ from it in places, which are named here). Pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wire/http_parser.h"

namespace gatehouse::auth {

// Percent-encodes every byte outside A-Z a-z 0-9 - _ . ~ with upper case digits.
std::string EncodeUri(std::string_view text, bool keep_slashes = false);

// The halves of a request target. The absolute form (http://host/path, as sent to proxies) loses
// its scheme and authority; a path that is empty becomes "/".
struct TargetParts {
  std::string_view path;
  std::string_view query;  // without "?"
};
TargetParts SplitTarget(std::string_view target);

// path as on the wire, encoded once more: "%3D" → "%253D", "@" → "%40". Nothing is decoded, merged
// or normalised before. Service "s3" alone has each byte encoded once.
std::string CanonicalPath(std::string_view path, std::string_view service);

// What a "+" of the wire stands for. Some clients sign a space for it (URLSearchParams, Python's
// urlencode), others a plus; AWS is reported to take the first, RFC 3986 means the second.
enum class PlusSign { kSpace, kPlus };

// Sorted by encoded name, then value; "name=" where there is no value. X-Amz-Signature is left out
// if presigned.
std::string CanonicalQuery(std::string_view query, bool presigned, PlusSign plus);

// "name:value\n" for each of names (lower case, in their order): inner blanks collapsed, fields of
// one name joined by ",". Nothing if the request lacks one of them.
std::optional<std::string> CanonicalHeaders(std::span<const wire::HttpField> fields,
                                            std::span<const std::string> names);

// Whether it is the field of that name; lower is lower case already.
bool HasName(const wire::HttpField& field, std::string_view lower);

// ASCII lower case.
std::string LowerCase(std::string_view text);

}  // namespace gatehouse::auth
