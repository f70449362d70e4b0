// What a template or the control plane says of a Lambda function, as plain values. Names are AWS's.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"

namespace gatehouse::function {

struct CodeSource {
  enum Kind {
    kNone,       // in-process: its code is not read
    kInline,     // ZipFile of a template: text is the source of index.py or index.js
    kDirectory,  // text is a folder: the task root, used where it lies
    kZip,        // text is the path of a zip file
  };
  Kind kind = kNone;
  std::string text;
  // Of kInline and kZip, which lie in a folder of ours: the project's, whose .venv and node_modules
  // they find after their own. May be empty.
  std::string project{};

  bool operator==(const CodeSource&) const = default;
};

struct FunctionDefinition {
  std::string name;  // physical, 1 to 64 of letters, digits, - and _
  std::string
      in_process;  // its name in the binary's handler table, "chat/sendMessage"; empty: process
  std::string runtime;  // "python3.12", "nodejs20.x", "provided.al2023"; not looked at in-process
  std::string handler;  // "index.handler"
  CodeSource code;
  std::string role;  // ARN
  std::string description;
  base::Millis timeout{3000};  // 1 to 900 s, whole seconds
  int memory_mb = 128;         // 128 to 10,240
  std::map<std::string, std::string, std::less<>> environment;
  int reserved_concurrency = -1;  // below 0: none reserved
  std::map<std::string, std::string, std::less<>> tags;
  std::string stack;  // the stack it belongs to; empty: none. For direct invocations in-process
  std::string logical_id;    // in that stack
  base::Millis modified{0};  // LastModified, wall time; 0: not told

  bool operator==(const FunctionDefinition&) const = default;
};

// One statement of a function's resource policy. Source: lambda:AddPermission.
struct Permission {
  std::string statement_id;
  std::string action;          // "lambda:InvokeFunction"
  std::string principal;       // "apigateway.amazonaws.com", an account, "*"
  std::string source_arn;      // may be empty
  std::string source_account;  // may be empty

  bool operator==(const Permission&) const = default;
};

// Asynchronous invocations of a function. Source: lambda:PutFunctionEventInvokeConfig.
struct EventInvokeConfig {
  static constexpr int kAttemptsMax = 2;
  static constexpr std::chrono::seconds kAgeMin{60}, kAgeMax{6 * 3600};

  int retries_max = kAttemptsMax;         // MaximumRetryAttempts, 0 to 2
  std::chrono::seconds age_max{kAgeMax};  // MaximumEventAgeInSeconds
  std::string on_success, on_failure;     // ARNs of destinations; empty: none
  base::Millis modified{0};

  bool operator==(const EventInvokeConfig&) const = default;
};

}  // namespace gatehouse::function
