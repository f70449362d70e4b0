// AWS's own managed policies that templates attach to roles, as AWS publishes them; statements
// about services that gatehouse does not serve are left out, so a known policy may say nothing at
// all. Immutable; any thread. Source: AWS managed policy reference guide, by the copies that
// github.com/zoph-io/MAMIP keeps, of 2026-03-07; managed_policies.json has each one's version and
// date.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::auth {

// "arn:aws:iam::aws:policy/…" (the account is AWS's), in any partition.
bool IsAwsManagedPolicy(std::string_view arn);

// Its document; nothing: AWS has none such, or none that we know. The path is not looked at:
// "service-role/AWSLambdaBasicExecutionRole" and "AWSLambdaBasicExecutionRole" are the same one.
std::optional<std::string> ManagedPolicyDocument(std::string_view arn);

}  // namespace gatehouse::auth
