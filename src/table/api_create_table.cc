// CreateTable. Done within milliseconds: the answer says CREATING, as AWS's does, yet the table
// can be used at once.
#include <array>
#include <utility>

#include "base/encoding.h"
#include "table/api_body.h"
#include "table/api_call.h"
#include "table/api_definition.h"

namespace gatehouse::table {
namespace {

// A random UUID (version 4).
std::string Uuid(base::Random& random) {
  std::array<std::byte, 16> bytes;
  random.Fill(bytes);
  bytes[6] = (bytes[6] & std::byte{0x0f}) | std::byte{0x40};
  bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};
  std::string hex =
      base::EncodeHex(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  for (std::size_t at : {8u, 13u, 18u, 23u}) hex.insert(at, 1, '-');
  return hex;
}

}  // namespace

void CreateTable(ApiCall call) {
  RequestReader& request = call.request();
  std::optional<std::string> name = request.String("TableName");
  if (!name && !request.Has("TableName")) {
    request.problems().Validation(
        "The parameter 'TableName' is required but was not present in the request");
  }
  TableDefinition definition;
  definition.name = name.value_or("");
  ReadAttributeDefinitions(request, definition);
  ReadKeySchema(request, definition);
  ReadBilling(request, definition);
  definition.deletion_protection_enabled =
      request.Boolean("DeletionProtectionEnabled").value_or(false);
  ReadIndexes(request, definition);
  if (!call.Proceeds()) return;
  definition.table_id = Uuid(call.random());
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
