#include "table/wire/dynamodb_api_definition.h"

#include <algorithm>
#include <array>
#include <utility>

namespace gatehouse::table {
namespace {

constexpr std::size_t kIndexNameBytesMin = 3;
constexpr std::size_t kIndexNameBytesMax = 255;
constexpr std::array kProjectionTypes = {ProjectionType::kAll, ProjectionType::kInclude,
                                         ProjectionType::kKeysOnly};

bool IsIndexNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

// Calls read(reader, path) for each object of a list of `holder`, whose own path is given; problems
// go to the request.
template <class Read>
void ReadList(RequestReader& request, RequestReader& holder, const std::string& holder_path,
              std::string_view name, Read read) {
  std::string list_path = holder_path + LowerCamel(name);
  const boost::json::array* list = holder.Array(name);
  if (!list) {
    if (!holder.Has(name)) request.Constraint(std::nullopt, list_path, "Member must not be null");
    return;
  }
  std::size_t position = 0;
  for (const boost::json::value& element : *list) {
    std::string path = list_path + "." + std::to_string(++position) + ".member.";
    if (const auto* object = element.if_object()) {
      RequestReader reader(*object);
      read(reader, path);
      if (reader.problems().any()) {
        request.problems().Serialization(reader.problems().serialization);
      }
    } else {
      request.problems().Serialization(CannotConvert(element, "Map"));
    }
  }
}

// The KeySchema of `holder`, which is the request or an index within it.
std::vector<KeySchemaElement> ReadKeys(RequestReader& request, RequestReader& holder,
                                       const std::string& holder_path) {
  std::vector<KeySchemaElement> keys;
  ReadList(
      request, holder, holder_path, "KeySchema",
      [&](RequestReader& element, const std::string& path) {
        std::optional<std::string> name = element.String("AttributeName");
        std::optional<std::string> type = element.String("KeyType");
        if (!name) request.Constraint(name, path + "attributeName", "Member must not be null");
        if (!type) request.Constraint(type, path + "keyType", "Member must not be null");
        if (type && type != "HASH" && type != "RANGE") {
          request.Constraint(type, path + "keyType",
                             "Member must satisfy enum value set: [HASH, RANGE]");
        }
        keys.push_back({name.value_or(""), type == "RANGE" ? KeyType::kRange : KeyType::kHash});
      });
  return keys;
}

// Name and pattern as the service model has them.
void CheckIndexName(RequestReader& request, const std::optional<std::string>& name,
                    const std::string& path) {
  if (!name) return request.Constraint(name, path, "Member must not be null");
  if (!std::all_of(name->begin(), name->end(), IsIndexNameByte)) {
    request.Constraint(name, path,
                       "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
  }
  if (name->size() < kIndexNameBytesMin) {
    request.Constraint(name, path, "Member must have length greater than or equal to 3");
  }
  if (name->size() > kIndexNameBytesMax) {
    request.Constraint(name, path, "Member must have length less than or equal to 255");
  }
}

void ReadNonKeyAttributes(RequestReader& request, RequestReader& projection, IndexDefinition& index,
                          const std::string& path) {
  const boost::json::array* names = projection.Array("NonKeyAttributes");
  if (!names) return;
  if (names->empty()) {
    request.Constraint("[]", path + "nonKeyAttributes",
                       "Member must have length greater than or equal to 1");
  }
  for (const boost::json::value& name : *names) {
    const auto* text = name.if_string();
    if (!text) return request.problems().Serialization(CannotConvert(name, "String"));
    index.non_key_attributes.emplace_back(text->data(), text->size());
  }
}

void ReadProjection(RequestReader& request, RequestReader& holder, IndexDefinition& index,
                    const std::string& path) {
  const boost::json::object* object = holder.Object("Projection");
  if (!object) {
    if (!holder.Has("Projection")) {
      request.Constraint(std::nullopt, path + "projection", "Member must not be null");
    }
    return;
  }
  RequestReader projection(*object);
  std::optional<std::string> type = projection.String("ProjectionType");
  for (ProjectionType known : kProjectionTypes) {
    if (type == ToString(known)) index.projection_type = known;
  }
  if (type && !index.projection_type) {
    request.Constraint(type, path + "projection.projectionType",
                       "Member must satisfy enum value set: [ALL, INCLUDE, KEYS_ONLY]");
  }
  ReadNonKeyAttributes(request, projection, index, path + "projection.");
  request.problems().Serialization(projection.problems().serialization);
}

void ReadIndexList(RequestReader& request, std::string_view name, bool global,
                   TableDefinition& definition) {
  const boost::json::array* list = request.Array(name);
  if (!list) return;
  if (list->empty()) {
    request.problems().Validation("One or more parameter values were invalid: List of " +
                                  std::string(name) + " is empty");
  }
  ReadList(request, request, "", name, [&](RequestReader& index, const std::string& path) {
    definition.indexes.push_back(ReadIndex(request, index, path, global));
  });
}

}  // namespace

void ReadAttributeDefinitions(RequestReader& request, TableDefinition& definition) {
  ReadList(request, request, "", "AttributeDefinitions",
           [&](RequestReader& element, const std::string& path) {
             std::optional<std::string> name = element.String("AttributeName");
             std::optional<std::string> type = element.String("AttributeType");
             if (!name) request.Constraint(name, path + "attributeName", "Member must not be null");
             if (!type) request.Constraint(type, path + "attributeType", "Member must not be null");
             AttributeDefinition attribute{name.value_or(""), ScalarType::kString};
             if (type == "N") {
               attribute.type = ScalarType::kNumber;
             } else if (type == "B") {
               attribute.type = ScalarType::kBinary;
             } else if (type && type != "S") {
               request.Constraint(type, path + "attributeType",
                                  "Member must satisfy enum value set: [B, N, S]");
             }
             definition.attribute_definitions.push_back(std::move(attribute));
           });
}

void ReadKeySchema(RequestReader& request, TableDefinition& definition) {
  definition.key_schema = ReadKeys(request, request, "");
}

std::optional<ProvisionedThroughput> ReadThroughput(RequestReader& request) {
  const boost::json::object* throughput = request.Object("ProvisionedThroughput");
  if (!throughput) return std::nullopt;
  RequestReader units(*throughput);
  std::optional<std::int64_t> read = units.Integer("ReadCapacityUnits");
  std::optional<std::int64_t> write = units.Integer("WriteCapacityUnits");
  if (!units.problems().serialization.empty()) {
    request.problems().Serialization(units.problems().serialization);
  }
  return ProvisionedThroughput{read.value_or(0), write.value_or(0)};
}

void ReadBilling(RequestReader& request, TableDefinition& definition) {
  std::string mode =
      request.OneOf("BillingMode", "PROVISIONED", {"PROVISIONED", "PAY_PER_REQUEST"});
  if (mode == "PAY_PER_REQUEST") definition.billing_mode = BillingMode::kPayPerRequest;
  definition.provisioned_throughput = ReadThroughput(request);
}

IndexDefinition ReadIndex(RequestReader& request, RequestReader& holder, const std::string& path,
                          bool global) {
  IndexDefinition index;
  index.global = global;
  std::optional<std::string> name = holder.String("IndexName");
  CheckIndexName(request, name, path + "indexName");
  index.name = name.value_or("");
  index.key_schema = ReadKeys(request, holder, path);
  ReadProjection(request, holder, index, path);
  if (global) index.provisioned_throughput = ReadThroughput(holder);
  return index;
}

void ReadIndexes(RequestReader& request, TableDefinition& definition) {
  ReadIndexList(request, "LocalSecondaryIndexes", false, definition);
  ReadIndexList(request, "GlobalSecondaryIndexes", true, definition);
}

void ReadObjects(RequestReader& request, std::string_view name,
                 base::UniqueFunction<void(RequestReader& element, const std::string& path)> read) {
  if (request.Has(name)) ReadList(request, request, "", name, std::move(read));
}

}  // namespace gatehouse::table
