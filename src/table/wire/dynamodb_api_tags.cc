// TagResource, UntagResource, ListTagsOfResource, of tables.
#include <map>
#include <utility>
#include <vector>

#include "table/operation/table_settings.h"
#include "table/wire/dynamodb_api_batch.h"
#include "table/wire/dynamodb_api_body.h"
#include "table/wire/dynamodb_api_call.h"

namespace gatehouse::table {
namespace {

constexpr std::size_t kTagsMax = 50;          // of a table
constexpr std::size_t kTagKeyBytesMax = 128;  // characters on AWS
constexpr std::size_t kTagValueBytesMax = 256;

using Tags = std::map<std::string, std::string>;

// The table of a ResourceArn; a call that has none has been answered.
std::shared_ptr<const TableEntry> TableOfArn(ApiCall& call, const std::string& arn) {
  const ApiOptions& options = call.options();
  const std::string prefix =
      "arn:aws:dynamodb:" + options.region + ":" + options.account_id + ":table/";
  if (!arn.starts_with(prefix) || arn.find('/', prefix.size()) != arn.npos) {
    call.Fail(ApiError::kValidation,
              "Invalid TableArn: Invalid ResourceArn provided as input " + arn);
    return nullptr;
  }
  auto table = call.tables().Find(TableNameOf(arn));
  if (!table) {
    call.Fail(ApiError::kResourceNotFound,
              "Requested resource not found: ResourcArn: " + arn + " not found");  // sic
  }
  return table;
}

std::string ReadResourceArn(RequestReader& request) {
  auto arn = request.String("ResourceArn");
  if (!arn && !request.Has("ResourceArn")) {
    request.problems().Required("Invalid TableArn");
  }
  return std::move(arn).value_or("");
}

void ReadTag(RequestReader& reader, Tags& tags) {
  auto key = reader.String("Key");
  auto value = reader.String("Value");
  if (!reader.Has("Key")) reader.Constraint(std::nullopt, "key", "Member must not be null");
  if (!reader.Has("Value")) reader.Constraint(std::nullopt, "value", "Member must not be null");
  if (key && key->empty()) {
    reader.Constraint(key, "key", "Member must have length greater than or equal to 1");
  } else if (key && key->size() > kTagKeyBytesMax) {
    reader.Constraint(key, "key", "Member must have length less than or equal to 128");
  }
  if (value && value->size() > kTagValueBytesMax) {
    reader.Constraint(value, "value", "Member must have length less than or equal to 256");
  }
  tags[std::move(key).value_or("")] = std::move(value).value_or("");
}

// Changes a table's tags in the writer; the answer is empty.
using ChangeTags = base::UniqueFunction<void(Tags& tags)>;
void WriteTags(ApiCall call, std::shared_ptr<const TableEntry> table, ChangeTags change) {
  Tables& tables = call.tables();
  base::Executor& reply_to = call.reply_to();
  tables.WriteTogether(
      [table = std::move(table),
       change = std::move(change)](store::Transaction& transaction) mutable -> Result<std::string> {
        auto settings = ReadTableSettings(transaction, table->keyspace);
        if (!settings) return settings.error();
        change(settings->tags);
        if (settings->tags.size() > kTagsMax) {
          return Error{ErrorCode::kInvalidArgument,
                       "One or more parameter values were invalid: Too many tags: a table has at "
                       "most 50"};
        }
        auto written = WriteTableSettings(transaction, table->keyspace, *settings);
        if (!written) return written.error();
        return std::string();
      },
      reply_to,
      [call = std::move(call)](Result<std::string> body) mutable {
        if (!body) return call.Fail(body.error());
        call.Reply(*std::move(body));
      });
}

Result<std::string> TagsAsJson(store::View& view, store::KeyspaceId table) {
  auto settings = ReadTableSettings(view, table);
  if (!settings) return settings.error();
  std::string list = "[";
  for (const auto& [key, value] : settings->tags) {
    if (list.size() > 1) list += ',';
    BodyWriter tag;
    tag.Text("Key", key);
    tag.Text("Value", value);
    list += tag.Finish();
  }
  BodyWriter body;
  body.Member("Tags") += list + "]";
  return body.Finish();
}

}  // namespace

void TagResource(ApiCall call) {
  RequestReader& request = call.request();
  std::string arn = ReadResourceArn(request);
  Tags tags;
  const boost::json::array* list = request.Array("Tags");
  if (!list && !request.Has("Tags")) {
    request.Constraint(std::nullopt, "tags", "Member must not be null");
  }
  std::size_t position = 0;
  for (const boost::json::value& element : list ? *list : boost::json::array()) {
    ++position;
    const auto* object = element.if_object();
    if (!object) {
      request.problems().Serialization(CannotConvert(element, "Tag"));
      continue;
    }
    RequestReader reader(*object, "tags." + std::to_string(position) + ".member");
    ReadTag(reader, tags);
    request.Absorb(reader);
  }
  if (list && list->empty()) {
    request.problems().Validation("Atleast one Tag needs to be provided as Input.");  // sic
  }
  if (!call.Proceeds()) return;
  auto table = TableOfArn(call, arn);
  if (!table) return;
  WriteTags(std::move(call), std::move(table), [tags = std::move(tags)](Tags& held) mutable {
    for (auto& [key, value] : tags) held[key] = std::move(value);
  });
}

void UntagResource(ApiCall call) {
  RequestReader& request = call.request();
  std::string arn = ReadResourceArn(request);
  std::vector<std::string> keys;
  const boost::json::array* list = request.Array("TagKeys");
  if (!list && !request.Has("TagKeys")) {
    request.Constraint(std::nullopt, "tagKeys", "Member must not be null");
  }
  for (const boost::json::value& element : list ? *list : boost::json::array()) {
    if (const auto* text = element.if_string()) {
      keys.emplace_back(text->data(), text->size());
    } else {
      request.problems().Serialization(CannotConvert(element, "String"));
    }
  }
  if (list && list->empty()) {
    request.problems().Validation("Atleast one Tag Key needs to be provided as Input.");  // sic
  }
  if (!call.Proceeds()) return;
  auto table = TableOfArn(call, arn);
  if (!table) return;
  WriteTags(std::move(call), std::move(table), [keys = std::move(keys)](Tags& held) {
    for (const std::string& key : keys) held.erase(key);
  });
}

void ListTagsOfResource(ApiCall call) {
  std::string arn = ReadResourceArn(call.request());
  if (!call.Proceeds()) return;
  auto table = TableOfArn(call, arn);
  if (!table) return;
  Tables& tables = call.tables();
  base::Executor& reply_to = call.reply_to();
  tables.ReadTogether([table](store::View& view) { return TagsAsJson(view, table->keyspace); },
                      reply_to,
                      [call = std::move(call)](Result<std::string> body) mutable {
                        if (!body) return call.Fail(body.error());
                        call.Reply(*std::move(body));
                      });
}

}  // namespace gatehouse::table
