// The environment in which AWS's CLI, SDKs and other clients reach a running gatehouse by AWS's own
// names: what `gatehouse env` prints and `gatehouse exec` sets (design §7.17, docs/aws/lambda.md
// §11). Pure functions over values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "auth/signature/key_pair.h"
#include "gatehouse/result.h"

namespace gatehouse::server {

using Variables = std::map<std::string, std::string, std::less<>>;

// What an instance is to its clients.
struct InstanceFacts {
  std::uint16_t port = 0;
  std::string region;
  std::string folder;  // its files: authority.pem, ca-bundle.pem, aws-config, node-shim.cjs
  auth::KeyPair owner;
  std::string data;        // its data directory, absolute and without links, or ":memory:"
  std::string started_in;  // the folder in which it was started
};

// One thing to do to an environment.
struct VariableChange {
  std::string name;
  std::optional<std::string> value;  // nothing: unset

  bool operator==(const VariableChange&) const = default;
};

// A port that only root could open, and whose service (tcpmux) nobody has run for decades. Not 0,
// which many libraries take for "the scheme's own".
inline constexpr std::uint16_t kNowherePort = 1;

// The variable that keeps what was there before, so that RestoreChanges can bring it back.
inline constexpr const char* kSavedVariable = "GATEHOUSE_ENV_SAVED";

// From the environment as it is to one that reaches the instance: proxy, authorities, credentials,
// region, CLI config, Node's shim; AWS_PROFILE and endpoint variables go. Applied twice it stays
// as it is, and what was there before the first time stays saved.
std::vector<VariableChange> EnterChanges(const InstanceFacts& instance, const Variables& now);

// From the environment as it is to one in which nothing of AWS's clients leaves the machine: where
// no instance is found, the next `aws` must not reach the user's real account. Proxies and endpoint
// are a loopback port that is closed, keys are no keys, profiles and config files are gone. What
// was there before stays saved as EnterChanges saves it. node_shim: a file with NodeShimText of
// kNowherePort, for Node's older SDKs heed none of these; empty: there is none.
std::vector<VariableChange> NowhereChanges(const Variables& now, const std::string& node_shim);

// Back to what was saved. Errors: kInvalidArgument (nothing is saved, or it is damaged).
Result<std::vector<VariableChange>> RestoreChanges(const Variables& now);

// The variables that functions get for the same purpose; they start from nothing.
Variables FunctionVariables(const InstanceFacts& instance);

// "export NAME='…'" and "unset NAME", a line each; quoted for POSIX shells. What no shell could
// name (the environment may hold any bytes) is left out.
std::string ShellText(const std::vector<VariableChange>& changes);
// One JSON object: name → text, or null to unset.
std::string JsonText(const std::vector<VariableChange>& changes);

// The AWS CLI's config file for an instance: the user's own text with, in [default], our region
// and cli_binary_format=raw-in-base64-out, and no endpoint_url anywhere.
std::string AwsConfigText(const std::string& users_text, const std::string& region);

// The script that leads Node's connections to *.amazonaws.com to the port.
std::string NodeShimText(std::uint16_t port);

}  // namespace gatehouse::server
