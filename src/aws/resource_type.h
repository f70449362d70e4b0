// What an AWS resource type has, as a table: one row for each property, which CloudFormation's
// templates and the service's own calls are both read by. The room of a service owns the tables of
// its types; `stack` plans by them, the room's control plane takes calls by them, and
// docs/templates.md is written from them. Plain values, all of them constant; any thread.
//
//   constexpr Property kRoute[] = {
//       Text("ApiId").Required().Replaces().InTemplates(),
//       Text("RouteKey", 1, 1024).Required(),
//       Text("AuthorizationType", 1, 16).OneOf("NONE|AWS_IAM|CUSTOM").Default(R"("NONE")"),
//       TextMap("RequestModels", 1, 128),
//       TextList("AuthorizationScopes", 0, 64).Refused(),
//   };
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace gatehouse::aws {

struct Property {
  enum Kind { kText, kInteger, kNumber, kBoolean, kJson, kObject };
  enum Many { kOne, kList, kMap };  // kMap: by names that are the user's
  // What a template's property does here.
  enum Support {
    kServed,
    kInert,    // taken, without effect, and that is said
    kKept,     // taken, without effect, and not worth saying
    kRefused,  // an error
  };
  enum Flag : unsigned {
    kRequired = 1,         // in templates and calls
    kRequiredByCalls = 2,  // in calls alone
    kReplaces = 4,         // a change in a template makes a new resource
    kImmutable = 8,        // a call cannot change it
    kMerged = 16,          // a call changes the members given; "" or null takes one out
    kTemplatesOnly = 32,
    kCallsOnly = 64,
    kJsonInTemplates = 128,  // templates may write it as JSON, which becomes its text
  };

  std::string_view name;  // "RouteKey", as templates write it
  Kind kind = kText;
  Many many = kOne;
  // Characters of a text, or of each text of a list or map; the value of an integer.
  std::int64_t min = 0;
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  std::span<const Property> members = {};  // kObject
  std::string_view one_of = {};            // "NONE|AWS_IAM": one of these; empty: any
  std::string_view initial = {};           // JSON; empty: absent unless given
  unsigned flags = 0;
  Support support = kServed;
  std::string_view refusal = {};        // kRefused: what a template is told
  std::string_view calls_refusal = {};  // what a call is told, after the name; empty: it may

  constexpr bool Is(Flag flag) const { return (flags & flag) != 0; }

  constexpr Property Required() const { return With(kRequired); }
  constexpr Property RequiredByCalls() const { return With(kRequiredByCalls); }
  constexpr Property Replaces() const { return With(kReplaces); }
  constexpr Property Immutable() const { return With(kImmutable); }
  constexpr Property Merged() const { return With(kMerged); }
  constexpr Property InTemplates() const { return With(kTemplatesOnly); }
  constexpr Property InCalls() const { return With(kCallsOnly); }
  constexpr Property OrJson() const { return With(kJsonInTemplates); }
  constexpr Property OneOf(std::string_view words) const {
    Property changed = *this;
    changed.one_of = words;
    return changed;
  }
  constexpr Property Default(std::string_view json) const {
    Property changed = *this;
    changed.initial = json;
    return changed;
  }
  constexpr Property Inert() const { return Supported(kInert); }
  constexpr Property Kept() const { return Supported(kKept); }
  constexpr Property Refused(std::string_view why = "gatehouse does not support it yet") const {
    Property changed = Supported(kRefused);
    changed.refusal = why;
    return changed;
  }
  constexpr Property RefusedByCalls(std::string_view why) const {
    Property changed = *this;
    changed.calls_refusal = why;
    return changed;
  }

 private:
  constexpr Property With(Flag flag) const {
    Property changed = *this;
    changed.flags |= flag;
    return changed;
  }
  constexpr Property Supported(Support how) const {
    Property changed = *this;
    changed.support = how;
    return changed;
  }
};

// Rows. Bounds are of a text's characters and of an integer's value.
inline constexpr std::int64_t kUnbounded = std::numeric_limits<std::int64_t>::max();

constexpr Property Text(std::string_view name, std::int64_t min = 0,
                        std::int64_t max = kUnbounded) {
  return {.name = name, .kind = Property::kText, .min = min, .max = max};
}
constexpr Property TextList(std::string_view name, std::int64_t min = 0,
                            std::int64_t max = kUnbounded) {
  return {.name = name, .kind = Property::kText, .many = Property::kList, .min = min, .max = max};
}
constexpr Property TextMap(std::string_view name, std::int64_t min = 0,
                           std::int64_t max = kUnbounded) {
  return {.name = name, .kind = Property::kText, .many = Property::kMap, .min = min, .max = max};
}
constexpr Property Integer(std::string_view name,
                           std::int64_t min = std::numeric_limits<std::int64_t>::min(),
                           std::int64_t max = kUnbounded) {
  return {.name = name, .kind = Property::kInteger, .min = min, .max = max};
}
constexpr Property Number(std::string_view name) {
  return {.name = name, .kind = Property::kNumber};
}
constexpr Property Boolean(std::string_view name) {
  return {.name = name, .kind = Property::kBoolean};
}
// Anything.
constexpr Property Json(std::string_view name) { return {.name = name, .kind = Property::kJson}; }
constexpr Property Object(std::string_view name, std::span<const Property> members) {
  return {.name = name, .kind = Property::kObject, .members = members};
}
constexpr Property ObjectList(std::string_view name, std::span<const Property> members) {
  return {.name = name, .kind = Property::kObject, .many = Property::kList, .members = members};
}
constexpr Property ObjectMap(std::string_view name, std::span<const Property> members) {
  return {.name = name, .kind = Property::kObject, .many = Property::kMap, .members = members};
}

struct ResourceType {
  // How a physical id looks that the template does not give.
  enum Id {
    kName,       // STACK-LOGICAL-RANDOM12, at most id_size characters
    kShort,      // id_size characters of a-z0-9
    kLowerName,  // kName in lower case
    kNumber,     // from 1
  };

  std::string_view name = {};  // "AWS::Lambda::Function"
  std::span<const Property> properties = {};
  std::string_view name_property = {};  // gives the physical id; empty: none
  Id id = kName;
  std::size_t id_size = 64;
  std::string_view attributes = {};  // of GetAtt, separated by blanks
  std::string_view unserved = {};    // those that AWS has, too
  bool inert = false;                // accepted, and said to do nothing
  bool iam = false;                  // needs a capability
  std::string_view source = {};      // the page of docs/aws that says so
};

// Null if there is none of that name.
const Property* FindProperty(std::span<const Property> properties, std::string_view name);

// Whether the list, separated by `separator`, has that word.
bool Lists(std::string_view words, std::string_view word, char separator = ' ');

}  // namespace gatehouse::aws
