// IAM's view of DynamoDB: tables, and the keys by which policies reach into items.
#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <set>

#include <boost/json.hpp>

#include "aws/arn.h"
#include "base/encoding.h"
#include "server/access/access_table.h"
#include "table/value/attribute_json.h"
#include "table/wire/content_encoding.h"
#include "table/wire/dynamodb_api_request.h"

namespace gatehouse::server {
namespace {

namespace bj = boost::json;
using Names = std::set<std::string>;

// As the service itself reads it, so that both see the same.
std::shared_ptr<const bj::object> BodyOf(const wire::ServiceRequest& request) {
  boost::system::error_code error;
  bj::parse_options options;
  options.max_depth = table::kRequestDepthMax;
  std::string_view text = request.body;
  std::string decompressed;
  std::string_view encoding = request.head.Find("Content-Encoding").value_or("");
  if (table::IsCompressed(encoding)) {
    Result<std::string> whole = table::Decompress(encoding, text);
    if (!whole) return nullptr;  // the service refuses it, too
    text = decompressed = *std::move(whole);
  }
  bj::value value = bj::parse(text, error, {}, options);
  if (error || !value.is_object()) return nullptr;
  return std::make_shared<const bj::object>(std::move(value.get_object()));
}

const bj::object* ObjectOf(const bj::object& body, std::string_view name) {
  const bj::value* value = body.if_contains(name);
  return value ? value->if_object() : nullptr;
}

std::string TextOf(const bj::object& body, std::string_view name) {
  const bj::value* value = body.if_contains(name);
  const bj::string* text = value ? value->if_string() : nullptr;
  return text ? std::string(*text) : std::string();
}

bool IsKeyword(std::string word) {
  constexpr std::array kKeywords{"AND", "OR",  "NOT",    "BETWEEN", "IN",
                                 "SET", "ADD", "REMOVE", "DELETE"};
  for (char& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return std::find(kKeywords.begin(), kKeywords.end(), word) != kKeywords.end();
}

bool IsWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// The attributes at the top of the paths in an expression: "SET #a.b = if_not_exists(c, :d)" → #a
// replaced, c. What is no expression is refused by the service.
void AddNames(const bj::object& body, std::string_view member, Names& names) {
  const std::string text = TextOf(body, member);
  const bj::object* replaced = ObjectOf(body, "ExpressionAttributeNames");
  for (std::size_t i = 0; i < text.size();) {
    if (!IsWord(text[i]) && text[i] != '#' && text[i] != ':') {
      ++i;
      continue;
    }
    std::size_t begin = i++;
    while (i < text.size() && IsWord(text[i])) ++i;
    std::string word = text.substr(begin, i - begin);
    bool inside = begin > 0 && (text[begin - 1] == '.' || text[begin - 1] == '[');
    std::size_t next = text.find_first_not_of(' ', i);
    bool calls = next != text.npos && text[next] == '(';
    if (inside || calls || word[0] == ':' || IsKeyword(word)) continue;
    if (word[0] == '#' && replaced) word = TextOf(*replaced, word);
    names.insert(std::move(word));
  }
}

void AddKeysOf(const bj::object& body, std::string_view member, Names& names) {
  if (const bj::object* object = ObjectOf(body, member)) {
    for (const auto& [name, value] : *object) names.emplace(name);
  }
}

// All attributes that a request names.
Names AttributesOf(const bj::object& body) {
  Names names;
  for (std::string_view expression :
       {"ProjectionExpression", "ConditionExpression", "FilterExpression", "UpdateExpression",
        "KeyConditionExpression"}) {
    AddNames(body, expression, names);
  }
  for (std::string_view member : {"Item", "Key", "AttributeUpdates", "Expected", "ScanFilter"}) {
    AddKeysOf(body, member, names);
  }
  if (const bj::value* list = body.if_contains("AttributesToGet"); list && list->is_array()) {
    for (const bj::value& name : list->get_array()) {
      if (name.is_string()) names.emplace(name.get_string());
    }
  }
  return names;
}

// The partition key's value, as its one text is written.
void AddLeadingKey(const bj::object& item, const table::TableEntry& table,
                   std::vector<std::string>& keys) {
  const bj::object* value = ObjectOf(item, table.primary_key.partition.name);
  if (!value || value->size() != 1 || !value->begin()->value().is_string()) return;
  keys.emplace_back(value->begin()->value().get_string());
}

std::vector<std::string> LeadingKeysOf(const bj::object& body, const table::TableEntry& table) {
  std::vector<std::string> keys;
  for (std::string_view member : {"Key", "Item"}) {
    const bj::object* item = ObjectOf(body, member);
    if (item && keys.empty()) AddLeadingKey(*item, table, keys);
  }
  return keys;
}

// Names and values of expressions; the partition key's value stands among them.
std::vector<std::string> QueriedKeysOf(const bj::object& body, const table::TableEntry& table) {
  ExpressionNames names;
  if (const bj::object* replaced = ObjectOf(body, "ExpressionAttributeNames")) {
    for (const auto& [ref, name] : *replaced) names[ref] = TextOf(*replaced, ref);
  }
  table::RequestProblems problems;
  Item values;
  if (const bj::value* given = body.if_contains("ExpressionAttributeValues")) {
    values = table::ReadItem(*given, problems);
  }
  auto conditions = table::ParseKeyConditions(TextOf(body, "KeyConditionExpression"),
                                              std::move(names), std::move(values));
  if (!conditions || problems.any()) return {};
  return QueriedKeys(*conditions, table, TextOf(body, "IndexName"));
}

// Select as given, or what it stands for when it is left out.
std::string SelectOf(const bj::object& body) {
  std::string select = TextOf(body, "Select");
  if (!select.empty()) return select;
  bool some = body.contains("ProjectionExpression") || body.contains("AttributesToGet");
  return some ? "SPECIFIC_ATTRIBUTES" : "ALL_ATTRIBUTES";
}

void FillItemKeys(const bj::object& body, std::string_view operation, const table::Tables* tables,
                  auth::RequestContext& keys) {
  Names names = AttributesOf(body);
  if (!names.empty()) {
    keys.Set("dynamodb:Attributes", std::vector<std::string>(names.begin(), names.end()));
  }
  if (operation == "GetItem" || operation == "Scan" || operation == "Query") {
    keys.Set("dynamodb:Select", SelectOf(body));
  }
  if (operation == "Scan") keys.Set("dynamodb:FullTableScan", std::string("true"));
  for (std::string_view name : {"ReturnValues", "ReturnConsumedCapacity"}) {
    std::string value = TextOf(body, name);
    if (!value.empty()) keys.Set("dynamodb:" + std::string(name), std::move(value));
  }
  if (operation == "Scan") return;
  std::shared_ptr<const table::TableEntry> table =
      tables ? tables->Find(TextOf(body, "TableName")) : nullptr;
  if (!table) return keys.SetUnknowable("dynamodb:LeadingKeys");
  std::vector<std::string> leading =
      operation == "Query" ? QueriedKeysOf(body, *table) : LeadingKeysOf(body, *table);
  if (operation == "Query" && leading.empty()) return keys.SetUnknowable("dynamodb:LeadingKeys");
  if (!leading.empty()) keys.Set("dynamodb:LeadingKeys", std::move(leading));
}

std::string ArnOf(const AccessQuestion& question, const std::string& name) {
  return aws::IsArn(name) ? name : TableArn(question.facts, name);
}

std::string ResourceOf(const AccessQuestion& question, const bj::object& body) {
  std::string arn = ArnOf(question, TextOf(body, "TableName"));
  const bool by_index = question.operation == "Query" || question.operation == "Scan";
  std::string index = by_index ? TextOf(body, "IndexName") : std::string();
  return index.empty() ? arn : arn + "/index/" + index;
}

// The items of one table in a batch: {"Keys":[…]} of BatchGetItem, [{"PutRequest":{…}}, …] of
// BatchWriteItem.
std::vector<const bj::object*> ItemsOfBatch(const bj::value& value) {
  std::vector<const bj::object*> items;
  const bj::object* object = value.if_object();
  const bj::value* keys = object ? object->if_contains("Keys") : nullptr;
  if (const bj::array* list = keys ? keys->if_array() : value.if_array()) {
    for (const bj::value& element : *list) {
      const bj::object* item = element.if_object();
      if (item && !keys) {
        const bj::object* put = ObjectOf(*item, "PutRequest");
        const bj::object* remove = ObjectOf(*item, "DeleteRequest");
        item = put ? ObjectOf(*put, "Item") : remove ? ObjectOf(*remove, "Key") : nullptr;
      }
      if (item) items.push_back(item);
    }
  }
  return items;
}

void FillBatchKeys(const bj::object& body, const std::string& table_name,
                   const table::Tables* tables, auth::RequestContext& keys) {
  const bj::object* request_items = ObjectOf(body, "RequestItems");
  const bj::value* value = request_items ? request_items->if_contains(table_name) : nullptr;
  if (!value) return;
  const bj::object* object = value->if_object();
  Names names = object ? AttributesOf(*object) : Names();
  std::string name = table_name.substr(table_name.rfind('/') + 1);
  std::shared_ptr<const table::TableEntry> table = tables ? tables->Find(name) : nullptr;
  std::vector<std::string> leading;
  for (const bj::object* item : ItemsOfBatch(*value)) {
    for (const auto& [attribute, unused] : *item) names.emplace(attribute);
    if (table) AddLeadingKey(*item, *table, leading);
  }
  if (!names.empty()) {
    keys.Set("dynamodb:Attributes", std::vector<std::string>(names.begin(), names.end()));
  }
  std::string capacity = TextOf(body, "ReturnConsumedCapacity");
  if (!capacity.empty()) keys.Set("dynamodb:ReturnConsumedCapacity", std::move(capacity));
  if (object) keys.Set("dynamodb:Select", SelectOf(*object));
  if (!table) return keys.SetUnknowable("dynamodb:LeadingKeys");
  if (!leading.empty()) keys.Set("dynamodb:LeadingKeys", std::move(leading));
}

}  // namespace

std::string KeyText(const AttributeValue& value) {
  if (const auto* text = std::get_if<std::string>(&value.value())) return *text;
  if (const auto* number = std::get_if<Number>(&value.value())) return number->text;
  if (const auto* binary = std::get_if<Binary>(&value.value())) {
    return base::EncodeBase64(binary->bytes);
  }
  return {};
}

std::vector<std::string> QueriedKeys(const table::KeyConditions& conditions,
                                     const table::TableEntry& table, std::string_view index_name) {
  const table::IndexEntry* index = table::FindIndex(table, index_name);
  const table::KeyShape& key = index ? index->key : table.key;
  std::vector<std::string> values;
  for (const table::KeyCondition& condition : conditions) {
    if (condition.attribute == key.partition[0].name) values.push_back(KeyText(condition.value));
  }
  return values;
}

void TableAccess(const AccessQuestion& question, Accesses& out) {
  std::shared_ptr<const bj::object> body = BodyOf(question.request);
  if (!body || TextOf(*body, "TableName").empty()) return;  // the service refuses it
  out.push_back({question.action, ResourceOf(question, *body)});
}

void ItemAccess(const AccessQuestion& question, Accesses& out) {
  std::shared_ptr<const bj::object> body = BodyOf(question.request);
  if (!body || TextOf(*body, "TableName").empty()) return;
  Access access{question.action, ResourceOf(question, *body)};
  access.fill = [body, operation = std::string(question.operation), tables = question.facts.tables](
                    auth::RequestContext& keys) { FillItemKeys(*body, operation, tables, keys); };
  out.push_back(std::move(access));
}

void ResourceArnAccess(const AccessQuestion& question, Accesses& out) {
  std::shared_ptr<const bj::object> body = BodyOf(question.request);
  if (!body || TextOf(*body, "ResourceArn").empty()) return;
  out.push_back({question.action, TextOf(*body, "ResourceArn")});
}

// Each table must be allowed, or nothing is done.
void BatchAccess(const AccessQuestion& question, Accesses& out) {
  std::shared_ptr<const bj::object> body = BodyOf(question.request);
  const bj::object* tables = body ? ObjectOf(*body, "RequestItems") : nullptr;
  if (!tables) return;
  for (const auto& [key, unused] : *tables) {
    std::string name(key);
    Access access{question.action, ArnOf(question, name)};
    access.fill = [body, name, known = question.facts.tables](auth::RequestContext& keys) {
      FillBatchKeys(*body, name, known, keys);
    };
    out.push_back(std::move(access));
  }
}

// No action of IAM is called like these calls: each of their items needs its own.
void TransactAccess(const AccessQuestion& question, Accesses& out) {
  struct Row {
    std::string_view member;
    std::string_view operation;
  };
  constexpr Row kRows[] = {{"ConditionCheck", "ConditionCheckItem"},
                           {"Delete", "DeleteItem"},
                           {"Get", "GetItem"},
                           {"Put", "PutItem"},
                           {"Update", "UpdateItem"}};
  std::shared_ptr<const bj::object> body = BodyOf(question.request);
  const bj::value* list = body ? body->if_contains("TransactItems") : nullptr;
  if (!list || !list->is_array()) return;
  for (const bj::value& element : list->get_array()) {
    const bj::object* item = element.if_object();
    for (const Row& row : kRows) {
      const bj::object* inner = item ? ObjectOf(*item, row.member) : nullptr;
      if (!inner || TextOf(*inner, "TableName").empty()) continue;
      Access access{"dynamodb:" + std::string(row.operation),
                    ArnOf(question, TextOf(*inner, "TableName"))};
      access.fill = [body, inner, operation = std::string(row.operation),
                     enclosing = std::string(question.operation),
                     tables = question.facts.tables](auth::RequestContext& keys) {
        keys.Set("dynamodb:EnclosingOperation", enclosing);
        FillItemKeys(*inner, operation, tables, keys);
      };
      out.push_back(std::move(access));
    }
  }
}

}  // namespace gatehouse::server
