// The members of a request, read one by one; what is wrong is collected and told at the end, in
// AWS's order. Members nobody reads are ignored; null is absent. Plain values: no thread rules.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "gatehouse/item.h"
#include "table/value/attribute_json.h"

namespace gatehouse::table {

// 32 levels of attribute values are 64 of JSON; what is nested deeper but still parses gets
// DynamoDB's own message.
inline constexpr std::size_t kRequestDepthMax = 128;

class RequestReader {
 public:
  RequestReader() = default;
  explicit RequestReader(boost::json::object body) : owned_(std::move(body)) {}
  // Of an object inside a request, which must outlive this; path names it in constraints:
  // "requestItems.chat.member". Its problems go to the request by Absorb.
  RequestReader(const boost::json::object& inner, std::string path)
      : inner_(&inner), path_(std::move(path)) {}

  // Nothing if the member is absent or has another type, which is a problem then.
  std::optional<std::string> String(std::string_view name);
  std::optional<std::int64_t> Integer(std::string_view name);
  std::optional<bool> Boolean(std::string_view name);
  std::optional<Item> Attributes(std::string_view name);
  const boost::json::object* Object(std::string_view name);
  const boost::json::array* Array(std::string_view name);
  bool Has(std::string_view name) const { return Find(name) != nullptr; }

  // A string that must be one of the values; they are listed in AWS's order in the message.
  std::string OneOf(std::string_view name, std::string_view fallback,
                    std::initializer_list<std::string_view> values);
  // Between bounds, inclusive.
  std::optional<std::int64_t> IntegerWithin(std::string_view name, std::int64_t min,
                                            std::int64_t max);
  // `TableName` of item operations: a name or a table's ARN.
  std::string TableName();
  // `TableName` of operations on tables, likewise; its absence has words of its own.
  std::string ControlTableName();
  // An item or key that must be there.
  Item RequiredAttributes(std::string_view name);

  // "Value 'x' at 'path' failed to satisfy constraint: rule"; an absent value is null.
  void Constraint(const std::optional<std::string>& value, std::string_view path,
                  std::string_view rule);
  RequestProblems& problems() { return problems_; }
  void Absorb(RequestReader& inner);
  const boost::json::object& body() const { return inner_ ? *inner_ : owned_; }
  // A member's path: "requestItems.chat.member.keys".
  std::string PathOf(std::string_view name) const;

 private:
  std::string CheckedTableName(const std::string& given);
  const boost::json::value* Find(std::string_view name) const;  // null: absent

  boost::json::object owned_;
  const boost::json::object* inner_ = nullptr;
  std::string path_;
  RequestProblems problems_;
};

// "TableName" → "tableName"
std::string LowerCamel(std::string_view name);

}  // namespace gatehouse::table
