// What is known of each resource type before anything is made: properties, physical ids, what Ref
// and GetAtt give, which changes replace. Pure.
// Source: CloudFormation user guide, resource reference; docs/aws/cloudformation.md §9.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "aws/resource_type.h"
#include "stack/resource/names.h"
#include "stack/resource/resource.h"

namespace gatehouse::stack {

// Where resources are made.
struct Surroundings {
  std::string region;
  std::string account_id;
  std::string stack_name;
  std::string source_directory;  // local code paths are relative to it; empty: none allowed
  const Names* names = nullptr;
};

// A type as its room describes it, and what a stack does besides.
struct ResourceType : aws::ResourceType {
  // Checks beyond the schema; may complete the properties. May be null. Not asked when one of the
  // properties in `checked`, separated by blanks, is not as it will be.
  void (*check)(Resource& resource, const Surroundings& around, int line,
                Problems& problems) = nullptr;
  std::string_view checked = {};
  // Ref and GetAtt, from physical id and properties. Null: Ref gives the physical id.
  ResourceValues (*values)(const Resource& resource, const Surroundings& around) = nullptr;
  // Without a table (inert_types.h): properties, separated by blanks, whose change replaces.
  std::string_view replacing = {};

  bool HasAttribute(std::string_view attribute) const;
  bool IsUnserved(std::string_view attribute) const;
  bool Replaces(std::string_view property) const;
  bool Checks(std::string_view property) const;
};

// Null: CloudFormation does not know it. Inert types are found, too (inert_types.h).
const ResourceType* FindResourceType(std::string_view name);
// Those with a table, service by service.
const std::vector<ResourceType>& ResourceTypes();

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
std::vector<ResourceType> ApiGatewayTypes();
std::vector<ResourceType> LambdaTypes();
std::vector<ResourceType> LambdaVersionTypes();
std::vector<ResourceType> DynamoDbTypes();
std::vector<ResourceType> IamTypes();
std::vector<ResourceType> EventTypes();
std::vector<ResourceType> SsmTypes();
std::vector<ResourceType> InertTypes();

}  // namespace gatehouse::stack
