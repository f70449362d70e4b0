// What `gatehouse up` may be told, and `gatehouse exec` with it: each option is a field and its
// row. An option that a room understands stands there instead (api/stage/quotas.h). No thread
// rules.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/stage/quotas.h"
#include "aws/name.h"
#include "base/log.h"
#include "base/option.h"
#include "server/access/iam.h"

namespace gatehouse::server {

// kMixed: sizes and times as AWS's, no rates.
enum class Limits { kMixed, kAws, kServer };

struct UpOptions {
  std::vector<std::string> templates;
  std::string host;  // empty: 127.0.0.1 and ::1
  std::uint16_t port = 4566;
  std::string data;        // empty: .gatehouse beside the template
  bool journal = true;     // with a data directory
  std::string stack_name;  // empty: websocket-chat-demo for the chat, else by the template's file
  std::vector<std::string> parameters;  // Key=Value
  std::uint32_t threads = 1;
  std::string auth = "local";  // the only way yet
  IamMode iam = IamMode::kEnforce;
  base::LogFormat log_format = base::LogFormat::kText;
  std::string log_level;  // empty: debug on a terminal, else info
  std::string ready_file;
  Limits limits = Limits::kMixed;
  std::optional<double> age_seconds;  // none: as the limits say
  std::optional<double> connects_per_second, requests_per_second, requests_burst;  // rate 0: off
  api::Quotas quotas;
  std::vector<std::string> domains;
  std::vector<std::string> cors_origins;
  std::vector<std::string> origins;
  std::string region;  // empty: AWS_REGION, AWS_DEFAULT_REGION, us-east-1
  std::string account_id = "000000000000";
  bool empty = false;  // no template, not even the built-in chat
  std::string python;  // interpreters of functions; empty: the first that can import the SDK
  std::string node;
  std::int64_t function_processes = 10;  // of one function
  std::optional<std::int64_t> function_queue;
  bool strict_deployments = false;
  bool strict_types = false;
  std::vector<std::string> passthrough;  // AWS services that are tunnelled instead of refused
  std::vector<std::string> handlers;     // shared objects with in-process handlers
  std::vector<std::string> inspect;      // FUNCTION[=PORT]
};

inline constexpr base::OptionChoice<Limits> kLimitWords[] = {{"aws", Limits::kAws},
                                                             {"server", Limits::kServer}};
inline constexpr base::OptionChoice<bool> kOnOff[] = {{"on", true}, {"off", false}};
inline constexpr base::OptionChoice<IamMode> kIamModes[] = {
    {"enforce", IamMode::kEnforce}, {"warn", IamMode::kWarn}, {"off", IamMode::kOff}};
inline constexpr base::OptionChoice<base::LogFormat> kLogFormats[] = {
    {"text", base::LogFormat::kText}, {"json", base::LogFormat::kJson}};

// Whether a text can be an option's value.
bool IsParameter(std::string_view text);  // Key=Value
bool IsOrigin(std::string_view text);     // "https://app.example", as browsers send it
bool IsLogLevel(std::string_view text);
bool IsAuthMode(std::string_view text);

inline std::span<const base::OptionRow<UpOptions>> UpRows() {
  using base::ChoiceOption, base::NumberOption, base::SecondsOption, base::SwitchOption,
      base::TextOption, base::WholeOption;
  using Up = UpOptions;
  constexpr const char* kAnOrigin = "an origin, like https://app.example or http://localhost:3000";
  static constexpr base::OptionRow<UpOptions> kRows[] = {
      TextOption<&Up::host>(
          {"host", "ADDRESS", "Loopback address to listen on", "127.0.0.1 and ::1"}),
      WholeOption<&Up::port>({.name = "port",
                              .unit = "PORT",
                              .sentence = "The one port; 0 picks a free one",
                              .min = 0,
                              .max = 65535,
                              .expected = "a port from 0 to 65535"}),
      TextOption<&Up::data>({"data", "DIR", "Where state is kept; :memory: keeps nothing",
                             ".gatehouse beside the template"}),
      ChoiceOption<&Up::journal, kOnOff>(
          {"journal", "on|off",
           "With a data directory: note open connections, so that after a kill the next start runs "
           "their $disconnect"}),
      TextOption<&Up::stack_name>(
          {"stack-name", "NAME", "Name of the stack", "by the template's file"}),
      TextOption<&Up::parameters, IsParameter>(
          {.name = "parameter",
           .unit = "KEY=VALUE",
           .sentence = "A parameter of the template; may be repeated",
           .expected = "Key=Value"}),
      WholeOption<&Up::threads>({.name = "threads",
                                 .unit = "N",
                                 .sentence = "Event loops, each with a thread of its own",
                                 .min = 1,
                                 .max = 64,  // a connection's id has six bits for its loop
                                 .expected = "a number from 1 to 64"}),
      TextOption<&Up::auth, IsAuthMode>(
          {.name = "auth",
           .unit = "MODE",
           .sentence = "local: unsigned requests are served, with a notice",
           .expected = "local; strict comes with a later version"}),
      ChoiceOption<&Up::iam, kIamModes>(
          {"iam", "MODE",
           "enforce: functions may what their roles allow; warn: denials are only logged; off"}),
      ChoiceOption<&Up::log_format, kLogFormats>({"log", "FORMAT", "text or json"}),
      TextOption<&Up::log_level, IsLogLevel>(
          {.name = "log-level",
           .unit = "LEVEL",
           .sentence = "debug (a line per message), info, warning or error",
           .default_words = "debug on a terminal, else info",
           .expected = "debug, info, warning or error"}),
      TextOption<&Up::ready_file>(
          {"ready-file", "FILE", "Written when ready: pid, port, URLs as one JSON object"}),
      ChoiceOption<&Up::limits, kLimitWords>(
          {"limits", "aws|server",
           "aws: API Gateway's rates, too; server: no rates, and connections live longer than 2 "
           "hours",
           "AWS's sizes and times, no rates"}),
      SecondsOption<&Up::age_seconds>({"age-seconds", "SECONDS",
                                       "Close connections this old; 0: never",
                                       "7200; 0 with --limits server"}),
      NumberOption<&Up::connects_per_second>(
          {.name = "connects-per-second",
           .unit = "RATE",
           .sentence = "New connections of all stages; beyond it: 429; 0: no limit",
           .default_words = "none; 500 with --limits aws",
           .min = 0,
           .max = 1e6}),
      NumberOption<&Up::requests_per_second>(
          {.name = "requests-per-second",
           .unit = "RATE",
           .sentence =
               "Messages and @connections requests of all stages; beyond it: 429; 0: no limit",
           .default_words = "none; 10000 with --limits aws",
           .min = 0,
           .max = 1e6}),
      NumberOption<&Up::requests_burst>({.name = "requests-burst",
                                         .unit = "N",
                                         .sentence = "As many of those at once",
                                         .default_words = "half of --requests-per-second",
                                         .min = 1,
                                         .max = 1e6}),
      TextOption<&Up::domains>(
          {"domain", "NAME", "A further host name that is ours; may be repeated"}),
      TextOption<&Up::cors_origins, IsOrigin>(
          {.name = "cors-origin",
           .unit = "ORIGIN",
           .sentence = "A web origin whose pages may call services; may be repeated",
           .expected = kAnOrigin}),
      TextOption<&Up::origins, IsOrigin>(
          {.name = "origin",
           .unit = "ORIGIN",
           .sentence = "A web origin whose pages may open WebSockets; may be repeated",
           .default_words = "any",
           .expected = kAnOrigin}),
      TextOption<&Up::region>(
          {"region", "REGION", "AWS region", "AWS_REGION, AWS_DEFAULT_REGION, us-east-1"}),
      TextOption<&Up::account_id, aws::IsAccountId>({.name = "account-id",
                                                     .unit = "ID",
                                                     .sentence = "AWS account id",
                                                     .expected = "twelve digits"}),
      SwitchOption<&Up::empty>(
          {"empty", "",
           "No template, not even the built-in chat: only what the data directory has"}),
      TextOption<&Up::python>(
          {"python", "FILE", "Python of functions", "the first of PATH that can import boto3"}),
      TextOption<&Up::node>({"node", "FILE", "Node of functions", "the first of PATH"}),
      WholeOption<&Up::function_processes>(
          {.name = "function-processes",
           .unit = "N",
           .sentence = "Processes of a function that run at once, at most",
           .min = 1,
           .max = 1000}),
      WholeOption<&Up::function_queue>(
          {.name = "function-queue",
           .unit = "N",
           .sentence = "Invocations of a function that may wait for one, but for $disconnect; "
                       "beyond it they are throttled",
           .default_words = "what makes 1000 with --function-processes",
           .min = 0,
           .max = 100'000}),
      TextOption<&Up::inspect>(
          {"inspect", "FUNCTION[=PORT]",
           "A function a debugger can join (Node.js: 9229, Python by debugpy: 5678): one process, "
           "no time limit; its name or its logical id"}),
      SwitchOption<&Up::strict_deployments>(
          {"strict-deployments", "",
           "Changed routes reach a stage only by a new Deployment, as on AWS"}),
      SwitchOption<&Up::strict_types>(
          {"strict-types", "",
           "Resources of types that are not served are errors of the template, not notices"}),
      TextOption<&Up::passthrough>(
          {"passthrough", "SERVICE", "An AWS service to be reached for real; may be repeated"}),
      TextOption<&Up::handlers>(
          {"handlers", "FILE",
           "A shared object with handlers in C++ that templates may name; may be repeated"}),
  };
  return kRows;
}

}  // namespace gatehouse::server
