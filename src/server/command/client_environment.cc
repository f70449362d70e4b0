#include "server/command/client_environment.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <sstream>

#include <fmt/format.h>

#include "base/encoding.h"
#include "gatehouse/json.h"
#include "server/command/shell_word.h"

namespace gatehouse::server {
namespace {

constexpr std::string_view kOwnHosts = "localhost,127.0.0.1,::1";

// Those that would lead clients elsewhere.
constexpr std::array<const char*, 3> kUnset = {"AWS_PROFILE", "AWS_DEFAULT_PROFILE",
                                               "AWS_SESSION_TOKEN"};

constexpr std::array<const char*, 6> kProxies = {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY",
                                                 "http_proxy",  "ALL_PROXY",   "all_proxy"};
constexpr std::array<const char*, 6> kUnsetForNowhere = {
    "AWS_PROFILE",       "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN", "NO_PROXY",
    "no_proxy",          "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"};

std::string Get(const Variables& variables, std::string_view name) {
  auto it = variables.find(name);
  return it == variables.end() ? std::string() : it->second;
}

std::string NoProxy(const Variables& before) {
  std::string present = Get(before, "no_proxy");
  if (present.empty()) present = Get(before, "NO_PROXY");
  return present.empty() ? std::string(kOwnHosts) : fmt::format("{},{}", present, kOwnHosts);
}

// A path inside NODE_OPTIONS: quoted, with what quotes need.
std::string NodeOptions(const Variables& before, const std::string& shim) {
  std::string path;
  for (char c : shim) {
    if (c == '"' || c == '\\') path += '\\';
    path += c;
  }
  std::string present = Get(before, "NODE_OPTIONS");
  return fmt::format("{}{}--require \"{}\"", present, present.empty() ? "" : " ", path);
}

// How clients of any kind reach the instance; before: what is extended rather than replaced.
Variables ReachVariables(const InstanceFacts& instance, const Variables& before) {
  std::string proxy = fmt::format("http://127.0.0.1:{}", instance.port);
  std::string bundle = instance.folder + "/ca-bundle.pem";
  Variables reach;
  // Both cases: curl reads the lower one only for http, Python's libraries prefer it.
  reach["HTTPS_PROXY"] = reach["https_proxy"] = proxy;
  reach["NO_PROXY"] = reach["no_proxy"] = NoProxy(before);
  reach["AWS_CA_BUNDLE"] = reach["SSL_CERT_FILE"] = reach["REQUESTS_CA_BUNDLE"] = bundle;
  reach["CURL_CA_BUNDLE"] = bundle;
  // It extends Node's own set; authorities that the user added are in the bundle.
  bool has_own = !Get(before, "NODE_EXTRA_CA_CERTS").empty();
  reach["NODE_EXTRA_CA_CERTS"] = has_own ? bundle : instance.folder + "/authority.pem";
  reach["NODE_OPTIONS"] = NodeOptions(before, instance.folder + "/node-shim.cjs");
  reach["AWS_EC2_METADATA_DISABLED"] = "true";
  reach["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
  return reach;
}

bool IsEndpointVariable(std::string_view name) { return name.starts_with("AWS_ENDPOINT_URL"); }

// "NAME" + base64 of its value, or "NAME-" for one that was not set; separated by blanks.
std::string EncodeSaved(const std::vector<VariableChange>& saved) {
  std::string text;
  for (const VariableChange& variable : saved) {
    if (!text.empty()) text += ' ';
    text += variable.name;
    text += variable.value ? "=" + base::EncodeBase64(*variable.value) : "-";
  }
  return text;
}

Error Damaged() {
  return {ErrorCode::kInvalidArgument,
          fmt::format("{} is damaged; open a new shell instead", kSavedVariable)};
}

Result<std::vector<VariableChange>> DecodeSaved(const std::string& text) {
  std::vector<VariableChange> saved;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    std::size_t end = word.find_first_of("=-");
    if (end == 0 || end == std::string::npos) return Damaged();
    VariableChange variable{word.substr(0, end), std::nullopt};
    if (word[end] == '=') {
      variable.value = base::DecodeBase64(std::string_view(word).substr(end + 1));
      if (!variable.value) return Damaged();
    }
    saved.push_back(std::move(variable));
  }
  return saved;
}

// The environment as it was before the first EnterChanges.
Variables BeforeOf(const Variables& now) {
  Variables before = now;
  auto saved = DecodeSaved(Get(now, kSavedVariable));
  if (!saved) return before;
  for (const VariableChange& variable : *saved) {
    if (variable.value) {
      before[variable.name] = *variable.value;
    } else {
      before.erase(variable.name);
    }
  }
  before.erase(kSavedVariable);
  return before;
}

// Makes the environment that was before into one with target and without the variables of unset
// and other endpoints; what only an earlier change brought goes back to what it was.
std::vector<VariableChange> ChangesTo(const Variables& target, std::span<const char* const> unset,
                                      const Variables& before, const Variables& now) {
  std::vector<VariableChange> changes, saved;
  std::set<std::string, std::less<>> named;
  auto before_of = [&](const std::string& name) {
    auto it = before.find(name);
    return it == before.end() ? std::nullopt : std::optional(it->second);
  };
  auto change = [&](const std::string& name, std::optional<std::string> value) {
    if (!named.insert(name).second) return;
    saved.push_back({name, before_of(name)});
    changes.push_back({name, std::move(value)});
  };
  for (const auto& [name, value] : target) change(name, value);
  for (const char* name : unset) {
    if (before.contains(name) || now.contains(name)) change(name, std::nullopt);
  }
  for (const Variables* variables : {&before, &now}) {
    for (const auto& [name, value] : *variables) {
      if (IsEndpointVariable(name)) change(name, std::nullopt);
    }
  }
  auto earlier = DecodeSaved(Get(now, kSavedVariable));
  for (const VariableChange& variable : earlier ? *earlier : std::vector<VariableChange>()) {
    if (!named.contains(variable.name)) changes.push_back(variable);
  }
  changes.push_back({kSavedVariable, EncodeSaved(saved)});
  return changes;
}

bool IsShellName(std::string_view name) {
  auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  auto is_fit = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && is_letter(name[0]) && std::all_of(name.begin(), name.end(), is_fit);
}

}  // namespace

std::vector<VariableChange> EnterChanges(const InstanceFacts& instance, const Variables& now) {
  Variables before = BeforeOf(now);
  Variables target = ReachVariables(instance, before);
  target["AWS_ACCESS_KEY_ID"] = instance.owner.access_key_id;
  target["AWS_SECRET_ACCESS_KEY"] = instance.owner.secret;
  target["AWS_REGION"] = target["AWS_DEFAULT_REGION"] = instance.region;
  target["AWS_CONFIG_FILE"] = instance.folder + "/aws-config";
  return ChangesTo(target, kUnset, before, now);
}

std::vector<VariableChange> NowhereChanges(const Variables& now, const std::string& node_shim) {
  const std::string nowhere = fmt::format("http://127.0.0.1:{}", kNowherePort);
  Variables before = BeforeOf(now);
  Variables target;
  for (const char* name : kProxies) target[name] = nowhere;
  target["AWS_ENDPOINT_URL"] = nowhere;
  if (!node_shim.empty()) target["NODE_OPTIONS"] = NodeOptions(before, node_shim);
  target["AWS_ACCESS_KEY_ID"] = target["AWS_SECRET_ACCESS_KEY"] = "no-gatehouse-was-found";
  target["AWS_CONFIG_FILE"] = target["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null";
  target["AWS_EC2_METADATA_DISABLED"] = "true";
  return ChangesTo(target, kUnsetForNowhere, before, now);
}

Result<std::vector<VariableChange>> RestoreChanges(const Variables& now) {
  std::string text = Get(now, kSavedVariable);
  if (text.empty()) {
    return Error{ErrorCode::kInvalidArgument,
                 "this shell has not been set up by `eval \"$(gatehouse env)\"`"};
  }
  auto changes = DecodeSaved(text);
  if (changes) changes->push_back({kSavedVariable, std::nullopt});
  return changes;
}

// Functions inherit no endpoints: their variables begin with nothing, and our copy of the user's
// config has none. Those in a function's own definition count, as on AWS.
Variables FunctionVariables(const InstanceFacts& instance) {
  Variables reach = ReachVariables(instance, {});
  reach.erase("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
  reach["AWS_CONFIG_FILE"] = instance.folder + "/aws-config";
  return reach;
}

std::string ShellText(const std::vector<VariableChange>& changes) {
  std::string text;
  for (const VariableChange& change : changes) {
    if (!IsShellName(change.name)) continue;
    text += change.value ? fmt::format("export {}={}\n", change.name, ShellQuoted(*change.value))
                         : fmt::format("unset {}\n", change.name);
  }
  return text;
}

std::string JsonText(const std::vector<VariableChange>& changes) {
  std::string text = "{";
  for (const VariableChange& change : changes) {
    if (text.size() > 1) text += ',';
    text += json::Quoted(change.name) + ":";
    text += change.value ? json::Quoted(*change.value) : "null";
  }
  return text + "}\n";
}

std::string AwsConfigText(const std::string& users_text, const std::string& region) {
  const std::string ours =
      fmt::format("region = {}\ncli_binary_format = raw-in-base64-out\n", region);
  std::string out;
  bool in_default = false, had_default = false;
  std::istringstream lines(users_text);
  for (std::string line; std::getline(lines, line);) {
    std::size_t start = line.find_first_not_of(" \t\r");
    std::string_view trimmed =
        start == std::string::npos ? std::string_view() : std::string_view(line).substr(start);
    if (trimmed.starts_with('[')) {
      std::string_view name = trimmed.substr(0, trimmed.find(']'));
      in_default = name == "[default" || name == "[profile default";
      out += line + "\n";
      if (in_default && !had_default) out += ours;
      had_default = had_default || in_default;
      continue;
    }
    std::string_view key = trimmed.substr(0, trimmed.find_first_of(" \t="));
    bool replaced = in_default && (key == "region" || key == "cli_binary_format");
    if (replaced || key == "endpoint_url" || (in_default && key == "services")) continue;
    out += line + "\n";
  }
  return had_default ? out : "[default]\n" + ours + out;
}

std::string NodeShimText(std::uint16_t port) {
  return fmt::format(R"JS('use strict';
// Written by gatehouse: connections to *.amazonaws.com go to the gatehouse on this machine, under
// the name they asked for. Node's own SDKs ignore HTTPS_PROXY.
const tls = require('tls');
const connect = tls.connect;
const isAws = (name) => typeof name === 'string' && name.toLowerCase().endsWith('.amazonaws.com');
tls.connect = function (...args) {{
  let options = args.find((arg) => arg !== null && typeof arg === 'object');
  let host = typeof args[1] === 'string' ? args[1] : undefined;
  if (options && !host) host = options.host || options.servername;
  const taken = options && (options.socket || options.path);
  if (!isAws(host) || taken) return connect.apply(this, args);
  const callback = args.find((arg) => typeof arg === 'function');
  options = {{ ...options, host: '127.0.0.1', port: {}, servername: host }};
  delete options.lookup;
  return connect.call(this, options, callback);
}};
)JS",
                     port);
}

}  // namespace gatehouse::server
