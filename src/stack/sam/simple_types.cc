#include "stack/sam/simple_types.h"

#include <algorithm>
#include <cctype>

#include "stack/sam/function.h"
#include "stack/sam/logical_id.h"

namespace gatehouse::stack::sam {
namespace {

// What a layer's logical id is a hash of: the resource as it stands in the template.
Value LayerContent(const Source& source, const Value& properties) {
  Value resource = Object({{"Type", Text("AWS::Serverless::LayerVersion")}});
  if (const Value* depends = source.body.Find("DependsOn"); !IsEmpty(depends)) {
    resource.Set("DependsOn", *depends);
  }
  SetIfAny(resource, "UpdatePolicy", source.body.Find("UpdatePolicy"));
  SetIfAny(resource, "Condition", source.body.Find("Condition"));
  resource.Set("Properties", properties);
  Value content = Value::Object();
  content.Set(source.id, std::move(resource));
  return content;
}

bool SameWord(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

// DeletionPolicy of a layer: RetentionPolicy, else the resource's own, else Retain.
Value Retention(const Source& source, const Value& properties, Expansion& expansion) {
  if (const Value* given = properties.Find("RetentionPolicy")) {
    for (const char* option : {"Retain", "Delete"}) {
      if (given->is_string() && SameWord(given->text, option)) return Text(option);
    }
    expansion.Fail(source,
                   "'RetentionPolicy' must be one of the following options: ['Retain', 'Delete'].");
  }
  const Value* own = source.body.Find("DeletionPolicy");
  return own ? *own : Text("Retain");
}

}  // namespace

void ExpandSimpleTable(const Source& source, Expansion& expansion) {
  Value key_name = Text("id");
  std::string_view type = "S";
  if (const Value* key = source.FindFilled("PrimaryKey")) {
    const std::string given = key->Text("Type");
    type = given == "String" ? "S" : given == "Number" ? "N" : given == "Binary" ? "B" : "";
    if (!key->Find("Name")) {
      return expansion.Fail(source, "Property 'PrimaryKey.Name' is required.");
    }
    if (type.empty()) return expansion.Fail(source, "Invalid 'Type' \"" + given + "\".");
    key_name = *key->Find("Name");
  }
  MadeList made;
  Made& table = made.emplace_back(source.id, "AWS::DynamoDB::Table");
  PassAllAttributes(source.body, table.body);
  table.Set("AttributeDefinitions",
            List({Object({{"AttributeName", key_name}, {"AttributeType", Text(type)}})}));
  table.Set("KeySchema", List({Object({{"AttributeName", key_name}, {"KeyType", Text("HASH")}})}));
  for (const char* passed : {"PointInTimeRecoverySpecification", "ProvisionedThroughput",
                             "SSESpecification", "TableName"}) {
    table.Set(passed, source.FindFilled(passed));
  }
  if (!source.FindFilled("ProvisionedThroughput")) {
    table.Set("BillingMode", Text("PAY_PER_REQUEST"));
  }
  if (const Value* tags = source.FindFilled("Tags")) table.Set("Tags", TagList(*tags));
  expansion.Emit(source, std::move(made));
}

void ExpandLayerVersion(const Source& source, Expansion& expansion) {
  const Value* given = source.body.Find("Properties");
  Value properties = given && given->is_object() ? *given : Value::Object();
  for (const char* name : {"LayerName", "LicenseInfo", "Description", "RetentionPolicy"}) {
    if (Value* one = properties.Find(name)) *one = expansion.Resolved(*one);
  }
  Source resolved = source;
  resolved.body.Set("Properties", properties);
  const Value content = CodeLocation(resolved, "ContentUri", expansion);
  MadeList made;
  Made& layer = made.emplace_back(HashedId(source.id, LayerContent(source, properties)),
                                  "AWS::Lambda::LayerVersion");
  PassAttributes(source.body, layer.body);
  SetIfAny(layer.body, "DependsOn", source.body.Find("DependsOn"));
  layer.body.Set("DeletionPolicy", Retention(source, properties, expansion));
  const Value* name = properties.Find("LayerName");
  layer.Set("LayerName", IsEmpty(name) ? Text(source.id) : *name);
  layer.Set("Content", content);
  for (const char* passed :
       {"Description", "CompatibleArchitectures", "CompatibleRuntimes", "LicenseInfo"}) {
    layer.Set(passed, properties.Find(passed));
  }
  expansion.Rename(source.id, layer.id);
  expansion.Emit(source, std::move(made));
}

void ExpandApplication(const Source& source, Expansion& expansion) {
  const Value* location = source.Find("Location");
  if (!location) return expansion.Fail(source, "Missing required property 'Location'.");
  MadeList made;
  Made& stack = made.emplace_back(source.id, "AWS::CloudFormation::Stack");
  PassAttributes(source.body, stack.body);
  SetIfAny(stack.body, "DependsOn", source.body.Find("DependsOn"));
  for (const char* passed : {"Parameters", "NotificationARNs", "TimeoutInMinutes"}) {
    stack.Set(passed, source.Find(passed));
  }
  Value tags = SamTags(source, expansion);
  if (location->is_object()) {
    std::vector<Value> of_application;
    const std::pair<const char*, const char*> kNames[] = {
        {"ApplicationId", "serverlessrepo:applicationId"},
        {"SemanticVersion", "serverlessrepo:semanticVersion"}};
    for (const auto& [name, tag] : kNames) {
      if (const Value* one = location->Find(name)) {
        of_application.push_back(Object({{"Key", Text(tag)}, {"Value", *one}}));
      }
    }
    tags.items.insert(tags.items.begin() + 1, of_application.begin(), of_application.end());
    stack.Set("TemplateURL", Text(""));
  } else {
    stack.Set("TemplateURL", *location);
  }
  stack.Set("Tags", std::move(tags));
  expansion.Emit(source, std::move(made));
}

}  // namespace gatehouse::stack::sam
