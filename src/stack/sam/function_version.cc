// AutoPublishAlias: a version whose logical id changes with the code, and the alias to it.
#include <algorithm>

#include "stack/sam/function_parts.h"
#include "stack/sam/logical_id.h"

namespace gatehouse::stack::sam {
namespace {

bool IsAliasName(std::string_view name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
  });
  return plain && name.find_first_not_of("0123456789") != name.npos;
}

// The name in a logical id, which has letters and digits only.
std::string AliasIdPart(std::string_view name) {
  std::string part;
  for (const char c : name) part += c == '-' ? 'D' : c == '_' ? 'U' : c;
  return part;
}

// What a version is made of: a change of it makes a new one.
Value VersionContent(const Source& source, Made& function, const Expansion& expansion) {
  if (!IsEmpty(source.Find("AutoPublishAliasAllProperties"))) {
    Value content = function.properties();
    const Value* layers = source.Find("Layers");
    if (!layers) return content;
    for (const Value& layer : layers->items) {
      const std::string id = LogicalIdOf(layer);
      const Value* resource = expansion.original().Find(id);
      const Value* properties = resource ? resource->Find("Properties") : nullptr;
      if (!properties || IsEmpty(properties->Find("PublishLambdaVersion"))) continue;
      content.Set(id, *properties);
    }
    return content;
  }
  const Value& code = *function.properties().Find("Code");
  Value content = code.is_object() ? code : Object({{"Path", code}});
  if (const Value* environment = source.FindFilled("Environment")) {
    for (const Member& member : environment->members) content.Set(member.name, member.value);
  }
  if (const Value* memory = source.FindFilled("MemorySize")) content.Set("MemorySize", *memory);
  const Value* snap = source.FindFilled("SnapStart");
  const Value* apply = snap ? snap->Find("ApplyOn") : nullptr;
  if (apply && !(apply->is_string() && apply->text == "None")) content.Set("SnapStart", *snap);
  return content;
}

Made MakeVersion(const Source& source, Made& function, const std::string& code_hash,
                 Expansion& expansion) {
  const std::string prefix = source.id + "Version";
  Made version(code_hash.empty() ? HashedId(prefix, VersionContent(source, function, expansion))
                                 : prefix + code_hash.substr(0, 10),
               "AWS::Lambda::Version");
  PassAttributes(source.body, version.body);
  if (!version.body.Find("DeletionPolicy")) {
    const Value* policy = source.Find("VersionDeletionPolicy");
    const bool is_managed = source.Find("CapacityProviderConfig") != nullptr;
    version.body.Set("DeletionPolicy", policy ? *policy : Text(is_managed ? "Delete" : "Retain"));
  }
  version.Set("FunctionName", RefTo(source.id));
  version.Set("Description", source.Find("VersionDescription"));
  if (source.Find("CapacityProviderConfig")) {
    version.Set("FunctionScalingConfig", source.Find("FunctionScalingConfig"));
  }
  return version;
}

// AutoPublishCodeSha256, which also goes into the function's description.
std::string TakeCodeHash(const Source& source, Made& function, Expansion& expansion) {
  const Value* given = source.FindFilled("AutoPublishCodeSha256");
  if (!given) return {};
  const Value hash = expansion.Resolved(*given);
  if (!hash.is_string()) {
    expansion.Fail(source, "AutoPublishCodeSha256 must be a string");
    return {};
  }
  const Value* description = source.FindFilled("Description");
  const Value words = description ? expansion.Resolved(*description) : hash;
  if (!description || words.is_string()) {
    function.Set("Description", Text(description ? words.text + " " + hash.text : hash.text));
  } else {
    function.Set("Description", Object({{"Fn::Join", List({Text(" "), List({words, hash})})}}));
  }
  return hash.text;
}

}  // namespace

std::string MakeVersionAndAlias(const Source& source, MadeList& made, Expansion& expansion) {
  const Value* given = source.FindFilled("AutoPublishAlias");
  if (!given) {
    if (source.Find("ProvisionedConcurrencyConfig")) {
      expansion.Fail(source,
                     "To set ProvisionedConcurrencyConfig AutoPublishALias must be defined on "
                     "the function");
    }
    return {};
  }
  const Value name = expansion.Resolved(*given);
  if (!name.is_string()) {
    expansion.Fail(source, "'AutoPublishAlias' must be a string or a Ref to a template parameter");
    return {};
  }
  if (!IsAliasName(name.text)) {
    expansion.Fail(source, "AutoPublishAlias name ('" + name.text +
                               "') must contain only alphanumeric characters, hyphens, or "
                               "underscores matching (?!^[0-9]+$)([a-zA-Z0-9-_]+) pattern.");
    return {};
  }
  Value& code = *made.front().properties().Find("Code");
  code = expansion.Resolved(code);
  const std::string hash = TakeCodeHash(source, made.front(), expansion);
  Made version = MakeVersion(source, made.front(), hash, expansion);
  Made alias(source.id + "Alias" + AliasIdPart(name.text), "AWS::Lambda::Alias");
  PassAttributes(source.body, alias.body);
  alias.Set("Name", name);
  alias.Set("FunctionName", RefTo(source.id));
  alias.Set("FunctionVersion", GetAtt(version.id, "Version"));
  if (const Value* provisioned = source.FindFilled("ProvisionedConcurrencyConfig")) {
    alias.Set("ProvisionedConcurrencyConfig", *provisioned);
  }
  expansion.Refer(source.id, "Version", version.id);
  expansion.Refer(source.id, "Alias", alias.id);
  std::string id = alias.id;
  made.push_back(std::move(version));
  made.push_back(std::move(alias));
  return id;
}

}  // namespace gatehouse::stack::sam
