// DescribeTable, DeleteTable, ListTables.
#include <utility>

#include "aws/arn.h"
#include "gatehouse/json.h"
#include "table/wire/dynamodb_api_body.h"
#include "table/wire/dynamodb_api_call.h"

namespace gatehouse::table {
namespace {

// Of control-plane calls, whose words for a missing name differ from those of item operations.
std::string RequiredTableName(RequestReader& request) {
  std::optional<std::string> name = request.String("TableName");
  if (!name) {
    request.problems().Validation(
        "The parameter 'TableName' is required but was not present in the request");
    return {};
  }
  constexpr std::string_view kTable = ":table/";
  if (std::size_t at = name->find(kTable); aws::IsArn(*name) && at != name->npos) {
    name->erase(0, at + kTable.size());
  }
  if (name->size() < kTableNameBytesMin || name->size() > kTableNameBytesMax) {
    request.problems().Validation(
        "TableName must be at least 3 characters long and at most 255 characters long");
  }
  return *std::move(name);
}

}  // namespace

void DescribeTable(ApiCall call) {
  std::string name = RequiredTableName(call.request());
  if (!call.Proceeds()) return;
  Result<TableDefinition> definition = call.tables().DescribeTable(name);
  if (!definition) return call.Fail(definition.error());
  BodyWriter body;
  body.Member("Table") += DescribeAsJson(*definition, call.options(), "ACTIVE");
  call.Reply(body.Finish());
}

void DeleteTable(ApiCall call) {
  std::string name = RequiredTableName(call.request());
  if (!call.Proceeds()) return;
  Tables& tables = call.tables();
  base::Executor& reply_to = call.reply_to();
  tables.DeleteTable(
      name, reply_to, [call = std::move(call)](Result<TableDefinition> deleted) mutable {
        if (!deleted) return call.Fail(deleted.error());
        BodyWriter body;
        body.Member("TableDescription") += DescribeAsJson(*deleted, call.options(), "DELETING");
        call.Reply(body.Finish());
      });
}

void ListTables(ApiCall call) {
  RequestReader& request = call.request();
  std::string start = request.String("ExclusiveStartTableName").value_or("");
  constexpr auto kMax = static_cast<std::int64_t>(kListTablesMax);
  auto limit = request.IntegerWithin("Limit", 1, kMax);
  if (!call.Proceeds()) return;
  TableNamesPage page =
      call.tables().ListTables(start, static_cast<std::size_t>(limit.value_or(kMax)));
  BodyWriter body;
  if (page.last_evaluated_name) body.Text("LastEvaluatedTableName", *page.last_evaluated_name);
  std::string& names = body.Member("TableNames");
  names += '[';
  for (std::size_t i = 0; i < page.names.size(); ++i) {
    if (i > 0) names += ',';
    json::AppendQuoted(names, page.names[i]);
  }
  names += ']';
  call.Reply(body.Finish());
}

}  // namespace gatehouse::table
