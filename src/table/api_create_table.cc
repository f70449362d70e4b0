// CreateTable. Done within milliseconds: the answer says CREATING, as AWS's does, yet the table
// can be used at once.
#include <array>
#include <utility>

#include "base/encoding.h"
#include "table/api_body.h"
#include "table/api_call.h"

namespace gatehouse::table {
namespace {

// A random UUID (version 4).
std::string Uuid(base::Random& random) {
  std::array<std::byte, 16> bytes;
  random.Fill(bytes);
  bytes[6] = (bytes[6] & std::byte{0x0f}) | std::byte{0x40};
  bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};
  std::string hex =
      base::EncodeHex(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  for (std::size_t at : {8u, 13u, 18u, 23u}) hex.insert(at, 1, '-');
  return hex;
}

// Calls read(reader) for each object of a list; problems go to the request with their path.
template <class Read>
void ReadList(RequestReader& request, std::string_view name, Read read) {
  const boost::json::array* list = request.Array(name);
  if (!list) {
    if (!request.Has(name)) {
      request.Constraint(std::nullopt, LowerCamel(name), "Member must not be null");
    }
    return;
  }
  std::size_t position = 0;
  for (const boost::json::value& element : *list) {
    std::string path = LowerCamel(name) + "." + std::to_string(++position) + ".member.";
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

void ReadAttributeDefinitions(RequestReader& request, TableDefinition& definition) {
  ReadList(request, "AttributeDefinitions", [&](RequestReader& element, const std::string& path) {
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
  ReadList(request, "KeySchema", [&](RequestReader& element, const std::string& path) {
    std::optional<std::string> name = element.String("AttributeName");
    std::optional<std::string> type = element.String("KeyType");
    if (!name) request.Constraint(name, path + "attributeName", "Member must not be null");
    if (!type) request.Constraint(type, path + "keyType", "Member must not be null");
    if (type && type != "HASH" && type != "RANGE") {
      request.Constraint(type, path + "keyType",
                         "Member must satisfy enum value set: [HASH, RANGE]");
    }
    definition.key_schema.push_back(
        {name.value_or(""), type == "RANGE" ? KeyType::kRange : KeyType::kHash});
  });
}

void ReadBilling(RequestReader& request, TableDefinition& definition) {
  std::string mode =
      request.OneOf("BillingMode", "PROVISIONED", {"PROVISIONED", "PAY_PER_REQUEST"});
  if (mode == "PAY_PER_REQUEST") definition.billing_mode = BillingMode::kPayPerRequest;
  const boost::json::object* throughput = request.Object("ProvisionedThroughput");
  if (!throughput) return;
  RequestReader units(*throughput);
  std::optional<std::int64_t> read = units.Integer("ReadCapacityUnits");
  std::optional<std::int64_t> write = units.Integer("WriteCapacityUnits");
  if (!units.problems().serialization.empty()) {
    request.problems().Serialization(units.problems().serialization);
  }
  definition.provisioned_throughput = {read.value_or(0), write.value_or(0)};
}

// TODO(aws): indexes and streams. A table that silently lacks them would be worse than an error.
void RefuseWhatIsMissing(RequestReader& request) {
  for (std::string_view name : {"GlobalSecondaryIndexes", "LocalSecondaryIndexes"}) {
    if (!request.Has(name)) continue;
    request.problems().Validation("gatehouse does not support " + std::string(name) + " yet");
  }
}

}  // namespace

void CreateTable(ApiCall call) {
  RequestReader& request = call.request();
  TableDefinition definition;
  definition.name = request.ControlTableName();
  ReadAttributeDefinitions(request, definition);
  ReadKeySchema(request, definition);
  ReadBilling(request, definition);
  definition.deletion_protection_enabled =
      request.Boolean("DeletionProtectionEnabled").value_or(false);
  RefuseWhatIsMissing(request);
  if (!call.Proceeds()) return;
  definition.table_id = Uuid(call.random());
  definition.creation_time = call.clock().WallNow();
  Tables& tables = call.tables();
  base::Executor& reply_to = call.reply_to();
  tables.CreateTable(std::move(definition), reply_to,
                     [call = std::move(call)](Result<TableDefinition> created) mutable {
                       if (!created) return call.Fail(created.error());
                       BodyWriter body;
                       body.Member("TableDescription") +=
                           DescribeAsJson(*created, call.options(), "CREATING");
                       call.Reply(body.Finish());
                     });
}

}  // namespace gatehouse::table
