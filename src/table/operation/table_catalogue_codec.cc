#include "table/operation/table_catalogue_codec.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

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
  bool Has(std::string_view name) const { return item_.contains(name); }
  std::vector<std::string> Texts(std::string_view name) {
    std::vector<std::string> texts;
    for (const AttributeValue& element : Required<AttributeValue::List>(name)) {
      const auto* text = element.get_if<std::string>();
      if (text) texts.push_back(*text);
      if (!text) ok_ = false;
    }
    return texts;
  }
  void Spoil() { ok_ = false; }
  bool ok() const { return ok_; }

 private:
  const Item& item_;
  bool ok_ = true;
};

Number Integer(std::int64_t value) { return {std::to_string(value)}; }

std::string Text(std::string_view text) { return std::string(text); }

std::vector<KeySchemaElement> ReadKeySchemaOf(Reader& reader) {
  std::vector<KeySchemaElement> keys;
  reader.Maps("KeySchema", [&](Reader& element) {
    keys.push_back({element.Required<std::string>("AttributeName"),
                    element.OneOf("KeyType", {KeyType::kHash, KeyType::kRange})});
  });
  return keys;
}

std::optional<ProvisionedThroughput> ReadThroughputOf(Reader& reader) {
  const Item* throughput = reader.Optional<Item>("ProvisionedThroughput");
  if (!throughput) return std::nullopt;
  Reader units(*throughput);
  ProvisionedThroughput read{units.Integer("ReadCapacityUnits"),
                             units.Integer("WriteCapacityUnits")};
  if (!units.ok()) reader.Spoil();
  return read;
}

void ReadIndexes(Reader& reader, TableDefinition& definition,
                 std::vector<store::KeyspaceId>& keyspaces) {
  if (!reader.Has("Indexes")) return;
  reader.Maps("Indexes", [&](Reader& row) {
    IndexDefinition index;
    index.name = row.Required<std::string>("IndexName");
    index.global = row.Required<bool>("Global");
    index.key_schema = ReadKeySchemaOf(row);
    index.projection_type =
        row.OneOf("ProjectionType",
                  {ProjectionType::kKeysOnly, ProjectionType::kInclude, ProjectionType::kAll});
    index.non_key_attributes = row.Texts("NonKeyAttributes");
    index.provisioned_throughput = ReadThroughputOf(row);
    index.backfilling = row.Required<bool>("Backfilling");
    keyspaces.push_back(store::KeyspaceId{row.Integer("Keyspace")});
    definition.indexes.push_back(std::move(index));
  });
}

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
  definition.key_schema = ReadKeySchemaOf(reader);
  definition.provisioned_throughput = ReadThroughputOf(reader);
  return definition;
}

AttributeValue::List KeySchemaRow(const std::vector<KeySchemaElement>& key_schema) {
  AttributeValue::List keys;
  for (const KeySchemaElement& element : key_schema) {
    keys.push_back(Item{{"AttributeName", element.attribute_name},
                        {"KeyType", Text(ToString(element.key_type))}});
  }
  return keys;
}

Item ThroughputRow(const ProvisionedThroughput& throughput) {
  return {{"ReadCapacityUnits", Integer(throughput.read_capacity_units)},
          {"WriteCapacityUnits", Integer(throughput.write_capacity_units)}};
}

AttributeValue::List IndexRows(const TableEntry& entry) {
  AttributeValue::List rows;
  for (std::size_t i = 0; i < entry.indexes.size(); ++i) {
    const IndexDefinition& index = entry.definition.indexes[i];
    AttributeValue::List non_keys(index.non_key_attributes.begin(), index.non_key_attributes.end());
    Item row{{"IndexName", index.name},
             {"Global", index.global},
             {"KeySchema", KeySchemaRow(index.key_schema)},
             {"ProjectionType", Text(ToString(*index.projection_type))},
             {"NonKeyAttributes", std::move(non_keys)},
             {"Backfilling", index.backfilling},
             {"Keyspace", Integer(static_cast<std::int64_t>(entry.indexes[i].keyspace))}};
    if (index.provisioned_throughput) {
      row["ProvisionedThroughput"] = ThroughputRow(*index.provisioned_throughput);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

std::string EncodeTableEntry(const TableEntry& entry) {
  const TableDefinition& definition = entry.definition;
  AttributeValue::List attributes;
  for (const AttributeDefinition& attribute : definition.attribute_definitions) {
    attributes.push_back(
        Item{{"AttributeName", attribute.name}, {"AttributeType", Text(ToString(attribute.type))}});
  }
  Item item{{"FormatVersion", Integer(kCatalogueFormatVersion)},
            {"Keyspace", Integer(static_cast<std::int64_t>(entry.keyspace))},
            {"TableName", definition.name},
            {"TableId", definition.table_id},
            {"CreationTimeMs", Integer(definition.creation_time.count())},
            {"AttributeDefinitions", std::move(attributes)},
            {"KeySchema", KeySchemaRow(definition.key_schema)},
            {"BillingMode", Text(ToString(definition.billing_mode))},
            {"DeletionProtectionEnabled", definition.deletion_protection_enabled}};
  if (definition.provisioned_throughput) {
    item["ProvisionedThroughput"] = ThroughputRow(*definition.provisioned_throughput);
  }
  if (!entry.indexes.empty()) item["Indexes"] = IndexRows(entry);
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
  std::vector<store::KeyspaceId> index_keyspaces;
  ReadIndexes(reader, definition, index_keyspaces);
  store::KeyspaceId keyspace{reader.Integer("Keyspace")};
  std::string damaged = "the catalogue row of table " + definition.name + " is damaged";
  if (!reader.ok()) return Error{ErrorCode::kIo, std::move(damaged)};
  auto entry = MakeTableEntry(std::move(definition), keyspace, index_keyspaces);
  if (!entry) return Error{ErrorCode::kIo, damaged + ": " + entry.error().message};
  return entry;
}

bool IsOlderFormat(std::string_view bytes) {
  Result<Item> item = DecodeItem(bytes);
  return item && Reader(*item).Integer("FormatVersion") < kCatalogueFormatVersion;
}

Result<TableEntry> ReadTableEntry(store::View& view, std::string_view name) {
  auto keyspace = view.FindKeyspace(kCatalogueKeyspaceName);
  if (!keyspace) return keyspace.error();
  std::optional<std::string> row;
  if (*keyspace) {
    auto found = view.Get(**keyspace, name);
    if (!found) return found.error();
    row = *std::move(found);
  }
  if (row) return DecodeTableEntry(*row);
  return Error{ErrorCode::kNotFound,
               "Requested resource not found: Table: " + std::string(name) + " not found"};
}

}  // namespace gatehouse::table
