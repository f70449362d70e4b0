#include "stack/sam/connector.h"

#include <algorithm>
#include <optional>

#include "base/check.h"
#include "stack/tree/json_reader.h"

namespace gatehouse::stack {
extern const std::string_view kSamConnectors;  // sam/connector_profiles.json
}  // namespace gatehouse::stack

namespace gatehouse::stack::sam {
namespace {

constexpr std::pair<std::string_view, std::string_view> kPlainTypes[] = {
    {"AWS::Serverless::Function", "AWS::Lambda::Function"},
    {"AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine"},
    {"AWS::Serverless::Api", "AWS::ApiGateway::RestApi"},
    {"AWS::Serverless::HttpApi", "AWS::ApiGatewayV2::Api"},
    {"AWS::Serverless::SimpleTable", "AWS::DynamoDB::Table"}};

const Value& Profiles() {
  static const Value& profiles = *[] {
    auto* read = new Value;
    Problem problem;
    CHECK(ReadJson(kSamConnectors, *read, problem));
    return read;
  }();
  return profiles;
}

// What "%{Source.Arn}" and the like stand for; null: not known.
using Words = std::vector<std::pair<std::string, Value>>;

// The text with its words in place; a text that is more than one word becomes an Fn::Sub. Nothing:
// a word has no value, whose name is put into missing.
std::optional<Value> WithWords(const Value& value, const Words& words, std::string& missing) {
  if (!value.is_string()) {
    Value copy = value;
    for (Value& item : copy.items) {
      std::optional<Value> one = WithWords(item, words, missing);
      if (!one) return std::nullopt;
      item = *std::move(one);
    }
    for (Member& member : copy.members) {
      std::optional<Value> one = WithWords(member.value, words, missing);
      if (!one) return std::nullopt;
      member.value = *std::move(one);
    }
    return copy;
  }
  std::string text = value.text;
  Value variables = Value::Object();
  for (const auto& [word, meaning] : words) {
    const std::string pattern = "%{" + word + "}";
    if (text.find(pattern) == text.npos) continue;
    if (meaning.kind == Value::kNull) {
      missing = word;
      return std::nullopt;
    }
    if (text == pattern) return meaning;
    std::string name = word;
    std::erase_if(name, [](char c) { return c == '.'; });
    for (std::size_t at = text.find(pattern); at != text.npos; at = text.find(pattern)) {
      text.replace(at, pattern.size(), "${" + name + "}");
    }
    variables.Set(name, meaning);
  }
  if (text.find("${") == text.npos) return Text(text);
  if (variables.members.empty()) return Sub(text);
  return Object({{"Fn::Sub", List({Text(text), std::move(variables)})}});
}

// One end of a connector.
struct End {
  std::string id;  // empty: none in the template
  std::string type;
  Value arn, role_name, queue_url, resource_id, name, qualifier;
};

class ConnectorMaker {
 public:
  ConnectorMaker(const Source& source, Expansion& expansion)
      : source_(source), expansion_(expansion) {}

  void Expand() {
    const Value* from = source_.Find("Source");
    const Value* to = source_.Find("Destination");
    const Value* permissions = source_.Find("Permissions");
    if (!from || !to || !permissions || !permissions->is_list()) {
      return Fail(std::string("Missing required property '") +
                  (!from ? "Source"
                   : !to ? "Destination"
                         : "Permissions") +
                  "'.");
    }
    for (const Value& one : permissions->items) permissions_.push_back(one.text);
    std::sort(permissions_.begin(), permissions_.end());
    permissions_.erase(std::unique(permissions_.begin(), permissions_.end()), permissions_.end());
    if (permissions_.empty()) return Fail("'Permissions' cannot be empty.");
    if (!to->is_list()) {
      Connect(*from, *to, "");
    } else {
      if (to->items.empty()) Fail("'Destination' is an empty list");
      for (std::size_t i = 0; i < to->items.size() && made_.size() <= kResourcesMax; ++i) {
        Connect(*from, to->items[i], "Destination" + std::to_string(i));
      }
    }
    ReplaceDependsOn();
    expansion_.Emit(source_, std::move(made_));
  }

 private:
  void Fail(const std::string& why) { expansion_.Fail(source_, why); }

  std::optional<End> EndOf(const Value& given, const Value& other) {
    const Value* id = given.Find("Id");
    const bool has_more =
        std::any_of(given.members.begin(), given.members.end(),
                    [](const auto& m) { return m.name != "Id" && m.name != "Qualifier"; });
    if ((id != nullptr) == has_more) {
      Fail(
          "Must provide 'Id' (with optional 'Qualifier') or a supported combination of other "
          "properties.");
      return std::nullopt;
    }
    return id ? EndById(given, *id, other) : EndByProperties(given);
  }

  std::optional<End> EndByProperties(const Value& given) {
    End end;
    end.type = given.Text("Type");
    if (end.type.empty()) {
      Fail("'Type' is missing or not a string.");
      return std::nullopt;
    }
    for (const auto& [sam, plain] : kPlainTypes) {
      if (end.type == sam) end.type = plain;
    }
    auto take = [&](std::string_view name) {
      const Value* found = given.Find(name);
      return found ? *found : Value();
    };
    end.arn = take("Arn");
    end.role_name = take("RoleName");
    end.queue_url = take("QueueUrl");
    end.resource_id = take("ResourceId");
    end.name = take("Name");
    end.qualifier = take("Qualifier");
    return end;
  }

  std::optional<End> EndById(const Value& given, const Value& id, const Value& other) {
    const Value* resource = id.is_string() ? expansion_.resources().Find(id.text) : nullptr;
    if (!resource) {
      Fail(id.is_string() ? "Unable to find resource with logical ID '" + id.text + "'."
                          : "'Id' is missing or not a string.");
      return std::nullopt;
    }
    End end;
    end.id = id.text;
    end.type = resource->Text("Type");
    const Value* known = Profiles().Find("Types")->Find(end.type);
    const Value* outputs = known ? known->Find("Outputs") : nullptr;
    auto take = [&](std::string_view name) {
      const Value* found = outputs ? outputs->Find(name) : nullptr;
      std::string missing;
      return found ? *WithWords(*found, {{"logicalId", Text(end.id)}}, missing) : Value();
    };
    end.arn = take("Arn");
    end.queue_url = take("Url");
    end.resource_id = take("Id");
    end.name = take("Name");
    const Value* qualifier = given.Find("Qualifier");
    end.qualifier = qualifier ? *qualifier : take("Qualifier");
    if (known) end.role_name = RoleName(*known, *resource, other);
    return end;
  }

  // The role that the resource has, if it is in the template.
  Value RoleName(const Value& known, const Value& resource, const Value& other) {
    const Value* inputs = known.Find("Inputs");
    const Value* role = inputs ? inputs->Find("Role") : nullptr;
    const Value* properties = resource.Find("Properties");
    if (!role || !properties) return {};
    const Value* found =
        role->is_string() ? properties->Find(role->text) : TargetRole(*properties, other);
    const std::string id = found ? LogicalIdOf(*found) : "";
    return id.empty() ? Value() : RefTo(id);
  }

  // Of a rule: the role of the target that is the connector's other end.
  const Value* TargetRole(const Value& rule, const Value& other) {
    const Value* targets = rule.Find("Targets");
    if (!targets) return nullptr;
    for (const Value& target : targets->items) {
      const Value* arn = target.Find("Arn");
      if (!arn) continue;
      const std::string id = LogicalIdOf(*arn);
      const Value* other_arn = other.Find("Arn");
      if ((!id.empty() && id == other.Text("Id")) || (other_arn && Same(*arn, *other_arn))) {
        return target.Find("RoleArn");
      }
    }
    return nullptr;
  }

  void Connect(const Value& from, const Value& to, const std::string& suffix) {
    const std::optional<End> destination = EndOf(to, from);
    const std::optional<End> origin = destination ? EndOf(from, to) : std::nullopt;
    if (!origin) return;
    const Value* profile = Profiles().Find("Pairs")->Find(origin->type + " " + destination->type);
    if (!profile) {
      return Fail("Unable to create connector from " + origin->type + " to " + destination->type +
                  "; it's not supported or the template is invalid.");
    }
    if (!CheckPermissions(*profile, *origin, *destination)) return;
    const Words words = {{"Source.Arn", origin->arn},
                         {"Destination.Arn", destination->arn},
                         {"Source.ResourceId", origin->resource_id},
                         {"Destination.ResourceId", destination->resource_id},
                         {"Source.Name", origin->name},
                         {"Destination.Name", destination->name},
                         {"Source.Qualifier", origin->qualifier},
                         {"Destination.Qualifier", destination->qualifier}};
    std::string missing;
    const std::optional<Value> filled = WithWords(*profile, words, missing);
    if (!filled) return Fail(missing + " is missing.");
    const std::size_t first = made_.size();
    Make(*filled, *origin, *destination, suffix);
    for (std::size_t i = first; i < made_.size(); ++i) {
      AddMetadata(made_[i], *origin, *destination);
    }
  }

  bool CheckPermissions(const Value& profile, const End& from, const End& to) {
    const Value& known = *profile.Find("AccessCategories");
    std::string names;
    for (const Member& one : known.members)
      names.append(names.empty() ? "" : ", ").append(one.name);
    const std::string where = "Unsupported 'Permissions' provided for connector from " + from.type +
                              " to " + to.type + "; valid ";
    for (const std::string& permission : permissions_) {
      if (known.Find(permission)) continue;
      Fail(where + "values are: " + names + ".");
      return false;
    }
    const Value* combinations = profile.Find("ValidAccessCategories");
    if (!combinations) return true;
    std::string all;
    for (const Value& combination : combinations->items) {
      std::vector<std::string> one;
      for (const Value& name : combination.items) one.push_back(name.text);
      std::sort(one.begin(), one.end());
      if (one == permissions_) return true;
      all.append(all.empty() ? "" : ", ");
      for (std::size_t i = 0; i < one.size(); ++i) all.append(i > 0 ? " + " : "").append(one[i]);
    }
    Fail(where + "combinations are: " + all + ".");
    return false;
  }

  void Make(const Value& profile, const End& from, const End& to, const std::string& suffix) {
    const std::string type = profile.Text("Type");
    const bool at_source = profile.Text("SourcePolicy") == "true";
    const End& holder = at_source ? from : to;
    const std::string side = at_source ? "'Source'" : "'Destination'";
    if (type == "AWS_IAM_ROLE_MANAGED_POLICY") {
      if (holder.role_name.kind == Value::kNull) {
        return Fail("Unable to get IAM role name from " + side + " resource.");
      }
      Made& policy = Add("Policy" + suffix, "AWS::IAM::ManagedPolicy");
      policy.Set("PolicyDocument", Statements(profile));
      policy.Set("Roles", List({holder.role_name}));
      return MakeDependent(profile, policy.id, from, to);
    }
    if (type == "AWS_LAMBDA_PERMISSION") return MakePermissions(profile, holder, suffix);
    const bool is_queue = type == "AWS_SQS_QUEUE_POLICY";
    const Value& place = is_queue ? holder.queue_url : holder.arn;
    if (place.kind == Value::kNull) {
      return Fail(std::string("Unable to get ") + (is_queue ? "SQS queue URL" : "SNS topic ARN") +
                  " from " + side + " resource.");
    }
    Made& policy = Add((is_queue ? "QueuePolicy" : "TopicPolicy") + suffix,
                       is_queue ? "AWS::SQS::QueuePolicy" : "AWS::SNS::TopicPolicy");
    policy.Set("PolicyDocument", Statements(profile));
    policy.Set(is_queue ? "Queues" : "Topics", List({place}));
  }

  void MakePermissions(const Value& profile, const End& function, const std::string& suffix) {
    if (function.arn.kind == Value::kNull) {
      return Fail("Unable to get Lambda function ARN from 'Destination' resource.");
    }
    for (const Member& category : profile.Find("AccessCategories")->members) {
      if (!Wanted(category.name)) continue;
      Made& permission =
          Add(category.name + "LambdaPermission" + suffix, "AWS::Lambda::Permission");
      permission.Set("FunctionName", function.arn);
      for (const char* name : {"Action", "Principal", "SourceArn", "SourceAccount"}) {
        permission.Set(name, category.value.Find(name));
      }
    }
  }

  Made& Add(const std::string& suffix, std::string_view type) {
    Made& one = made_.emplace_back(source_.id + suffix, type);
    PassAllAttributes(source_.body, one.body);
    return one;
  }

  bool Wanted(const std::string& category) const {
    return std::find(permissions_.begin(), permissions_.end(), category) != permissions_.end();
  }

  Value Statements(const Value& profile) const {
    Value statements = Value::List();
    for (const Member& category : profile.Find("AccessCategories")->members) {
      if (!Wanted(category.name)) continue;
      for (const Value& one : category.value.Find("Statement")->items) {
        statements.items.push_back(one);
      }
    }
    return Object({{"Version", Text("2012-10-17")}, {"Statement", std::move(statements)}});
  }

  // Some resources come after the policy that they need from the first moment.
  void MakeDependent(const Value& profile, const std::string& policy_id, const End& from,
                     const End& to) {
    const std::string who = profile.Text("DependedBy");
    if (from.id.empty()) return;
    if (who == "SOURCE") return AddDependsOn(from.id, policy_id);
    if (who != "DESTINATION_EVENT_SOURCE_MAPPING" || to.id.empty()) return;
    std::vector<std::string> mappings;
    for (const Member& one : expansion_.resources().members) {
      if (one.value.Text("Type") != "AWS::Lambda::EventSourceMapping") continue;
      const Value* properties = one.value.Find("Properties");
      const Value* function = properties ? properties->Find("FunctionName") : nullptr;
      const Value* origin = properties ? properties->Find("EventSourceArn") : nullptr;
      if (function && origin && LogicalIdOf(*function) == to.id &&
          LogicalIdOf(*origin) == from.id) {
        mappings.push_back(one.name);
      }
    }
    if (mappings.size() == 1) AddDependsOn(mappings[0], policy_id);
  }

  void AddDependsOn(const std::string& id, const std::string& wanted) {
    Value& resource = *expansion_.resources().Find(id);
    Value depends = Value::List();
    if (const Value* given = resource.Find("DependsOn")) {
      depends = given->is_list() ? *given : List({*given});
    }
    const bool there = std::any_of(depends.items.begin(), depends.items.end(),
                                   [&](const Value& one) { return one.text == wanted; });
    if (!there) depends.items.push_back(Text(wanted));
    resource.Set("DependsOn", std::move(depends));
  }

  // Who depends on the connector depends on what it is made of.
  void ReplaceDependsOn() {
    for (Member& member : expansion_.resources().members) {
      Value* depends = member.value.Find("DependsOn");
      if (!depends) continue;
      Value list = depends->is_list() ? *depends : List({*depends});
      const std::size_t before = list.items.size();
      std::erase_if(list.items, [&](const Value& one) { return one.text == source_.id; });
      if (list.items.size() == before) continue;
      for (const Made& one : made_) {
        const bool there = std::any_of(list.items.begin(), list.items.end(),
                                       [&](const Value& id) { return id.text == one.id; });
        if (!there) list.items.push_back(Text(one.id));
      }
      if (!expansion_.Charge(BytesOf(list), source_.line)) return;
      *depends = std::move(list);
    }
  }

  std::string WrittenType(const End& end) const {
    const Value* written = expansion_.original().Find(end.id);
    return written ? written->Text("Type") : end.type;
  }

  void AddMetadata(Made& one, const End& from, const End& to) const {
    Value ends = Object({{"Source", Object({{"Type", Text(WrittenType(from))}})},
                         {"Destination", Object({{"Type", Text(WrittenType(to))}})}});
    Value connectors = Value::Object();
    connectors.Set(source_.id, std::move(ends));
    ObjectAt(one.body, "Metadata").Set("aws:sam:connectors", std::move(connectors));
  }

  const Source& source_;
  Expansion& expansion_;
  std::vector<std::string> permissions_;  // sorted
  MadeList made_;
};

}  // namespace

void LiftEmbeddedConnectors(Expansion& expansion) {
  std::vector<Member> lifted;
  for (Member& resource : expansion.resources().members) {
    const Value* given = resource.value.Find("Connectors");
    if (!given) continue;
    for (const Member& one : given->members) {
      Value connector = one.value;
      connector.Set("Type", Text("AWS::Serverless::Connector"));
      Value& properties = ObjectAt(connector, "Properties");
      Value end = Object({{"Id", Text(resource.name)}});
      if (const Value* reference = properties.Find("SourceReference")) {
        for (const Member& member : reference->members) end.Set(member.name, member.value);
        properties.Erase("SourceReference");
      }
      properties.Set("Source", std::move(end));
      lifted.push_back({resource.name + one.name, std::move(connector), one.line});
    }
    resource.value.Erase("Connectors");
  }
  for (Member& member : lifted) {
    if (expansion.resources().Find(member.name)) {
      expansion.FailDocument(member.line, "A resource with id [" + member.name +
                                              "] already exists within this template.");
      continue;
    }
    expansion.resources().members.push_back(std::move(member));
  }
}

void ExpandConnector(const Source& source, Expansion& expansion) {
  ConnectorMaker(source, expansion).Expand();
}

}  // namespace gatehouse::stack::sam
