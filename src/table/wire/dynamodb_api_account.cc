// What SDKs, Terraform and CDK ask on their own and which is the same for every table here:
// DescribeLimits, DescribeContinuousBackups.
#include "table/wire/dynamodb_api_body.h"
#include "table/wire/dynamodb_api_call.h"

namespace gatehouse::table {

// A new account's; nothing here holds anybody to them.
void DescribeLimits(ApiCall call) {
  BodyWriter body;
  body.Number("AccountMaxReadCapacityUnits", 80'000);
  body.Number("AccountMaxWriteCapacityUnits", 80'000);
  body.Number("TableMaxReadCapacityUnits", 40'000);
  body.Number("TableMaxWriteCapacityUnits", 40'000);
  call.Reply(body.Finish());
}

void DescribeContinuousBackups(ApiCall call) {
  std::string name = call.request().ControlTableName();
  if (!call.Proceeds()) return;
  if (!call.tables().Find(name))
    return call.Fail(ApiError::kTableNotFound, "Table not found: " + name);
  call.Reply(R"({"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"ENABLED",)"
             R"("PointInTimeRecoveryDescription":{"PointInTimeRecoveryStatus":"DISABLED"}}})");
}

}  // namespace gatehouse::table
