#include "stack/sam/policies.h"

#include <algorithm>

#include "base/check.h"
#include "stack/tree/json_reader.h"

namespace gatehouse::stack {
extern const std::string_view kSamPolicyTemplates;  // sam/policy_templates.json
extern const std::string_view kManagedPolicyNames;  // sam/managed_policy_names.txt
}  // namespace gatehouse::stack

namespace gatehouse::stack::sam {
namespace {

enum class PolicyKind { kManaged, kDocument, kTemplate, kUnknown, kMixed };

const Value& PolicyTemplates() {
  static const Value& templates = *[] {
    auto* read = new Value;
    Problem problem;
    CHECK(ReadJson(kSamPolicyTemplates, *read, problem));
    return read;
  }();
  return templates;
}

PolicyKind KindOf(const Value& policy) {
  if (policy.is_string()) return PolicyKind::kManaged;
  if (IsIf(policy)) {
    const Value& branches = policy.members[0].value;
    if (!branches.is_list() || branches.items.size() != 3) return PolicyKind::kMixed;
    const Value& then = branches.items[1];
    const Value& otherwise = branches.items[2];
    const PolicyKind kind = KindOf(then);
    const PolicyKind other = KindOf(otherwise);
    if (kind == other) return kind;
    if (IsNoValue(then)) return other;
    return IsNoValue(otherwise) ? kind : PolicyKind::kMixed;
  }
  if (IsIntrinsic(policy)) return PolicyKind::kManaged;
  if (policy.is_object() && policy.Find("Statement")) return PolicyKind::kDocument;
  const bool named = policy.is_object() && policy.members.size() == 1 &&
                     PolicyTemplates().Find(policy.members[0].name);
  return named ? PolicyKind::kTemplate : PolicyKind::kUnknown;
}

// The template's own Refs, all to its parameters, replaced by what was given for them.
Value Filled(const Value& value, const Value& given) {
  if (value.is_object() && value.members.size() == 1 && value.members[0].name == "Ref") {
    const Value* found = given.Find(value.members[0].value.text);
    return found ? *found : value;
  }
  Value filled = value;
  for (Value& item : filled.items) item = Filled(item, given);
  for (Member& member : filled.members) member.value = Filled(member.value, given);
  return filled;
}

class PolicyExpander {
 public:
  PolicyExpander(const Source& source, Expansion& expansion)
      : source_(source), expansion_(expansion) {}

  Value One(const Value& policy) {
    if (IsNoValue(policy)) return policy;
    if (IsIf(policy)) {
      Value copy = policy;
      Value& branches = copy.members[0].value;
      for (std::size_t i = 1; i < branches.items.size(); ++i) {
        branches.items[i] = One(branches.items[i]);
      }
      return copy;
    }
    const std::string& name = policy.members[0].name;
    const Value& given = policy.members[0].value;
    const Value* found = PolicyTemplates().Find(name);
    if (!found) return policy;
    if (!given.is_object()) {
      expansion_.Fail(source_,
                      "Must specify valid parameter values for policy template '" + name + "'");
      return policy;
    }
    std::string missing;
    for (const Value& parameter : found->Find("Parameters")->items) {
      if (given.Find(parameter.text)) continue;
      missing.append(missing.empty() ? "'" : ", '").append(parameter.text).append("'");
    }
    if (!missing.empty()) {
      expansion_.Fail(source_, "Following required parameters of template '" + name +
                                   "' don't have values: [" + missing + "]");
    }
    return Object({{"Statement", Filled(*found->Find("Statement"), given)}});
  }

 private:
  const Source& source_;
  Expansion& expansion_;
};

template <class Convert>
Value ConvertBranches(const Value& policy, Convert convert) {
  Value copy = policy;
  Value& branches = copy.members[0].value;
  for (std::size_t i = 1; i < branches.items.size(); ++i) {
    if (!IsNoValue(branches.items[i])) branches.items[i] = convert(branches.items[i]);
  }
  return copy;
}

class RoleMaker {
 public:
  RoleMaker(const std::string& id, RoleParts& parts, Expansion& expansion)
      : id_(id), parts_(parts), expansion_(expansion) {}

  void Add(const Value& policy, PolicyKind kind, std::size_t index) {
    auto document = [&](const Value& of) {
      return Object(
          {{"PolicyName", Text(id_ + "Policy" + std::to_string(index))}, {"PolicyDocument", of}});
    };
    auto managed = [&](const Value& of) {
      return of.is_string() ? Text(ManagedPolicyArn(of.text, expansion_)) : of;
    };
    if (kind == PolicyKind::kDocument) {
      parts_.documents.push_back(IsIf(policy) ? ConvertBranches(policy, document)
                                              : document(policy));
      return;
    }
    Value arn = IsIf(policy) ? ConvertBranches(policy, managed) : managed(policy);
    const bool there = std::any_of(parts_.managed.begin(), parts_.managed.end(),
                                   [&](const Value& other) { return Same(other, arn); });
    if (!there) parts_.managed.push_back(std::move(arn));
  }

 private:
  const std::string& id_;
  RoleParts& parts_;
  Expansion& expansion_;
};

}  // namespace

Value ExpandPolicies(const Source& source, Expansion& expansion) {
  const Value* given = source.FindFilled("Policies");
  Value policies = Value::List();
  if (!given) return policies;
  policies = given->is_list() ? *given : List({*given});
  PolicyExpander expander(source, expansion);
  for (Value& policy : policies.items) {
    const PolicyKind kind = KindOf(policy);
    if (kind == PolicyKind::kTemplate) policy = expander.One(policy);
    if (kind == PolicyKind::kMixed) {
      expansion.Fail(source,
                     "Different policy types within the same Fn::If statement is unsupported. "
                     "Separate different policy types into different Fn::If statements");
    }
  }
  return policies;
}

Made MakeRole(const Source& source, const Value& policies, RoleParts parts, Expansion& expansion) {
  Made role(source.id + "Role", "AWS::IAM::Role");
  PassAttributes(source.body, role.body);
  RoleMaker maker(role.id, parts, expansion);
  for (std::size_t i = 0; i < policies.items.size(); ++i) {
    const PolicyKind kind = KindOf(policies.items[i]);
    if (kind == PolicyKind::kManaged || kind == PolicyKind::kDocument) {
      maker.Add(policies.items[i], kind, i);
    } else if (kind == PolicyKind::kUnknown) {
      expansion.Fail(source, "Policy at index " + std::to_string(i) +
                                 " in the 'Policies' property is not valid");
    }
  }
  role.Set("AssumeRolePolicyDocument", std::move(parts.assume));
  role.Set("ManagedPolicyArns", Value::List(std::move(parts.managed)));
  if (!parts.documents.empty()) role.Set("Policies", Value::List(std::move(parts.documents)));
  role.Set("Path", source.Find("RolePath"));
  role.Set("PermissionsBoundary", source.Find("PermissionsBoundary"));
  role.Set("Tags", std::move(parts.tags));
  return role;
}

void AddManagedPolicy(Made& role, const std::string& arn) {
  Value& list = ListAt(role.properties(), "ManagedPolicyArns");
  const Value wanted = Text(arn);
  for (const Value& there : list.items) {
    if (Same(there, wanted)) return;
  }
  list.items.push_back(wanted);
}

Value AssumeBy(std::string_view service) {
  return Object(
      {{"Version", Text("2012-10-17")},
       {"Statement",
        List({Object({{"Action", List({Text("sts:AssumeRole")})},
                      {"Effect", Text("Allow")},
                      {"Principal", Object({{"Service", List({Text(std::string(service) +
                                                                   ".amazonaws.com")})}})}})})}});
}

Value RolePolicy(std::string_view name, std::initializer_list<Value> statements) {
  return Object(
      {{"PolicyName", Text(name)}, {"PolicyDocument", Object({{"Statement", List(statements)}})}});
}

Value Allow(Value action, Value resource) {
  return Object({{"Action", std::move(action)},
                 {"Effect", Text("Allow")},
                 {"Resource", std::move(resource)}});
}

std::string ManagedPolicyArn(std::string_view name, const Expansion& expansion) {
  std::string_view rest = kManagedPolicyNames;
  while (!name.empty() && !rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view path = rest.substr(0, end);
    if (path.substr(path.rfind('/') + 1) == name) return expansion.PolicyArn(path);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  }
  return std::string(name);
}

}  // namespace gatehouse::stack::sam
