#include <utility>

#include "table/expression/item_path.h"
#include "table/value/item_check.h"
#include "table/wire/dynamodb_api_item_write.h"

namespace gatehouse::table {
namespace {

// Of ReturnValues UPDATED_OLD and UPDATED_NEW: what stands at the update's targets.
std::optional<Item> AtTargets(const std::optional<Item>& item, const std::vector<Path>& targets) {
  if (!item) return std::nullopt;
  Item updated = Project(*item, targets);
  return updated.empty() ? std::nullopt : std::optional(std::move(updated));
}

WriteAttributes AttributesOf(const WriteOptions& options, const Update& update) {
  const std::string& asked = options.return_values;
  if (asked == "NONE" || asked == "ALL_OLD") return OldItemIfAsked(options);
  if (asked == "ALL_NEW") return [](WriteOutcome& outcome) { return std::move(outcome.new_item); };
  std::vector<Path> targets;
  for (const UpdateAction& action : update) targets.push_back(action.path);
  return [targets = std::move(targets), old = asked == "UPDATED_OLD"](WriteOutcome& outcome) {
    return AtTargets(old ? outcome.old_item : outcome.new_item, targets);
  };
}

}  // namespace

void UpdateItem(ApiCall call) {
  RequestReader& request = call.request();
  ItemWrite write;
  write.action = ItemWrite::Action::kUpdate;
  WriteOptions options = ReadWriteOptions(request);
  RequestExpressions expressions(request, {"UpdateExpression", "ConditionExpression"});
  write.item = request.RequiredAttributes("Key");
  if (!call.Proceeds()) return;
  if (auto checked = CheckValues(write.item); !checked) return call.Fail(checked.error());
  auto update = expressions.ParseUpdateOf();
  if (!update) return call.Fail(update.error());
  write.update = (*std::move(update)).value_or(Update());
  if (auto parsed = ReadCondition(expressions, write); !parsed) return call.Fail(parsed.error());
  write.wants_new_item = options.return_values.ends_with("_NEW");
  WriteAttributes attributes = AttributesOf(options, write.update);
  WriteItem(std::move(call), options, std::move(write), std::move(attributes));
}

}  // namespace gatehouse::table
