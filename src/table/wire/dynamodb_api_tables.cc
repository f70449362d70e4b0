// DescribeTable, DeleteTable, ListTables.
#include <utility>

#include "aws/arn.h"
#include "gatehouse/json.h"
#include "table/wire/dynamodb_api_body.h"
#include "table/wire/dynamodb_api_call.h"

namespace gatehouse::table {
void DescribeTable(ApiCall call) {
  std::string name = call.request().ControlTableName();
  if (!call.Proceeds()) return;
  Result<TableDefinition> definition = call.tables().DescribeTable(name);
  if (!definition) return call.Fail(definition.error());
  BodyWriter body;
  body.Member("Table") += DescribeAsJson(*definition, call.options(), "ACTIVE");
  call.Reply(body.Finish());
}

void DeleteTable(ApiCall call) {
  std::string name = call.request().ControlTableName();
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
