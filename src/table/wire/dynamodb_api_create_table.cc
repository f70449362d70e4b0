// CreateTable. Done within milliseconds: the answer says CREATING, as AWS's does, yet the table
// can be used at once.
#include <utility>

#include "aws/id.h"
#include "table/wire/dynamodb_api_body.h"
#include "table/wire/dynamodb_api_call.h"
#include "table/wire/dynamodb_api_definition.h"

namespace gatehouse::table {

void CreateTable(ApiCall call) {
  RequestReader& request = call.request();
  TableDefinition definition;
  definition.name = request.ControlTableName();
  ReadAttributeDefinitions(request, definition);
  ReadKeySchema(request, definition);
  ReadBilling(request, definition);
  definition.deletion_protection_enabled =
      request.Boolean("DeletionProtectionEnabled").value_or(false);
  ReadIndexes(request, definition);
  if (!call.Proceeds()) return;
  definition.table_id = aws::NewUuid(call.random());
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
