// Where a service is: URLs, read from the environment as AWS's SDKs read them. Pure functions.
// Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gatehouse/result.h"
#include "net/loop/env_variables.h"

namespace gatehouse::lambda {

struct Endpoint {
  bool tls = true;
  std::string host;  // an IPv6 address without its brackets
  std::uint16_t port = 443;
  std::string path;  // "/production"; without a slash at its end, so "" for the root

  std::string Authority() const;  // as Host has it: without the scheme's own port
};

// Reads http[s]://host[:port][/path]. Errors: kInvalidArgument for anything else.
Result<Endpoint> ParseEndpoint(std::string_view url);

// What AWS_ENDPOINT_URL_SERVICE or AWS_ENDPOINT_URL says, unless
// AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true; empty ones are not set. variable: "DYNAMODB".
std::optional<std::string> ConfiguredEndpointUrl(const net::EnvironmentLookup& environment,
                                                 std::string_view variable);

// Of a service with one endpoint a region: the configured one, else AWS's own.
// name: "dynamodb". Errors: kInvalidArgument (naming what is malformed or missing).
Result<Endpoint> ServiceEndpoint(const net::EnvironmentLookup& environment, std::string_view name,
                                 std::string_view region);

// Percent-encodes all but A-Z a-z 0-9 - . _ ~, as a segment of a path.
std::string EncodeSegment(std::string_view text);

}  // namespace gatehouse::lambda
