// Who may do what: the policies of roles and functions, asked for every request that a role signs
// and for everything that API Gateway and schedules invoke. Owners may all. Any thread.
// Source: docs/aws/lambda.md §12; IAM user guide, "Policy evaluation logic".
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "auth/policy/decision.h"
#include "auth/policy/roles.h"
#include "auth/signature/credentials.h"
#include "base/clock.h"
#include "base/log.h"
#include "function/define/function_catalogue.h"
#include "gatehouse/result.h"

namespace gatehouse::server {

enum class IamMode { kEnforce, kWarn, kOff };

struct IamOptions {
  IamMode mode = IamMode::kEnforce;
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
};

// One thing that somebody wants to do.
struct Access {
  std::string action;    // "dynamodb:PutItem"
  std::string resource;  // ARN, or "*"
  // The resource of a statement that allows it; empty: the same.
  std::string statement_resource = {};
  // Adds the service's keys; called only if a policy looks at keys.
  std::function<void(auth::RequestContext& keys)> fill = {};
};

// How it is asked, for keys such as aws:SourceIp.
struct AskedHow {
  std::string_view source_ip = "127.0.0.1";
  std::string_view user_agent = {};
  bool is_tls = true;
};

struct Denial {
  std::string message;  // AWS's sentence
  std::string reason;   // what a person can do about it
};

class Iam {
 public:
  // Everything given must outlive it.
  Iam(base::Log& log, base::Clock& clock, auth::Roles& roles, function::Catalogue& functions,
      IamOptions options)
      : log_(log),
        clock_(clock),
        roles_(roles),
        functions_(functions),
        options_(std::move(options)) {}

  const IamOptions& options() const { return options_; }
  // Grows with whatever changes the answers of IsFree and of MayInvoke, but for functions' own
  // policies (Catalogue::version).
  std::uint64_t version() const { return roles_.version(); }

  // Whether this principal is asked about anything at all.
  bool IsChecked(const auth::Principal& principal) const {
    return options_.mode != IamMode::kOff && principal.kind == auth::Principal::kRole;
  }

  // Nothing: go on. What is denied is logged once for each role, action and statement.
  std::optional<Denial> Check(const auth::Principal& principal, const Access& access,
                              const AskedHow& how);

  // Whether the principal may do this to every resource that begins so (or is so, if exact),
  // whatever else a request says. False: ask Check each time.
  bool IsFree(const auth::Principal& principal, std::string_view action,
              std::string_view resource_prefix, bool exact);

  // An AWS service (or a role, if role_arn is given) invokes a function for source_arn: API
  // Gateway's routes, rules and schedules. service: "apigateway.amazonaws.com". Error: kForbidden;
  // the sentence says what to add.
  Result<void> MayInvoke(std::string_view service, std::string_view source_arn,
                         std::string_view role_arn, std::string_view function_name);

  // Stacks whose roles and functions were made by a gatehouse that denied nothing.
  void SetStackLenient(const std::string& stack, bool lenient);

  std::string FunctionArnOf(std::string_view name) const;

 private:
  static constexpr std::size_t kToldMax = 1000;       // lines about different things
  static constexpr std::size_t kToldBytesMax = 4096;  // of one; a request may name what is longer

  struct Ruling {
    auth::Decision decision;
    std::shared_ptr<const auth::RolePolicies> role;  // null: nothing is known of it
  };
  Ruling Rule(const auth::Principal& principal, const Access& access, const AskedHow& how);
  auth::RequestContext ContextOf(const auth::Principal& principal, const auth::RolePolicies& role,
                                 const AskedHow& how) const;
  std::shared_ptr<const auth::RolePolicies> RoleOf(std::string_view arn) const;
  // The statements of the function that the resource names, if it is one.
  std::optional<auth::Policy> PolicyOfFunction(std::string_view function_arn) const;
  void NoticeUnknown(const auth::Principal& principal, const auth::RolePolicies* role);
  void NoticeUnknowable(const Ruling& ruling, const auth::Principal& principal);
  bool IsFirst(std::string what);
  bool IsLenient(const function::Catalogue::Function& function) const;

  base::Log& log_;
  base::Clock& clock_;
  auth::Roles& roles_;
  function::Catalogue& functions_;
  const IamOptions options_;
  mutable std::mutex mutex_;  // guards the sets
  std::set<std::string> told_;
  bool is_told_full_ = false;
  std::set<std::string, std::less<>> lenient_stacks_;
};

// AWS's sentence of a denial; @connections hides account and connection.
std::string DenialSentence(std::string_view principal_arn, const Access& access,
                           auth::Effect effect);
// {"Effect":"Allow","Action":…,"Resource":…}: JSON on one line, which YAML takes as well.
std::string StatementFor(const Access& access);

}  // namespace gatehouse::server
