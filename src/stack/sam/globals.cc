#include "stack/sam/globals.h"

#include <algorithm>
#include <optional>

namespace gatehouse::stack::sam {
namespace {

// Which properties a section of Globals may have, sections in order of their names.
struct GlobalSection {
  std::string_view name;
  std::string_view properties;  // with blanks around each
};
constexpr GlobalSection kGlobalSections[] = {
    {"Api",
     " Auth Name DefinitionUri CacheClusterEnabled CacheClusterSize MergeDefinitions Variables "
     "EndpointConfiguration MethodSettings BinaryMediaTypes MinimumCompressionSize Cors "
     "GatewayResponses AccessLogSetting CanarySetting TracingEnabled OpenApiVersion Domain "
     "AlwaysDeploy PropagateTags SecurityPolicy EndpointAccessMode "},
    {"Function",
     " Handler Runtime CodeUri DeadLetterQueue Description MemorySize Timeout VpcConfig "
     "Environment Tags PropagateTags Tracing KmsKeyArn AutoPublishAlias "
     "AutoPublishAliasAllProperties Layers DeploymentPreference RolePath PermissionsBoundary "
     "ReservedConcurrentExecutions ProvisionedConcurrencyConfig AssumeRolePolicyDocument "
     "EventInvokeConfig FileSystemConfigs CodeSigningConfigArn Architectures SnapStart "
     "EphemeralStorage FunctionUrlConfig RuntimeManagementConfig LoggingConfig RecursiveLoop "
     "SourceKMSKeyArn TenancyConfig DurableConfig CapacityProviderConfig FunctionScalingConfig "
     "PublishToLatestPublished VersionDeletionPolicy "},
    {"HttpApi",
     " Auth AccessLogSettings StageVariables Tags CorsConfiguration DefaultRouteSettings Domain "
     "RouteSettings FailOnWarnings PropagateTags "},
    {"LayerVersion", " PublishLambdaVersion "},
    {"SimpleTable", " SSESpecification "},
    {"StateMachine", " PropagateTags "},
    {"WebSocketApi",
     " AccessLogSettings ApiKeySelectionExpression DefaultRouteSettings "
     "DisableExecuteApiEndpoint DisableSchemaValidation Domain FailOnWarnings IpAddressType "
     "PropagateTags RouteSelectionExpression RouteSettings StageVariables Tags "},
};

std::string Spaced(const std::string& word) { return " " + word + " "; }

std::string Quoted(std::string_view words) {
  std::string list;
  while (!words.empty()) {
    const std::size_t end = words.find(' ');
    const std::string_view word = words.substr(0, end);
    if (!word.empty()) {
      list.append(list.empty() ? "'" : ", '").append(word).append("'");
    }
    words.remove_prefix(end == words.npos ? words.size() : end + 1);
  }
  return "[" + list + "]";
}

std::string SectionNames() {
  std::string names;
  for (const GlobalSection& section : kGlobalSections) names.append(section.name).append(" ");
  return Quoted(names);
}

// Nothing if the section is fit for use.
std::optional<std::string> SectionFault(const Member& given) {
  const auto* section = std::find_if(std::begin(kGlobalSections), std::end(kGlobalSections),
                                     [&](const auto& row) { return row.name == given.name; });
  if (section == std::end(kGlobalSections)) {
    return "'" + given.name + "' is not supported. Must be one of the following values - " +
           SectionNames();
  }
  if (!given.value.is_object()) return "Value of " + given.name + " must be a dictionary";
  for (const Member& property : given.value.members) {
    if (section->properties.find(Spaced(property.name)) != std::string_view::npos) continue;
    return "'" + property.name + "' is not a supported property of '" + given.name +
           "'. Must be one of the following values - " + Quoted(section->properties);
  }
  return std::nullopt;
}

// A function is merged like a scalar.
bool IsMap(const Value& value) { return value.is_object() && !IsIntrinsic(value); }

Value Merged(const Value& global, const Value& local) {
  if (global.is_list() && local.is_list()) {
    Value list = global;
    list.items.insert(list.items.end(), local.items.begin(), local.items.end());
    return list;
  }
  if (!IsMap(global) || !IsMap(local)) return local;
  Value merged = global;
  for (const Member& member : local.members) {
    const Value* there = global.Find(member.name);
    merged.Set(member.name, there ? Merged(*there, member.value) : member.value);
  }
  return merged;
}

// The global properties that the resource wants; nothing if it says so wrongly.
std::optional<Value> Wanted(const Value& global, const Value* ignored) {
  if (IsEmpty(ignored)) return global;
  if (ignored->is_string() && ignored->text == "*") return Value::Object();
  if (!ignored->is_list()) return std::nullopt;
  Value wanted = global;
  for (const Value& name : ignored->items) {
    if (!wanted.Find(name.text)) return std::nullopt;
    wanted.Erase(name.text);
  }
  return wanted;
}

class Merger {
 public:
  Merger(const Value& globals, Expansion& expansion, Problems& problems)
      : globals_(globals), expansion_(expansion), problems_(problems) {}

  void Merge(Member& resource) {
    const Value* type = resource.value.Find("Type");
    constexpr std::string_view kPrefix = "AWS::Serverless::";
    const Value* ignored = resource.value.Find("IgnoreGlobals");
    if (type && type->is_string() && type->text.starts_with(kPrefix)) {
      const Value* global = globals_.Find(std::string_view(type->text).substr(kPrefix.size()));
      if (global) MergeInto(resource, *global, ignored);
    }
    resource.value.Erase("IgnoreGlobals");
  }

 private:
  void MergeInto(Member& resource, const Value& global, const Value* ignored) {
    const std::optional<Value> wanted = Wanted(global, ignored);
    if (!wanted) {
      problems_.push_back({resource.line, "Resource " + resource.name +
                                              " has invalid resource attribute 'IgnoreGlobals'."});
      return;
    }
    if (!expansion_.Charge(BytesOf(*wanted), resource.line)) return;
    Value& own = ObjectAt(resource.value, "Properties");
    const Value* architectures = own.Find("Architectures");
    Value merged = Merged(*wanted, own);
    if (architectures) merged.Set("Architectures", *architectures);
    own = std::move(merged);
  }

  const Value& globals_;
  Expansion& expansion_;
  Problems& problems_;
};

}  // namespace

void MergeGlobals(Value& root, Expansion& expansion, Problems& problems) {
  Value globals = Value::Object();
  if (const Value* given = root.Find("Globals")) globals = *given;
  root.Erase("Globals");
  for (const Member& section : globals.members) {
    if (std::optional<std::string> fault = SectionFault(section)) {
      problems.push_back({section.line, "'Globals' section is invalid. " + *fault});
      return;
    }
  }
  if (!globals.is_object() || (globals.members.empty() && globals.line > 0)) {
    problems.push_back(
        {globals.line, "'Globals' section is invalid. It must be a non-empty dictionary"});
    return;
  }
  Merger merger(globals, expansion, problems);
  for (Member& resource : expansion.resources().members) {
    if (expansion.exhausted()) return;
    if (resource.value.is_object()) merger.Merge(resource);
  }
}

}  // namespace gatehouse::stack::sam
