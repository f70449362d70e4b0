#include "server/access/handler_access.h"

#include <fmt/format.h>

#include "function/define/identifiers.h"

namespace gatehouse::server {
namespace {

auth::Principal PrincipalOf(const function::FunctionDefinition& function) {
  return {auth::Principal::kRole, function::RoleName(function.role), function.name, function.role};
}

// As access_dynamodb.cc has them of a request over the wire.
void FillHandlerKeys(std::string_view operation, std::string_view table, const Item* item,
                     const table::Tables* tables, auth::RequestContext& keys) {
  if (operation == "GetItem" || operation == "Scan") {
    keys.Set("dynamodb:Select", std::string("ALL_ATTRIBUTES"));
  }
  if (!item) return keys.Set("dynamodb:FullTableScan", std::string("true"));
  std::vector<std::string> names;
  for (const auto& [name, value] : *item) names.push_back(name);
  keys.Set("dynamodb:Attributes", std::move(names));
  std::shared_ptr<const table::TableEntry> entry = tables ? tables->Find(table) : nullptr;
  if (!entry) return keys.SetUnknowable("dynamodb:LeadingKeys");
  auto found = item->find(entry->primary_key.partition.name);
  if (found != item->end()) keys.Set("dynamodb:LeadingKeys", KeyText(found->second));
}

}  // namespace

HandlerAccess::HandlerAccess(Iam* iam, const AccessFacts& facts,
                             std::shared_ptr<const function::FunctionDefinition> function)
    : iam_(iam),
      facts_(facts),
      function_(std::move(function)),
      principal_(PrincipalOf(*function_)) {}

const StageGrants& HandlerAccess::GrantsOn(const api::StagePlace& place) {
  auto [found, is_new] = stages_.try_emplace(&place);
  if (!is_new || !iam_) return found->second;
  const api::Stage& stage = *place.current;
  found->second = GrantsOf(*iam_, facts_, principal_, stage.api_id(), stage.name());
  return found->second;
}

bool HandlerAccess::IsFree(std::string_view action, const std::string& resource) {
  if (!iam_) return true;
  std::string key = fmt::format("{} {}", action, resource);
  if (auto found = free_.find(key); found != free_.end()) return found->second;
  if (free_.size() >= kGrantsMax) free_.clear();
  return free_[std::move(key)] = iam_->IsFree(principal_, action, resource, true);
}

Result<void> HandlerAccess::Ask(Access access) {
  std::optional<Denial> denial = iam_->Check(principal_, access, {});
  if (!denial) return {};
  return Error{ErrorCode::kForbidden, std::move(denial->message)};
}

Result<void> HandlerAccess::Manage(std::string_view verb, const api::StagePlace& place,
                                   std::string_view id) {
  if (!iam_) return {};
  const api::Stage& stage = *place.current;
  return Ask(ConnectionAccess(facts_, stage.api_id(), stage.name(), verb, id));
}

Result<void> HandlerAccess::UseTable(std::string_view operation, std::string_view table,
                                     const Item* item) {
  Access access{fmt::format("dynamodb:{}", operation), TableArn(facts_, table)};
  if (IsFree(access.action, access.resource)) return {};
  access.fill = [&](auth::RequestContext& keys) {
    FillHandlerKeys(operation, table, item, facts_.tables, keys);
  };
  return Ask(std::move(access));
}

Result<void> HandlerAccess::WriteTable(std::string_view operation, std::string_view table,
                                       const Item& item) {
  Access access{fmt::format("dynamodb:{}", operation), TableArn(facts_, table)};
  if (IsFree(access.action, access.resource)) return {};
  access.fill = [&](auth::RequestContext& keys) {
    FillHandlerKeys(operation, table, &item, facts_.tables, keys);
    keys.SetUnknowable("dynamodb:Attributes");  // its expressions name others
  };
  return Ask(std::move(access));
}

Result<void> HandlerAccess::QueryTable(std::string_view table, const QueryOptions& options) {
  Access access{"dynamodb:Query", TableArn(facts_, table)};
  if (!options.index_name.empty()) access.resource += "/index/" + options.index_name;
  if (IsFree(access.action, access.resource)) return {};
  access.fill = [&](auth::RequestContext& keys) {
    bool some = !options.projection.empty();
    keys.Set("dynamodb:Select", std::string(some ? "SPECIFIC_ATTRIBUTES" : "ALL_ATTRIBUTES"));
    keys.SetUnknowable("dynamodb:Attributes");
    auto conditions =
        table::ParseKeyConditions(options.key_condition, options.names, options.values);
    std::shared_ptr<const table::TableEntry> entry =
        facts_.tables ? facts_.tables->Find(table) : nullptr;
    if (!entry || !conditions) return keys.SetUnknowable("dynamodb:LeadingKeys");
    keys.Set("dynamodb:LeadingKeys", QueriedKeys(*conditions, *entry, options.index_name));
  };
  return Ask(std::move(access));
}

Result<void> HandlerAccess::Invoke(std::string_view function_name) {
  constexpr std::string_view kAction = "lambda:InvokeFunction";
  if (!iam_) return {};
  std::string arn = iam_->FunctionArnOf(function_name);
  if (IsFree(kAction, arn)) return {};
  return Ask({std::string(kAction), std::move(arn)});
}

std::shared_ptr<HandlerAccess> HandlerAccesses::Of(
    Iam* iam, const AccessFacts& facts,
    const std::shared_ptr<const function::FunctionDefinition>& function) {
  const std::uint64_t version = iam ? iam->version() : 0;
  if (version != version_ || by_function_.size() >= kFunctionsMax) by_function_.clear();
  version_ = version;
  std::shared_ptr<HandlerAccess>& access = by_function_[function];
  if (!access) access = std::make_shared<HandlerAccess>(iam, facts, function);
  return access;
}

}  // namespace gatehouse::server
