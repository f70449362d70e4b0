#include "table/operation/table_catalogue_codec.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "table/value/item_codec.h"

namespace gatehouse::table {
namespace {

// Members of an item, so that a missing or strange one is noticed once, at the end.
class Reader {
 public:
  explicit Reader(const Item& item) : item_(item) {}

  template <class T>
  const T* Optional(std::string_view name) const {
    auto found = item_.find(name);
    return found == item_.end() ? nullptr : found->second.get_if<T>();
  }
  template <class T>
  T Required(std::string_view name) {
    const T* value = Optional<T>(name);
    if (!value) ok_ = false;
    return value ? *value : T();
  }
  std::int64_t Integer(std::string_view name) {
    std::string text = Required<Number>(name).text;
    std::int64_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) ok_ = false;
    return value;
  }
  // The value whose name stands in the member.
  template <class Enum>
  Enum OneOf(std::string_view name, std::initializer_list<Enum> values) {
    std::string text = Required<std::string>(name);
    for (Enum value : values) {
      if (ToString(value) == text) return value;
    }
    ok_ = false;
    return {};
  }
  // Calls each(reader) for every map of a list.
  template <class Each>
  void Maps(std::string_view name, Each each) {
    for (const AttributeValue& element : Required<AttributeValue::List>(name)) {
      const Item* map = element.get_if<Item>();
      Reader reader(map ? *map : item_);
      if (map) each(reader);
      if (!map || !reader.ok_) ok_ = false;
    }
  }
  bool ok() const { return ok_; }

 private:
  const Item& item_;
  bool ok_ = true;
};

Number Integer(std::int64_t value) { return {std::to_string(value)}; }

std::string Text(std::string_view text) { return std::string(text); }

TableDefinition ReadDefinition(Reader& reader) {
  TableDefinition definition;
  definition.name = reader.Required<std::string>("TableName");
  definition.table_id = reader.Required<std::string>("TableId");
  definition.creation_time = base::Millis(reader.Integer("CreationTimeMs"));
  definition.billing_mode =
      reader.OneOf("BillingMode", {BillingMode::kProvisioned, BillingMode::kPayPerRequest});
  definition.deletion_protection_enabled = reader.Required<bool>("DeletionProtectionEnabled");
  reader.Maps("AttributeDefinitions", [&](Reader& attribute) {
    definition.attribute_definitions.push_back(
        {attribute.Required<std::string>("AttributeName"),
         attribute.OneOf("AttributeType",
                         {ScalarType::kString, ScalarType::kNumber, ScalarType::kBinary})});
  });
  reader.Maps("KeySchema", [&](Reader& element) {
    definition.key_schema.push_back({element.Required<std::string>("AttributeName"),
                                     element.OneOf("KeyType", {KeyType::kHash, KeyType::kRange})});
  });
  if (const Item* throughput = reader.Optional<Item>("ProvisionedThroughput")) {
    Reader units(*throughput);
    definition.provisioned_throughput = {units.Integer("ReadCapacityUnits"),
                                         units.Integer("WriteCapacityUnits")};
  }
  return definition;
}

}  // namespace

std::string EncodeTableEntry(const TableEntry& entry) {
  const TableDefinition& definition = entry.definition;
  AttributeValue::List attributes;
  for (const AttributeDefinition& attribute : definition.attribute_definitions) {
    attributes.push_back(
        Item{{"AttributeName", attribute.name}, {"AttributeType", Text(ToString(attribute.type))}});
  }
  AttributeValue::List keys;
  for (const KeySchemaElement& element : definition.key_schema) {
    keys.push_back(Item{{"AttributeName", element.attribute_name},
                        {"KeyType", Text(ToString(element.key_type))}});
  }
  Item item{{"FormatVersion", Integer(kCatalogueFormatVersion)},
            {"Keyspace", Integer(static_cast<std::int64_t>(entry.keyspace))},
            {"TableName", definition.name},
            {"TableId", definition.table_id},
            {"CreationTimeMs", Integer(definition.creation_time.count())},
            {"AttributeDefinitions", std::move(attributes)},
            {"KeySchema", std::move(keys)},
            {"BillingMode", Text(ToString(definition.billing_mode))},
            {"DeletionProtectionEnabled", definition.deletion_protection_enabled}};
  if (const auto& throughput = definition.provisioned_throughput) {
    item["ProvisionedThroughput"] =
        Item{{"ReadCapacityUnits", Integer(throughput->read_capacity_units)},
             {"WriteCapacityUnits", Integer(throughput->write_capacity_units)}};
  }
  return EncodeItem(item);
}

Result<TableEntry> DecodeTableEntry(std::string_view bytes) {
  Result<Item> item = DecodeItem(bytes);
  if (!item) return item.error();
  Reader reader(*item);
  std::int64_t version = reader.Integer("FormatVersion");
  if (reader.ok() && version > kCatalogueFormatVersion) {
    return Error{ErrorCode::kUnsupported,
                 "a table was created by a newer gatehouse: its catalogue format is " +
                     std::to_string(version) + ", this one reads up to " +
                     std::to_string(kCatalogueFormatVersion)};
  }
  TableDefinition definition = ReadDefinition(reader);
  store::KeyspaceId keyspace{reader.Integer("Keyspace")};
  Result<PrimaryKey> key = CheckDefinition(definition);
  if (!reader.ok() || !key) {
    return Error{ErrorCode::kIo, "the catalogue row of table " + definition.name + " is damaged" +
                                     (key ? std::string() : ": " + key.error().message)};
  }
  return TableEntry{std::move(definition), *std::move(key), keyspace};
}

}  // namespace gatehouse::table
