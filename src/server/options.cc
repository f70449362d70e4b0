#include "server/options.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "stack/template.h"

namespace gatehouse::server {
namespace {

Error Wrong(const char* option, std::string_view text, std::string_view expected) {
  return {ErrorCode::kInvalidArgument,
          fmt::format("--{}: \"{}\" is not {}", option, text, expected)};
}

Result<double> ReadSeconds(const char* option, const std::string& text, double max) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || !(value >= 0 && value <= max)) {
    return Wrong(option, text, fmt::format("a number of seconds from 0 to {:.0f}", max));
  }
  return value;
}

Result<std::uint16_t> ReadPort(const char* option, const std::string& text) {
  std::uint16_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return Wrong(option, text, "a port from 0 to 65535");
  }
  return value;
}

// A row whose text goes straight into a string or a list of strings.
template <class Options>
auto Text(std::string Options::*member) {
  return [member](Options& options, const std::string& text) -> Result<void> {
    options.*member = text;
    return {};
  };
}

template <class Options>
auto Texts(std::vector<std::string> Options::*member) {
  return [member](Options& options, const std::string& text) -> Result<void> {
    (options.*member).push_back(text);
    return {};
  };
}

constexpr std::uint32_t kThreadsMax = 64;  // a connection's id has six bits for its loop
constexpr double kYearSeconds = 365.0 * 24 * 3600;

template <class Options>
auto Seconds(const char* name, double Options::*member) {
  return [name, member](Options& options, const std::string& text) -> Result<void> {
    Result<double> seconds = ReadSeconds(name, text, kYearSeconds);
    if (!seconds) return seconds.error();
    options.*member = *seconds;
    return {};
  };
}

// A whole number of bytes, messages or handshakes.
auto Count(const char* name, std::optional<std::int64_t> UpOptions::*member, std::int64_t min,
           std::int64_t max) {
  return [=](UpOptions& options, const std::string& text) -> Result<void> {
    std::int64_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    bool whole = error == std::errc() && end == text.data() + text.size();
    if (!whole || value < min || value > max) {
      return Wrong(name, text, fmt::format("a whole number from {} to {}", min, max));
    }
    options.*member = value;
    return {};
  };
}

auto Number(const char* name, std::optional<double> UpOptions::*member, double min, double max) {
  return [=](UpOptions& options, const std::string& text) -> Result<void> {
    double value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    bool whole = error == std::errc() && end == text.data() + text.size();
    if (!whole || !(value >= min && value <= max)) {
      return Wrong(name, text, fmt::format("a number from {} to {}", min, max));
    }
    options.*member = value;
    return {};
  };
}

constexpr std::int64_t kMebi = 1024 * 1024;
constexpr std::int64_t kMillion = 1'000'000;

template <class Options>
auto Duration(const char* name, std::chrono::nanoseconds Options::*member) {
  return [name, member](Options& options, const std::string& text) -> Result<void> {
    Result<double> seconds = ReadSeconds(name, text, kYearSeconds);
    if (!seconds) return seconds.error();
    options.*member = std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>(*seconds));
    return {};
  };
}

// A switch: its presence sets it.
template <class Options>
auto Switch(bool Options::*member) {
  return [member](Options& options, const std::string&) -> Result<void> {
    options.*member = true;
    return {};
  };
}

Result<void> SetAttempts(chat::ChatOptions& options, const std::string& text) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), options.attempts_max);
  bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || options.attempts_max < 1) return Wrong("attempts", text, "a number from 1 on");
  return {};
}

template <class Options>
Result<void> SetPort(Options& options, const std::string& text) {
  Result<std::uint16_t> port = ReadPort("port", text);
  if (!port) return port.error();
  options.port = *port;
  return {};
}

Result<void> SetLimits(UpOptions& options, const std::string& text) {
  if (text != "aws" && text != "server") return Wrong("limits", text, "aws or server");
  options.limits = text == "server" ? Limits::kServer : Limits::kAws;
  return {};
}

Result<void> SetJournal(UpOptions& options, const std::string& text) {
  if (text != "on" && text != "off") return Wrong("journal", text, "on or off");
  options.journal = text == "on";
  return {};
}

Result<void> SetIam(UpOptions& options, const std::string& text) {
  if (text != "enforce" && text != "warn" && text != "off") {
    return Wrong("iam", text, "enforce, warn or off");
  }
  options.iam =
      text == "enforce" ? IamMode::kEnforce : (text == "warn" ? IamMode::kWarn : IamMode::kOff);
  return {};
}

Result<void> SetLogFormat(UpOptions& options, const std::string& text) {
  if (text != "text" && text != "json") return Wrong("log", text, "text or json");
  options.log_format = text == "json" ? base::LogFormat::kJson : base::LogFormat::kText;
  return {};
}

Result<void> SetLogLevel(UpOptions& options, const std::string& text) {
  if (text != "debug" && text != "info" && text != "warning" && text != "error") {
    return Wrong("log-level", text, "debug, info, warning or error");
  }
  options.log_level = text;
  return {};
}

template <class Options>
Result<void> SetParameter(Options& options, const std::string& text) {
  std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) return Wrong("parameter", text, "Key=Value");
  options.parameters.push_back(text);
  return {};
}

// "https://app.example", as browsers send it.
auto Origins(const char* name, std::vector<std::string> UpOptions::*member) {
  return [=](UpOptions& options, const std::string& text) -> Result<void> {
    if (!stack::IsOrigin(text)) {
      return Wrong(name, text, "an origin, like https://app.example or http://localhost:3000");
    }
    (options.*member).push_back(text);
    return {};
  };
}

Result<void> SetThreads(UpOptions& options, const std::string& text) {
  std::uint32_t threads = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), threads);
  bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || threads < 1 || threads > kThreadsMax) {
    return Wrong("threads", text, fmt::format("a number from 1 to {}", kThreadsMax));
  }
  options.threads = threads;
  return {};
}

Result<void> SetAuth(UpOptions&, const std::string& text) {
  if (text != "local") return Wrong("auth", text, "local; strict comes with a later version");
  return {};
}

Result<void> SetAccountId(UpOptions& options, const std::string& text) {
  if (text.size() != 12 || text.find_first_not_of("0123456789") != std::string::npos) {
    return Wrong("account-id", text, "twelve digits");
  }
  options.account_id = text;
  return {};
}

}  // namespace

std::span<const OptionRow<UpOptions>> UpRows() {
  static const OptionRow<UpOptions> kRows[] = {
      {"host", "ADDRESS", "127.0.0.1 and ::1", "Loopback address to listen on", false,
       Text(&UpOptions::host)},
      {"port", "PORT", "4566", "The one port; 0 picks a free one", false, SetPort<UpOptions>},
      {"data", "DIR", ".gatehouse beside the template",
       "Where state is kept; :memory: keeps nothing", false, Text(&UpOptions::data)},
      {"journal", "on|off", "on",
       "With a data directory: note open connections, so that after a kill the next start runs "
       "their $disconnect",
       false, SetJournal},
      {"stack-name", "NAME", "by the template's file", "Name of the stack", false,
       Text(&UpOptions::stack_name)},
      {"parameter", "KEY=VALUE", "", "A parameter of the template; may be repeated", true,
       SetParameter<UpOptions>},
      {"threads", "N", "1", "Event loops, each with a thread of its own; at most 64", false,
       SetThreads},
      {"auth", "MODE", "local", "local: unsigned requests are served, with a notice", false,
       SetAuth},
      {"iam", "MODE", "enforce",
       "enforce: functions may what their roles allow; warn: denials are only logged; off", false,
       SetIam},
      {"log", "FORMAT", "text", "text or json", false, SetLogFormat},
      {"log-level", "LEVEL", "debug on a terminal, else info",
       "debug (a line per message), info, warning or error", false, SetLogLevel},
      {"ready-file", "FILE", "", "Written when ready: pid, port, URLs as one JSON object", false,
       Text(&UpOptions::ready_file)},
      {"limits", "aws|server", "AWS's sizes and times, no rates",
       "aws: API Gateway's rates, too; server: no rates, and connections live longer than 2 hours",
       false, SetLimits},
      {"idle-seconds", "SECONDS", "600", "Close connections without messages; 0: never", false,
       Seconds("idle-seconds", &UpOptions::idle_seconds)},
      {"age-seconds", "SECONDS", "7200", "Close connections this old; 0: never", false,
       Seconds("age-seconds", &UpOptions::age_seconds)},
      {"pings-count-as-traffic", "", "", "Pings reset the idle time too (on AWS they do not)",
       false, Switch(&UpOptions::pings_count_as_traffic)},
      {"deflate-bytes-min", "BYTES", "0",
       "Compress messages to clients that agreed to it from this size on; 0: never", false,
       Count("deflate-bytes-min", &UpOptions::deflate_bytes_min, 0, 1024 * kMebi)},
      {"frame-bytes", "BYTES", "32768", "The longest frame of a client; beyond it: close 1009",
       false, Count("frame-bytes", &UpOptions::frame_bytes, 125, 16 * kMebi)},
      {"message-bytes", "BYTES", "131072",
       "The longest message either way; beyond it: close 1009, 413", false,
       Count("message-bytes", &UpOptions::message_bytes, 125, 16 * kMebi)},
      {"url-bytes", "BYTES", "4096", "The longest URL of an upgrade; beyond it: 414", false,
       Count("url-bytes", &UpOptions::url_bytes, 16, 16384)},
      {"integration-seconds", "SECONDS", "29",
       "The longest that any integration may take; one of its own may be shorter", false,
       Number("integration-seconds", &UpOptions::integration_seconds, 0.05, 29)},
      {"in-flight-messages", "N", "64",
       "Messages of a connection in work at once; then its socket is not read", false,
       Count("in-flight-messages", &UpOptions::in_flight_messages, 1, kMillion)},
      {"send-queue-bytes", "BYTES", "1048576",
       "What may wait for a client that reads slowly; beyond it a post answers 429", false,
       Count("send-queue-bytes", &UpOptions::send_queue_bytes, 125, 1024 * kMebi)},
      {"pending-handshakes", "N", "4096", "Upgrades that may wait for $connect; beyond it: 503",
       false, Count("pending-handshakes", &UpOptions::pending_handshakes, 1, kMillion)},
      {"connects-per-second", "RATE", "none; 500 with --limits aws",
       "New connections of all stages; beyond it: 429; 0: no limit", false,
       Number("connects-per-second", &UpOptions::connects_per_second, 0, 1e6)},
      {"requests-per-second", "RATE", "none; 10000 with --limits aws",
       "Messages and @connections requests of all stages; beyond it: 429; 0: no limit", false,
       Number("requests-per-second", &UpOptions::requests_per_second, 0, 1e6)},
      {"requests-burst", "N", "half of --requests-per-second", "As many of those at once", false,
       Number("requests-burst", &UpOptions::requests_burst, 1, 1e6)},
      {"throttled-messages", "N", "100",
       "After this many throttled messages in a row a connection is closed with 1008", false,
       Count("throttled-messages", &UpOptions::throttled_messages, 1, kMillion)},
      {"domain", "NAME", "", "A further host name that is ours; may be repeated", true,
       Texts(&UpOptions::domains)},
      {"cors-origin", "ORIGIN", "", "A web origin whose pages may call services; may be repeated",
       true, Origins("cors-origin", &UpOptions::cors_origins)},
      {"origin", "ORIGIN", "any", "A web origin whose pages may open WebSockets; may be repeated",
       true, Origins("origin", &UpOptions::origins)},
      {"region", "REGION", "AWS_REGION, AWS_DEFAULT_REGION, us-east-1", "AWS region", false,
       Text(&UpOptions::region)},
      {"account-id", "ID", "000000000000", "AWS account id", false, SetAccountId},
      {"empty", "", "", "No template, not even the built-in chat: only what the data directory has",
       false, Switch(&UpOptions::empty)},
      {"python", "FILE", "the first of PATH that can import boto3", "Python of functions", false,
       Text(&UpOptions::python)},
      {"node", "FILE", "the first of PATH", "Node of functions", false, Text(&UpOptions::node)},
      {"function-processes", "N", "10", "Processes of a function that run at once, at most", false,
       Count("function-processes", &UpOptions::function_processes, 1, 1000)},
      {"function-queue", "N", "what makes 1000 with --function-processes",
       "Invocations of a function that may wait for one, but for $disconnect; beyond it they are "
       "throttled",
       false, Count("function-queue", &UpOptions::function_queue, 0, 100'000)},
      {"strict-deployments", "", "",
       "Changed routes reach a stage only by a new Deployment, as on AWS", false,
       Switch(&UpOptions::strict_deployments)},
      {"strict-types", "", "",
       "Resources of types that are not served are errors of the template, not notices", false,
       Switch(&UpOptions::strict_types)},
      {"passthrough", "SERVICE", "", "An AWS service to be reached for real; may be repeated", true,
       Texts(&UpOptions::passthrough)},
      {"handlers", "FILE", "",
       "A shared object with handlers in C++ that templates may name; may be repeated", true,
       Texts(&UpOptions::handlers)},
  };
  return kRows;
}

std::span<const OptionRow<chat::ChatOptions>> ChatRows() {
  using chat::ChatOptions;
  static const OptionRow<ChatOptions> kRows[] = {
      {"username", "NAME", "", "Your name, as others see it", false, Text(&ChatOptions::username)},
      {"json", "", "", "Print the frames themselves, one a line", false,
       Switch(&ChatOptions::json)},
      {"raw", "", "", "For apps that are not the chat: each line is a frame, each frame a line",
       false, Switch(&ChatOptions::raw)},
      {"ca", "FILE", "",
       "A certificate authority (PEM) that wss:// trusts too, beside the system's and the local "
       "one",
       false, Text(&ChatOptions::ca_file)},
      {"ping-seconds", "SECONDS", "240", "Ping the server this often; 0: never", false,
       Duration("ping-seconds", &ChatOptions::ping_interval)},
      {"refresh-seconds", "SECONDS", "480",
       "After this long without data ask for the connection id again; 0: never", false,
       Duration("refresh-seconds", &ChatOptions::refresh_interval)},
      {"linger-seconds", "SECONDS", "1",
       "In scripts: after the end of input leave once nothing has arrived for this long", false,
       Duration("linger-seconds", &ChatOptions::linger)},
      {"attempts", "N", "6", "In scripts: attempts to connect in a row that may fail", false,
       SetAttempts},
  };
  return kRows;
}

std::span<const OptionRow<EnvOptions>> EnvRows() {
  static const OptionRow<EnvOptions> kRows[] = {
      {"port", "PORT", "the only one that runs", "Which running gatehouse", false,
       SetPort<EnvOptions>},
      {"ready-file", "FILE", "", "Which running gatehouse, by the file it wrote", false,
       Text(&EnvOptions::ready_file)},
      {"json", "", "", "One JSON object instead of shell lines; null: unset", false,
       Switch(&EnvOptions::json)},
      {"unset", "", "", "Bring back what was there before", false, Switch(&EnvOptions::unset)},
  };
  return kRows;
}

std::span<const OptionRow<ExecOptions>> ExecRows() {
  static const std::vector<OptionRow<ExecOptions>> kRows = [] {
    std::vector<OptionRow<ExecOptions>> rows;
    auto is_of_private_instance = [](std::string_view name) {
      return name != "host" && name != "port" && name != "data" && name != "journal" &&
             name != "ready-file";
    };
    for (const OptionRow<UpOptions>& row : UpRows()) {
      if (!is_of_private_instance(row.name)) continue;
      rows.push_back({row.name, row.placeholder, row.default_text, row.sentence, row.repeatable,
                      [set = row.set](ExecOptions& options, const std::string& text) {
                        return set(options.up, text);
                      }});
    }
    rows.push_back({"attach", "", "", "Use the gatehouse that runs instead of a private one", false,
                    Switch(&ExecOptions::attach)});
    rows.push_back({"port", "PORT", "the only one that runs", "With --attach: which one", false,
                    [](ExecOptions& options, const std::string& text) {
                      return SetPort<EnvOptions>(options.target, text);
                    }});
    return rows;
  }();
  return kRows;
}

std::span<const OptionRow<CheckOptions>> CheckRows() {
  static const OptionRow<CheckOptions> kRows[] = {
      {"handlers", "FILE", "", "As for up", true, Texts(&CheckOptions::handlers)},
      {"parameter", "KEY=VALUE", "", "As for up", true, SetParameter<CheckOptions>},
      {"strict-types", "", "", "As for up", false, Switch(&CheckOptions::strict_types)},
      {"json", "", "", "One JSON object instead of lines", false, Switch(&CheckOptions::json)},
      {"python", "FILE", "", "As for up", false, Text(&CheckOptions::python)},
      {"node", "FILE", "", "As for up", false, Text(&CheckOptions::node)},
  };
  return kRows;
}

std::string EnvironmentName(std::string_view option_name) {
  std::string name = "GATEHOUSE_";
  for (char c : option_name) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

}  // namespace gatehouse::server
