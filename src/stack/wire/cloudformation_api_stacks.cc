// CreateStack, UpdateStack, DeleteStack, DescribeStacks, ListStacks, ListExports, ListImports.
#include <algorithm>

#include "stack/wire/cloudformation_api_call.h"

namespace gatehouse::stack {
namespace {

void ReplyStackId(ApiCall& call, Result<std::string> id) {
  if (!id) return call.Fail(id.error());
  aws::XmlWriter out;
  out.Text("StackId", *id);
  call.Reply(std::move(out));
}

void WriteOutputs(aws::XmlWriter& out, const std::vector<Output>& outputs) {
  if (outputs.empty()) return;
  out.Open("Outputs");
  for (const Output& output : outputs) {
    out.Open("member");
    out.Text("OutputKey", output.key);
    out.Text("OutputValue", output.value);
    out.TextIfAny("Description", output.description);
    out.TextIfAny("ExportName", output.export_name);
    out.Close();
  }
  out.Close();
}

void WriteStack(aws::XmlWriter& out, const StackRecord& stack) {
  out.Open("member");
  out.Text("StackId", stack.id);
  out.Text("StackName", stack.name);
  out.TextIfAny("ChangeSetId", stack.change_set_id);
  out.TextIfAny("Description", stack.definition.description);
  WriteParameters(out, stack.definition);
  WriteTime(out, "CreationTime", stack.created);
  WriteTime(out, "LastUpdatedTime", stack.updated);
  WriteTime(out, "DeletionTime", stack.deleted);
  out.Open("RollbackConfiguration");
  out.Close();
  out.Text("StackStatus", stack.status);
  out.TextIfAny("StackStatusReason", stack.reason);
  out.Bool("DisableRollback", stack.disable_rollback);
  WriteTexts(out, "NotificationARNs", {});
  WriteTexts(out, "Capabilities", stack.definition.capabilities);
  WriteOutputs(out, stack.definition.outputs);
  WriteTags(out, stack.definition.tags);
  out.Bool("EnableTerminationProtection", stack.termination_protection);
  out.Open("DriftInformation");
  out.Text("StackDriftStatus", "NOT_CHECKED");
  out.Close();
  out.Close();
}

void WriteSummary(aws::XmlWriter& out, const StackRecord& stack) {
  out.Open("member");
  out.Text("StackId", stack.id);
  out.Text("StackName", stack.name);
  out.TextIfAny("TemplateDescription", stack.definition.description);
  WriteTime(out, "CreationTime", stack.created);
  WriteTime(out, "LastUpdatedTime", stack.updated);
  WriteTime(out, "DeletionTime", stack.deleted);
  out.Text("StackStatus", stack.status);
  out.TextIfAny("StackStatusReason", stack.reason);
  out.Open("DriftInformation");
  out.Text("StackDriftStatus", "NOT_CHECKED");
  out.Close();
  out.Close();
}

}  // namespace

void CreateStack(ApiCall call) {
  std::optional<StackRequest> request = TakeStackRequest(call);
  if (!request) return;
  Stacks& stacks = call.stacks();
  stacks.Create(*std::move(request), [call = std::move(call)](Result<std::string> id) mutable {
    ReplyStackId(call, std::move(id));
  });
}

void UpdateStack(ApiCall call) {
  std::optional<StackRequest> request = TakeStackRequest(call);
  if (!request) return;
  Stacks& stacks = call.stacks();
  stacks.Update(*std::move(request), [call = std::move(call)](Result<std::string> id) mutable {
    ReplyStackId(call, std::move(id));
  });
}

void DeleteStack(ApiCall call) {
  const std::string name = call.request().Text("StackName");
  if (name.empty()) {
    return call.FailValidation(
        "1 validation error detected: Value null at 'stackName' failed to satisfy constraint: "
        "Member must not be null");
  }
  Stacks& stacks = call.stacks();
  stacks.Delete(name, [call = std::move(call)](Result<void> deleted) mutable {
    if (!deleted) return call.Fail(deleted.error());
    call.ReplyWithoutResult();
  });
}

void DescribeStacks(ApiCall call) {
  const std::string name = call.request().Text("StackName");
  std::vector<const StackRecord*> stacks;
  if (name.empty()) {
    stacks = call.stacks().List();
    std::erase_if(stacks, [](const StackRecord* stack) { return stack->is_deleted(); });
  } else if (const StackRecord* stack = call.stacks().Find(name)) {
    stacks.push_back(stack);
  } else {
    return call.FailValidation("Stack with id " + name + " does not exist");
  }
  std::optional<Page> page = TakePage(call, stacks.size());
  if (!page) return;
  aws::XmlWriter out;
  out.Open("Stacks");
  for (std::size_t i = page->begin; i < page->end; ++i) WriteStack(out, *stacks[i]);
  out.Close();
  WriteNextToken(out, *page, stacks.size());
  call.Reply(std::move(out));
}

void ListStacks(ApiCall call) {
  const std::vector<std::string> filter = call.request().List("StackStatusFilter");
  std::vector<const StackRecord*> stacks = call.stacks().List();
  std::erase_if(stacks, [&](const StackRecord* stack) {
    return !filter.empty() &&
           std::find(filter.begin(), filter.end(), stack->status) == filter.end();
  });
  std::optional<Page> page = TakePage(call, stacks.size());
  if (!page) return;
  aws::XmlWriter out;
  out.Open("StackSummaries");
  for (std::size_t i = page->begin; i < page->end; ++i) WriteSummary(out, *stacks[i]);
  out.Close();
  WriteNextToken(out, *page, stacks.size());
  call.Reply(std::move(out));
}

void ListExports(ApiCall call) {
  const Exports exports = call.stacks().exports();
  std::vector<Exports::const_iterator> rows;
  for (auto row = exports.begin(); row != exports.end(); ++row) rows.push_back(row);
  std::optional<Page> page = TakePage(call, rows.size());
  if (!page) return;
  aws::XmlWriter out;
  out.Open("Exports");
  for (std::size_t i = page->begin; i < page->end; ++i) {
    out.Open("member");
    out.Text("ExportingStackId", rows[i]->second.stack_id);
    out.Text("Name", rows[i]->first);
    out.Text("Value", rows[i]->second.value);
    out.Close();
  }
  out.Close();
  WriteNextToken(out, *page, rows.size());
  call.Reply(std::move(out));
}

void ListImports(ApiCall call) {
  const std::string name = call.request().Text("ExportName");
  const std::vector<std::string> users = call.stacks().ImportersOf(name);
  if (users.empty())
    return call.FailValidation("Export '" + name + "' is not imported by any stack.");
  std::optional<Page> page = TakePage(call, users.size());
  if (!page) return;
  aws::XmlWriter out;
  out.Open("Imports");
  for (std::size_t i = page->begin; i < page->end; ++i) out.Text("member", users[i]);
  out.Close();
  WriteNextToken(out, *page, users.size());
  call.Reply(std::move(out));
}

}  // namespace gatehouse::stack
