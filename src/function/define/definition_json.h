// A function as it lies in the store: one JSON object, members with their default left out.
//
//   {"name":"chat-Send","runtime":"python3.12","handler":"index.handler",
//    "code":{"kind":"inline","text":"def handler…"},"role":"arn:…","timeoutSeconds":3,
//    "memoryMb":128,"environment":{"TABLE_NAME":"t"},"stack":"chat","logicalId":"Send",
//    "permissions":[{"statementId":"s","action":"lambda:InvokeFunction",
//                    "principal":"apigateway.amazonaws.com","sourceArn":"arn:…"}]}
//
// Also "iam", true since permissions are looked at (absent: of an older gatehouse), "inProcess",
// "description", "reservedConcurrency", "tags", "modifiedMs", "eventInvoke". Code kinds: "none",
// "inline", "directory", "zip". Unknown members are skipped, so that an older binary reads on.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "function/define/definition.h"
#include "gatehouse/result.h"

namespace gatehouse::function {

struct StoredFunction {
  FunctionDefinition definition;
  std::vector<Permission> permissions;
  std::optional<EventInvokeConfig> event_invoke = {};
  bool is_from_before = false;  // written by a gatehouse that looked at no permissions
};

std::string EncodeFunction(const FunctionDefinition& definition,
                           std::span<const Permission> permissions,
                           const std::optional<EventInvokeConfig>& event_invoke = {});
// Errors: kInvalidArgument, naming what is missing or malformed.
Result<StoredFunction> DecodeFunction(std::string_view text);

}  // namespace gatehouse::function
