// Every option of gatehouse is one row: name, default, sentence, bounds. The flag --name, the
// variable GATEHOUSE_NAME and the text of --help all come from the row. No thread rules.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/chat/client/chat.h"
#include "base/log.h"
#include "gatehouse/result.h"
#include "server/iam.h"

namespace gatehouse::server {

// kMixed: sizes and times as AWS's, no rates.
enum class Limits { kMixed, kAws, kServer };

struct UpOptions {
  std::vector<std::string> templates;
  std::string host;  // empty: 127.0.0.1 and ::1
  std::uint16_t port = 4566;
  std::string data;        // empty: .gatehouse beside the template
  std::string stack_name;  // empty: websocket-chat-demo for the chat, else by the template's file
  std::vector<std::string> parameters;  // Key=Value
  base::LogFormat log_format = base::LogFormat::kText;
  std::string log_level;  // empty: debug on a terminal, else info
  std::string ready_file;
  Limits limits = Limits::kMixed;
  double idle_seconds = -1;  // below 0: as the limits say
  double age_seconds = -1;
  bool pings_count_as_traffic = false;
  std::optional<std::int64_t> frame_bytes, message_bytes, url_bytes, send_queue_bytes;
  std::optional<std::int64_t> in_flight_messages, pending_handshakes, throttled_messages;
  std::optional<std::int64_t> deflate_bytes_min;  // none, 0: nothing goes out compressed
  std::optional<std::int64_t> function_processes, function_queue;
  std::optional<double> integration_seconds;
  std::optional<double> connects_per_second, requests_per_second, requests_burst;  // rate 0: off
  bool journal = true;  // with a data directory
  IamMode iam = IamMode::kEnforce;
  std::vector<std::string> domains;
  std::vector<std::string> cors_origins;
  std::vector<std::string> origins;
  std::string region;  // empty: AWS_REGION, AWS_DEFAULT_REGION, us-east-1
  std::string account_id = "000000000000";
  std::uint32_t threads = 1;
  bool empty = false;  // no template, not even the built-in chat
  std::string python;  // interpreters of functions; empty: the first that can import the SDK
  std::string node;
  bool strict_deployments = false;
  bool strict_types = false;
  std::vector<std::string> passthrough;  // AWS services that are tunnelled instead of refused
  std::vector<std::string> handlers;     // shared objects with in-process handlers
};

struct EnvOptions {
  std::uint16_t port = 0;  // 0: the only live instance
  std::string ready_file;
  bool json = false;
  bool unset = false;
};

struct ExecOptions {
  UpOptions up;
  bool attach = false;
  EnvOptions target;  // of attach
  std::vector<std::string> command;
};

struct CheckOptions {
  std::vector<std::string> templates;
  std::vector<std::string> handlers;
  std::vector<std::string> parameters;  // Key=Value
  bool strict_types = false;
  bool json = false;
  std::string python, node;
};

// Where a row's text goes. Errors: kInvalidArgument with a sentence that names the option.
template <class Options>
struct OptionRow {
  const char* name;          // "ready-file"
  const char* placeholder;   // "FILE"; empty: a switch without a value
  const char* default_text;  // for --help; empty: none
  const char* sentence;
  bool repeatable = false;
  std::function<Result<void>(Options&, const std::string&)> set;
};

std::span<const OptionRow<UpOptions>> UpRows();
std::span<const OptionRow<chat::ChatOptions>> ChatRows();
std::span<const OptionRow<EnvOptions>> EnvRows();
std::span<const OptionRow<ExecOptions>> ExecRows();
std::span<const OptionRow<CheckOptions>> CheckRows();

// "ready-file" → "GATEHOUSE_READY_FILE"
std::string EnvironmentName(std::string_view option_name);

enum class Command { kUp, kChat, kEnv, kExec, kCheck, kExit };

struct CommandLine {
  Command command = Command::kExit;
  int exit_code = 0;  // kExit: help or version was printed, or the line was wrong (2)
  // kExit with an error, and a shell may be evaluating what env would have printed.
  bool lead_nowhere = false;
  UpOptions up;
  chat::ChatOptions chat;
  EnvOptions env;
  ExecOptions exec;
  CheckOptions check;
};

// Reads the command line and the environment; prints help, version and usage errors itself.
CommandLine ReadCommandLine(int argc, char** argv);

}  // namespace gatehouse::server
