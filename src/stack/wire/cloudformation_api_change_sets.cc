// CreateChangeSet, DescribeChangeSet, ExecuteChangeSet, DeleteChangeSet, ListChangeSets.
#include "stack/wire/cloudformation_api_call.h"

namespace gatehouse::stack {
namespace {

void WriteChange(aws::XmlWriter& out, const ResourceChange& change) {
  out.Open("member");
  out.Text("Type", "Resource");
  out.Open("ResourceChange");
  out.Text("Action", change.action);
  out.Text("LogicalResourceId", change.logical_id);
  out.TextIfAny("PhysicalResourceId", change.physical_id);
  out.Text("ResourceType", change.type);
  out.TextIfAny("Replacement", change.replacement);
  out.Open("Scope");
  if (change.action == "Modify") out.Text("member", "Properties");
  out.Close();
  WriteTexts(out, "Details", {});
  out.Close();
  out.Close();
}

void WriteHead(aws::XmlWriter& out, const StackRecord& stack, const ChangeSet& set) {
  out.Text("ChangeSetName", set.name);
  out.Text("ChangeSetId", set.id);
  out.Text("StackId", stack.id);
  out.Text("StackName", stack.name);
  out.TextIfAny("Description", set.description);
  WriteTime(out, "CreationTime", set.time);
  out.Text("ExecutionStatus", set.execution);
  out.Text("Status", set.status);
  out.TextIfAny("StatusReason", set.reason);
}

}  // namespace

void CreateChangeSet(ApiCall call) {
  std::optional<StackRequest> request = TakeStackRequest(call);
  if (!request) return;
  ChangeSetRequest wanted;
  wanted.name = call.request().Text("ChangeSetName");
  wanted.type = call.request().Text("ChangeSetType");
  if (wanted.type.empty()) wanted.type = "UPDATE";
  if (wanted.type != "CREATE" && wanted.type != "UPDATE") {
    return call.FailValidation("gatehouse does not support change sets of type " + wanted.type);
  }
  wanted.description = call.request().Text("Description");
  Stacks& stacks = call.stacks();
  stacks.CreateChangeSet(*std::move(request), std::move(wanted),
                         [call = std::move(call)](Result<const ChangeSet*> made) mutable {
                           if (!made) return call.Fail(made.error());
                           const std::string id = (*made)->id;
                           auto found = call.stacks().FindChangeSet(id, "");
                           aws::XmlWriter out;
                           out.Text("Id", id);
                           if (found) out.Text("StackId", found->first->id);
                           call.Reply(std::move(out));
                         });
}

void DescribeChangeSet(ApiCall call) {
  auto found = call.stacks().FindChangeSet(call.request().Text("ChangeSetName"),
                                           call.request().Text("StackName"));
  if (!found) return call.Fail(found.error());
  const StackRecord& stack = *found->first;
  const ChangeSet& set = *found->second;
  std::optional<Page> page = TakePage(call, set.changes.size());
  if (!page) return;
  aws::XmlWriter out;
  WriteHead(out, stack, set);
  WriteParameters(out, set.definition);
  WriteTexts(out, "NotificationARNs", {});
  out.Open("RollbackConfiguration");
  out.Close();
  WriteTexts(out, "Capabilities", set.definition.capabilities);
  WriteTags(out, set.definition.tags);
  out.Open("Changes");
  for (std::size_t i = page->begin; i < page->end; ++i) WriteChange(out, set.changes[i]);
  out.Close();
  WriteNextToken(out, *page, set.changes.size());
  out.Bool("IncludeNestedStacks", false);
  call.Reply(std::move(out));
}

void ExecuteChangeSet(ApiCall call) {
  const std::string name = call.request().Text("ChangeSetName");
  const std::string stack_name = call.request().Text("StackName");
  const bool disable_rollback = call.request().True("DisableRollback");
  Stacks& stacks = call.stacks();
  stacks.ExecuteChangeSet(name, stack_name, disable_rollback,
                          [call = std::move(call)](Result<void> executed) mutable {
                            if (!executed) return call.Fail(executed.error());
                            call.Reply(aws::XmlWriter());
                          });
}

void DeleteChangeSet(ApiCall call) {
  const std::string name = call.request().Text("ChangeSetName");
  const std::string stack_name = call.request().Text("StackName");
  Stacks& stacks = call.stacks();
  stacks.DeleteChangeSet(name, stack_name, [call = std::move(call)](Result<void> deleted) mutable {
    if (!deleted) return call.Fail(deleted.error());
    call.Reply(aws::XmlWriter());
  });
}

void ListChangeSets(ApiCall call) {
  const StackRecord* stack = call.RequiredStack();
  if (!stack) return;
  std::optional<Page> page = TakePage(call, stack->change_sets.size());
  if (!page) return;
  aws::XmlWriter out;
  out.Open("Summaries");
  std::size_t i = 0;
  for (const auto& [name, set] : stack->change_sets) {
    if (i >= page->begin && i < page->end) {
      out.Open("member");
      WriteHead(out, *stack, set);
      out.Close();
    }
    ++i;
  }
  out.Close();
  WriteNextToken(out, *page, stack->change_sets.size());
  call.Reply(std::move(out));
}

}  // namespace gatehouse::stack
