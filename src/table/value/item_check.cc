#include "table/value/item_check.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "table/value/definition_check.h"
#include "table/value/item_size.h"
#include "table/value/number.h"
#include "wire/utf8.h"

namespace gatehouse::table {
namespace {

constexpr std::string_view kInvalidValues = "One or more parameter values were invalid: ";

Error Invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

bool HasDuplicates(const std::vector<std::string>& values) {
  std::unordered_set<std::string_view> seen;
  return !std::all_of(values.begin(), values.end(),
                      [&seen](const std::string& value) { return seen.insert(value).second; });
}

// As AWS prints the members: "[a, a]".
std::string Listed(const std::vector<std::string>& values, bool base64) {
  std::string text = "[";
  for (const std::string& value : values) {
    if (text.size() > 1) text += ", ";
    text += base64 ? base::EncodeBase64(value) : value;
  }
  return text + "]";
}

Result<void> Canonicalise(std::string& text) {
  Result<Decimal> number = Decimal::Parse(text);
  if (!number) return number.error();
  text = number->ToString();
  return {};
}

Result<void> CheckValue(AttributeValue& value, int level);

Result<void> CheckNames(Item& map, int level) {
  for (auto& [name, value] : map) {
    if (name.empty()) return InvalidValues("Attribute name must not be empty");  // TODO(aws): text
    if (name.size() > kAttributeNameBytesMax) {
      return InvalidValues("Attribute name is too large, must be less than 65536 bytes");
    }
    if (!wire::IsUtf8(name)) return InvalidValues("Attribute names must be UTF-8");
    if (auto checked = CheckValue(value, level); !checked) return checked;
  }
  return {};
}

Result<void> Check(Null&, int) { return {}; }
Result<void> Check(bool&, int) { return {}; }
// On the wire JSON makes sure of this; callers in the process may pass any bytes.
Result<void> Check(std::string& text, int) {
  if (!wire::IsUtf8(text)) return InvalidValues("A string must be UTF-8");
  return {};
}
Result<void> Check(Binary&, int) { return {}; }
Result<void> Check(Number& number, int) { return Canonicalise(number.text); }

Result<void> Check(StringSet& set, int level) {
  if (set.values.empty()) return InvalidValues("An string set  may not be empty");
  for (std::string& text : set.values) {
    if (auto checked = Check(text, level); !checked) return checked;
  }
  if (!HasDuplicates(set.values)) return {};
  return InvalidValues("Input collection " + Listed(set.values, false) + " contains duplicates.");
}

Result<void> Check(NumberSet& set, int) {
  if (set.values.empty()) return InvalidValues("An number set  may not be empty");
  for (std::string& text : set.values) {
    if (auto checked = Canonicalise(text); !checked) return checked;
  }
  if (!HasDuplicates(set.values)) return {};
  return Invalid("Input collection contains duplicates");
}

Result<void> Check(BinarySet& set, int) {
  if (set.values.empty()) return InvalidValues("Binary sets should not be empty");
  if (!HasDuplicates(set.values)) return {};
  return InvalidValues("Input collection " + Listed(set.values, true) +
                       "of type BS contains duplicates.");
}

Result<void> Check(AttributeValue::List& list, int level) {
  for (AttributeValue& element : list) {
    if (auto checked = CheckValue(element, level + 1); !checked) return checked;
  }
  return {};
}

Result<void> Check(Item& map, int level) { return CheckNames(map, level + 1); }

Result<void> CheckValue(AttributeValue& value, int level) {
  if (level > kNestingLevelsMax) {
    return Invalid(
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
        "beyond supported limit");
  }
  return std::visit([level](auto& held) { return Check(held, level); }, value.value());
}

bool HasType(const AttributeValue& value, ScalarType type) {
  return TypeName(value) == ToString(type);
}

// The bytes of an S or B; nothing for a number, whose size needs no check.
std::optional<std::size_t> BytesOf(const AttributeValue& value) {
  if (const auto* text = value.get_if<std::string>()) return text->size();
  if (const auto* binary = value.get_if<Binary>()) return binary->bytes.size();
  return std::nullopt;
}

// `empty_prefix` is AWS's sentence before its word on empty keys, which differs by operation.
Result<void> CheckKeyBytes(const KeyAttribute& attribute, const AttributeValue& value,
                           bool partition, std::string_view empty_prefix) {
  std::optional<std::size_t> bytes = BytesOf(value);
  if (!bytes) return {};
  if (*bytes == 0) {
    std::string_view kind = attribute.type == ScalarType::kString ? "string" : "binary";
    return Invalid(std::string(empty_prefix) +
                   "The AttributeValue for a key attribute cannot contain an empty " +
                   std::string(kind) + " value. Key: " + attribute.name);
  }
  if (partition && *bytes > kPartitionKeyBytesMax) {
    return InvalidValues("Size of hashkey has exceeded the maximum size limit of2048 bytes");
  }
  if (!partition && *bytes > kSortKeyBytesMax) {
    return InvalidValues(
        "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
  }
  return {};
}

Result<void> CheckItemKeyAttribute(const KeyAttribute& attribute, const Item& item,
                                   bool partition) {
  auto found = item.find(attribute.name);
  if (found == item.end()) {
    return InvalidValues("Missing the key " + attribute.name + " in the item");
  }
  if (!HasType(found->second, attribute.type)) {
    return InvalidValues("Type mismatch for key " + attribute.name +
                         " expected: " + std::string(ToString(attribute.type)) +
                         " actual: " + std::string(TypeName(found->second)));
  }
  return CheckKeyBytes(attribute, found->second, partition,
                       "One or more parameter values are not valid. ");
}

bool HasKeyAttribute(const KeyAttribute& attribute, const Item& key) {
  auto found = key.find(attribute.name);
  return found != key.end() && HasType(found->second, attribute.type);
}

}  // namespace

Result<void> CheckValues(Item& item) { return CheckNames(item, 1); }

Result<void> CheckItemSize(const Item& item) {
  if (ItemSize(item) <= kItemSizeMax) return {};
  return Invalid("Item size has exceeded the maximum allowed size");
}

Result<void> CheckItemKey(const PrimaryKey& primary_key, const Item& item) {
  auto checked = CheckItemKeyAttribute(primary_key.partition, item, true);
  if (!checked || !primary_key.sort) return checked;
  return CheckItemKeyAttribute(*primary_key.sort, item, false);
}

Result<void> CheckKey(const PrimaryKey& primary_key, const Item& key) {
  bool matches = key.size() == primary_key.size() && HasKeyAttribute(primary_key.partition, key) &&
                 (!primary_key.sort || HasKeyAttribute(*primary_key.sort, key));
  if (!matches) return Invalid("The provided key element does not match the schema");
  auto checked = CheckKeyBytes(primary_key.partition, key.find(primary_key.partition.name)->second,
                               true, kInvalidValues);
  if (!checked || !primary_key.sort) return checked;
  return CheckKeyBytes(*primary_key.sort, key.find(primary_key.sort->name)->second, false,
                       kInvalidValues);
}

}  // namespace gatehouse::table
