#include "table/operation/key_condition.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "table/operation/index_rows.h"
#include "table/value/definition_check.h"
#include "table/value/item_check.h"
#include "table/value/key_codec.h"

namespace gatehouse::table {
namespace {

using KeyOperator = KeyCondition::Operator;

Error KeyError(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

// The first bytes behind every key that begins with these; empty: there are none.
std::string Successor(std::string key) {
  while (!key.empty() && key.back() == '\xff') key.pop_back();
  if (!key.empty()) key.back() = static_cast<char>(static_cast<unsigned char>(key.back()) + 1);
  return key;
}

const KeyCondition* FindCondition(const KeyConditions& conditions, const std::string& attribute) {
  for (const KeyCondition& condition : conditions) {
    if (condition.attribute == attribute) return &condition;
  }
  return nullptr;
}

Result<void> CheckKeyValue(const KeyAttribute& attribute, const AttributeValue& value,
                           std::size_t bytes_max) {
  if (TypeName(value) != ToString(attribute.type)) {
    return InvalidValues("Condition parameter type does not match schema type");
  }
  const auto* text = value.get_if<std::string>();
  const auto* binary = value.get_if<Binary>();
  if (!text && !binary) return {};
  std::size_t bytes = text ? text->size() : binary->bytes.size();
  if (bytes == 0) {
    return KeyError(
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
        "contain an empty " +
        std::string(text ? "string" : "binary") + " value. Key: " + attribute.name);
  }
  if (bytes <= bytes_max) return {};
  return InvalidValues(
      bytes_max == kPartitionKeyBytesMax
          ? "Size of hashkey has exceeded the maximum size limit of2048 bytes"
          : "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
}

// The bounds that one sort key condition sets behind the keys before it.
Result<void> Bound(const std::string& before, const KeyCondition& condition,
                   store::ScanRange& range) {
  std::string at = before;
  if (condition.op == KeyOperator::kBeginsWith) {
    const auto* text = condition.value.get_if<std::string>();
    const auto* binary = condition.value.get_if<Binary>();
    if (!text && !binary) return KeyError("Query key condition not supported");
    AppendKeyPrefix(at, text ? *text : binary->bytes);
    range.end = Successor(at);
    range.start = std::move(at);
    return {};
  }
  AppendKeyValue(at, condition.value);
  switch (condition.op) {
    case KeyOperator::kLess:
      range.end = std::move(at);
      return {};
    case KeyOperator::kLessEqual:
      range.end = Successor(std::move(at));
      return {};
    case KeyOperator::kGreater:
      range.start = Successor(std::move(at));
      return {};
    case KeyOperator::kGreaterEqual:
      range.start = std::move(at);
      return {};
    case KeyOperator::kBetween: {
      std::string upper = before;
      AppendKeyValue(upper, condition.upper);
      range.start = std::move(at);
      range.end = Successor(std::move(upper));
      return {};
    }
    default:
      return {};
  }
}

Result<void> CheckSortValues(const KeyAttribute& attribute, const KeyCondition& condition) {
  // What a sort key begins with may be empty.
  bool prefix = condition.op == KeyOperator::kBeginsWith;
  bool empty = condition.value == AttributeValue("") || condition.value == AttributeValue(Binary{});
  if (!(prefix && empty) || TypeName(condition.value) != ToString(attribute.type)) {
    auto checked = CheckKeyValue(attribute, condition.value, kSortKeyBytesMax);
    if (!checked) return checked;
  }
  if (condition.op != KeyOperator::kBetween) return {};
  return CheckKeyValue(attribute, condition.upper, kSortKeyBytesMax);
}

Result<void> BoundSort(const KeyShape& key, const KeyConditions& conditions, KeyRange& within) {
  std::string before = within.partition;
  std::size_t met = key.partition.size();
  bool last = false;  // an inequality, or a gap: no condition may follow
  for (const KeyAttribute& attribute : key.sort) {
    const KeyCondition* condition = FindCondition(conditions, attribute.name);
    if (!condition) {
      if (key.sort.size() == 1 && conditions.size() > met) {
        return KeyError("Query condition missed key schema element: " + attribute.name);
      }
      last = true;
      continue;
    }
    if (last) return KeyError("Query key condition not supported");
    if (auto checked = CheckSortValues(attribute, *condition); !checked) return checked;
    ++met;
    if (condition->op == KeyOperator::kEqual) {
      AppendKeyValue(before, condition->value);
      within.range.start = before;
      within.range.end = Successor(before);
    } else {
      last = true;
      if (auto bound = Bound(before, *condition, within.range); !bound) return bound;
    }
  }
  if (conditions.size() > met) return KeyError("Query key condition not supported");
  return {};
}

Error InvalidStartKey() { return KeyError("The provided starting key is invalid"); }

std::size_t KeyCount(const TableEntry& table, const IndexEntry* index) {
  std::size_t count = table.primary_key.size();
  if (!index) return count;
  for (const auto* attributes : {&index->key.partition, &index->key.sort}) {
    for (const KeyAttribute& attribute : *attributes) {
      count += table.primary_key.Has(attribute.name) ? 0 : 1;
    }
  }
  return count;
}

}  // namespace

Result<KeyRange> KeyRangeOf(const KeyShape& key, const KeyConditions& conditions) {
  KeyRange within;
  within.range.bytes_max = std::numeric_limits<std::size_t>::max();  // item sizes bound a page
  std::vector<const AttributeValue*> values;
  for (const KeyAttribute& attribute : key.partition) {
    const KeyCondition* condition = FindCondition(conditions, attribute.name);
    if (!condition) {
      return KeyError("Query condition missed key schema element: " + attribute.name);
    }
    if (condition->op != KeyOperator::kEqual) return KeyError("Query key condition not supported");
    auto checked = CheckKeyValue(attribute, condition->value, kPartitionKeyBytesMax);
    if (!checked) return checked.error();
    values.push_back(&condition->value);
  }
  AppendPartitionHash(within.partition, values);
  for (const AttributeValue* value : values) AppendKeyValue(within.partition, *value);
  within.range.start = within.partition;
  within.range.end = Successor(within.partition);
  if (auto bound = BoundSort(key, conditions, within); !bound) return bound.error();
  return within;
}

Result<std::string> StartRowKey(const TableEntry& table, const IndexEntry* index, Item& start_key) {
  auto invalid = [](const Error& error) {
    return KeyError("The provided starting key is invalid: " + error.message);
  };
  if (auto checked = CheckValues(start_key); !checked) return invalid(checked.error());
  Item primary;
  for (const auto& [name, value] : start_key) {
    if (!index || table.primary_key.Has(name)) primary[name] = value;
  }
  auto checked = CheckKey(table.primary_key, primary);
  if (!checked) return invalid(checked.error());
  std::string row_key = RowKeyOf(table.primary_key, primary);
  if (!index) return row_key;
  if (start_key.size() != KeyCount(table, index)) return InvalidStartKey();
  auto index_key = IndexRowKey(*index, start_key, row_key);
  if (!index_key) return InvalidStartKey();
  return *std::move(index_key);
}

Result<void> StartBehind(const TableEntry& table, const IndexEntry* index, Item& start_key,
                         KeyRange& within) {
  Result<std::string> row_key = StartRowKey(table, index, start_key);
  if (!row_key) return row_key.error();
  store::ScanRange& range = within.range;
  if (!row_key->starts_with(within.partition)) {
    return KeyError(
        "The provided starting key is outside query boundaries based on provided conditions");
  }
  if (*row_key < range.start || (!range.end.empty() && *row_key >= range.end)) {
    return KeyError("The provided starting key does not match the range key predicate");
  }
  if (range.backward) {
    range.end = *std::move(row_key);
  } else {
    range.start = *std::move(row_key);
    range.start_exclusive = true;
  }
  return {};
}

}  // namespace gatehouse::table
