#include "function/define/function_properties.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

#include <boost/json.hpp>

#include "function/define/definition_check.h"

namespace gatehouse::function {
namespace {

namespace bj = boost::json;
using aws::Boolean;
using aws::Integer;
using aws::Json;
using aws::Object;
using aws::ObjectList;
using aws::Property;
using aws::Text;
using aws::TextList;
using aws::TextMap;
using Definition = FunctionDefinition;
using Texts = FunctionProperty::Texts;

constexpr std::string_view kVariables = "Variables";
constexpr Property kEnvironment[] = {TextMap(kVariables)};
constexpr Property kTag[] = {Text("Key").Required(), Text("Value")};

constexpr FunctionProperty kFunction[] = {
    {Text("FunctionName", 1, kNameCharactersMax).Replaces()},
    {Text("Runtime"), &Definition::runtime, "runtime", FunctionProperty::kIfGiven},
    {Text("Handler", 0, kHandlerCharactersMax), &Definition::handler, "handler",
     FunctionProperty::kAlways},
    {Json("Code").Required(), &Definition::code, "code"},
    {Text("Role").Required(), &Definition::role, "role", FunctionProperty::kAlways},
    {Text("Description", 0, kDescriptionCharactersMax), &Definition::description, "description",
     FunctionProperty::kAlways},
    {Integer("Timeout", kTimeoutSecondsMin, kTimeoutSecondsMax).Default("3"), &Definition::timeout,
     "timeoutSeconds", FunctionProperty::kAlways},
    {Integer("MemorySize", kMemoryMbMin, kMemoryMbMax).Default("128"), &Definition::memory_mb,
     "memoryMb", FunctionProperty::kAlways},
    {Object("Environment", kEnvironment), &Definition::environment, "environment",
     FunctionProperty::kIfGiven},
    {Integer("ReservedConcurrentExecutions").InTemplates(), &Definition::reserved_concurrency,
     "reservedConcurrency"},
    {ObjectList("Tags", kTag), &Definition::tags, "tags"},
    {Text("PackageType")},
    {TextList("Architectures").Kept()},
    {Json("TracingConfig").Kept()},
    {Json("EphemeralStorage").Kept()},
    {Json("LoggingConfig").Kept()},
    {Json("SnapStart").Kept()},
    {Text("KmsKeyArn").Kept()},
    {Json("VpcConfig").Inert()},
    {Json("RuntimeManagementConfig").Kept()},
    {Text("CodeSigningConfigArn").Kept()},
    {Text("RecursiveLoop").Kept()},
    {Json("DeadLetterConfig").Inert()},
    {TextList("Layers").Inert()},
    {Json("ImageConfig").Refused()},
    {Json("FileSystemConfigs").Refused()},
};

// Every change of one replaces it.
constexpr PermissionProperty kPermission[] = {
    {Text("StatementId").InCalls(), &Permission::statement_id, "statementId"},
    {Text("Action").Required().Replaces(), &Permission::action, "action"},
    {Text("FunctionName").Required().Replaces().InTemplates()},
    {Text("Principal").Required().Replaces(), &Permission::principal, "principal"},
    {Text("SourceArn").Replaces(), &Permission::source_arn, "sourceArn"},
    {Text("SourceAccount").Replaces(), &Permission::source_account, "sourceAccount"},
    {Text("EventSourceToken").Inert().Replaces().InTemplates()},
    {Text("PrincipalOrgID").Inert().Replaces().InTemplates()},
    {Text("FunctionUrlAuthType").Inert().Replaces().InTemplates()},
    {Boolean("InvokedViaFunctionUrl").Inert().Replaces().InTemplates()},
};

constexpr Property kDestination[] = {Text("Destination").Required()};
constexpr Property kDestinations[] = {
    Object("OnSuccess", kDestination),
    Object("OnFailure", kDestination),
};
constexpr Property kEventInvoke[] = {
    Text("FunctionName").Required().Replaces(),
    Text("Qualifier").Required().Replaces(),
    Integer("MaximumRetryAttempts", 0, EventInvokeConfig::kAttemptsMax),
    Integer("MaximumEventAgeInSeconds", EventInvokeConfig::kAgeMin.count(),
            EventInvokeConfig::kAgeMax.count()),
    Object("DestinationConfig", kDestinations),
};

template <class Row, std::size_t kCount>
constexpr std::array<Property, kCount> PropertiesOf(const Row (&rows)[kCount]) {
  std::array<Property, kCount> properties{};
  for (std::size_t i = 0; i < kCount; ++i) properties[i] = rows[i].row;
  return properties;
}
constexpr auto kFunctionRows = PropertiesOf(kFunction);
constexpr auto kPermissionRows = PropertiesOf(kPermission);

// A map of texts: {"A": "1"}, in templates [{"Key": "A", "Value": "1"}]; of the environment,
// {"Variables": …}.
bool TakeTexts(const Property& row, const bj::value& given, Giver giver, Texts& into) {
  const bj::value* value = &given;
  if (row.kind == Property::kObject && row.many == Property::kOne) {
    if (!given.is_object()) return false;
    value = given.get_object().if_contains(kVariables);
    if (!value || value->is_null()) return true;
  }
  into.clear();
  const bj::array* list = giver == Giver::kTemplate ? value->if_array() : nullptr;
  if (list) {
    for (const bj::value& entry : *list) {
      const bj::object* tag = entry.if_object();
      const bj::value* key = tag ? tag->if_contains("Key") : nullptr;
      const bj::value* text = tag ? tag->if_contains("Value") : nullptr;
      if (!key || !key->is_string() || (text && !text->is_string())) return false;
      into[std::string(key->get_string())] = text ? std::string(text->get_string()) : "";
    }
    return true;
  }
  if (!value->is_object()) return false;
  for (const auto& [name, text] : value->get_object()) {
    if (!text.is_string()) return false;
    into.emplace(name, text.get_string());
  }
  return true;
}

bool TakeInteger(const bj::value& given, int& into) {
  const std::int64_t* number = given.if_int64();
  if (!number) return false;
  into = static_cast<int>(std::clamp<std::int64_t>(*number, std::numeric_limits<int>::min(),
                                                   std::numeric_limits<int>::max()));
  return true;
}

// Takes one value into the member that the row names. False: it has the wrong type.
struct Taker {
  const Property& row;
  const bj::value& given;
  Giver giver;
  Definition& into;

  bool operator()(std::monostate) const { return true; }
  bool operator()(CodeSource Definition::*) const { return true; }  // not as properties are
  bool operator()(std::string Definition::*member) const {
    if (!given.is_string()) return false;
    into.*member = given.get_string();
    return true;
  }
  bool operator()(int Definition::*member) const { return TakeInteger(given, into.*member); }
  bool operator()(base::Millis Definition::*member) const {
    int seconds = 0;
    if (!TakeInteger(given, seconds)) return false;
    into.*member = std::chrono::seconds{seconds};
    return true;
  }
  bool operator()(Texts Definition::*member) const {
    return TakeTexts(row, given, giver, into.*member);
  }
};

struct Shower {
  const FunctionProperty& property;
  const Definition& from;
  bj::object& out;

  bool is_always() const { return property.shown == FunctionProperty::kAlways; }
  void operator()(std::monostate) const {}
  void operator()(CodeSource Definition::*) const {}
  void operator()(std::string Definition::*member) const {
    if (is_always() || !(from.*member).empty()) out[property.row.name] = from.*member;
  }
  void operator()(int Definition::*member) const { out[property.row.name] = from.*member; }
  void operator()(base::Millis Definition::*member) const {
    out[property.row.name] = std::chrono::duration_cast<std::chrono::seconds>(from.*member).count();
  }
  void operator()(Texts Definition::*member) const {
    if ((from.*member).empty() && !is_always()) return;
    bj::object texts;
    for (const auto& [name, value] : from.*member) texts[name] = value;
    const bool is_wrapped = property.row.many == Property::kOne;
    out[property.row.name] = is_wrapped ? bj::object{{kVariables, std::move(texts)}} : texts;
  }
};

}  // namespace

std::span<const FunctionProperty> FunctionProperties() { return kFunction; }
std::span<const PermissionProperty> PermissionProperties() { return kPermission; }

const aws::ResourceType& FunctionType() {
  static constexpr aws::ResourceType kType{.name = "AWS::Lambda::Function",
                                           .properties = kFunctionRows,
                                           .name_property = "FunctionName",
                                           .attributes = "Arn",
                                           .source = "docs/aws/cloudformation.md §9"};
  return kType;
}

const aws::ResourceType& PermissionType() {
  static constexpr aws::ResourceType kType{.name = "AWS::Lambda::Permission",
                                           .properties = kPermissionRows,
                                           .id_size = 100,
                                           .attributes = "Id",
                                           .source = "docs/aws/cloudformation.md §9"};
  return kType;
}

const aws::ResourceType& EventInvokeConfigType() {
  static constexpr aws::ResourceType kType{.name = "AWS::Lambda::EventInvokeConfig",
                                           .properties = kEventInvoke,
                                           .id_size = 100,
                                           .source = "docs/aws/cloudformation.md §9"};
  return kType;
}

std::string_view TakeProperties(const bj::object& from, Giver giver, FunctionDefinition& into) {
  std::string_view wrong;
  for (const FunctionProperty& property : kFunction) {
    const bool is_hidden = property.shown == FunctionProperty::kHidden;
    if (giver == Giver::kUpdateFunctionConfiguration && is_hidden) continue;
    if (giver != Giver::kTemplate && property.row.Is(Property::kTemplatesOnly)) continue;
    const bj::value* given = from.if_contains(property.row.name);
    if (!given || given->is_null()) continue;
    if (!std::visit(Taker{property.row, *given, giver, into}, property.member))
      wrong = property.row.name;
  }
  return wrong;
}

void ShowProperties(const FunctionDefinition& definition, bj::object& out) {
  for (const FunctionProperty& property : kFunction) {
    if (property.shown == FunctionProperty::kHidden) continue;
    std::visit(Shower{property, definition, out}, property.member);
  }
}

}  // namespace gatehouse::function
