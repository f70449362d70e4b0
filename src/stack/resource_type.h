// What is known of each resource type before anything is made: properties, physical ids, what Ref
// and GetAtt give, which changes replace. Pure.
// Source: CloudFormation user guide, resource reference; docs/aws/cloudformation.md §9.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "stack/names.h"
#include "stack/resource.h"
#include "stack/schema.h"

namespace gatehouse::stack {

// Where resources are made.
struct Surroundings {
  std::string region;
  std::string account_id;
  std::string stack_name;
  std::string source_directory;  // local code paths are relative to it; empty: none allowed
  const Names* names = nullptr;
};

struct ResourceType {
  // How a physical id looks that the template does not give.
  enum Id {
    kName,       // STACK-LOGICAL-RANDOM12, at most id_size characters
    kShort,      // id_size characters of a-z0-9
    kLowerName,  // kName in lower case
    kNumber,     // from 1
  };

  std::string_view name = {};    // "AWS::Lambda::Function"
  std::string_view schema = {};  // see schema.h
  std::string_view replacing =
      {};  // properties, separated by blanks, whose change replaces; "*": all
  std::string_view name_property = {};  // gives the physical id; empty: none
  Id id = kName;
  std::size_t id_size = 64;
  std::string_view attributes = {};  // of GetAtt, separated by blanks
  std::string_view unserved = {};    // those that AWS has, too
  bool inert = false;                // accepted, and said to do nothing
  bool iam = false;                  // needs a capability

  // Checks beyond the schema; may complete the properties. May be null. Not asked when one of the
  // properties in `checked`, separated by blanks, is not as it will be.
  void (*check)(Resource& resource, const Surroundings& around, int line,
                Problems& problems) = nullptr;
  std::string_view checked = {};
  // Ref and GetAtt, from physical id and properties. Null: Ref gives the physical id.
  ResourceValues (*values)(const Resource& resource, const Surroundings& around) = nullptr;

  bool HasAttribute(std::string_view attribute) const;
  bool IsUnserved(std::string_view attribute) const;
  bool Replaces(std::string_view property) const;
  bool Checks(std::string_view property) const;
};

// Null: CloudFormation does not know it. Inert types are found, too (inert_types.h).
const ResourceType* FindResourceType(std::string_view name);
const Schema& SchemaOf(const ResourceType& type);

// A physical id for a resource whose properties are resolved. attempt: 0, or more when the ids
// before are taken.
std::string PhysicalId(const ResourceType& type, const Resource& resource,
                       const Surroundings& around, int attempt);
ResourceValues ValuesOf(const ResourceType& type, const Resource& resource,
                        const Surroundings& around);

// STACK-LOGICAL-RANDOM, cut to the limit, the stack's part first.
std::string CutName(std::string_view stack, std::string_view logical_id, std::string_view random,
                    std::size_t size_max);

// The rows, by service.
std::span<const ResourceType> ApiGatewayTypes();
std::span<const ResourceType> LambdaTypes();
std::span<const ResourceType> LambdaVersionTypes();
std::span<const ResourceType> DynamoDbTypes();
std::span<const ResourceType> IamTypes();
std::span<const ResourceType> EventTypes();
std::span<const ResourceType> SsmTypes();
std::span<const ResourceType> InertTypes();

}  // namespace gatehouse::stack
