// DescribeStackEvents, DescribeStackResources, DescribeStackResource, ListStackResources.
#include <algorithm>

#include "stack/wire/cloudformation_api_call.h"

namespace gatehouse::stack {
namespace {

enum class Form { kResource, kDetail, kSummary };

void WriteEvent(aws::XmlWriter& out, const StackRecord& stack, const StackEvent& event) {
  out.Open("member");
  out.Text("StackId", stack.id);
  out.Text("EventId", event.id);
  out.Text("StackName", stack.name);
  out.Text("LogicalResourceId", event.logical_id);
  out.TextIfAny("PhysicalResourceId", event.physical_id);
  out.Text("ResourceType", event.type);
  WriteTime(out, "Timestamp", event.time);
  out.Text("ResourceStatus", event.status);
  out.TextIfAny("ResourceStatusReason", event.reason);
  out.TextIfAny("ResourceProperties", event.properties);
  out.Close();
}

void WriteEntry(aws::XmlWriter& out, const StackRecord& stack, const Entry& entry, Form form) {
  if (form != Form::kSummary) {
    out.Text("StackName", stack.name);
    out.Text("StackId", stack.id);
  }
  out.Text("LogicalResourceId", entry.now.logical_id);
  out.TextIfAny("PhysicalResourceId", entry.now.values.ref);
  out.Text("ResourceType", entry.now.type);
  WriteTime(out, form == Form::kResource ? "Timestamp" : "LastUpdatedTimestamp", entry.time);
  out.Text("ResourceStatus", entry.status);
  out.TextIfAny("ResourceStatusReason", entry.reason);
  out.Open("DriftInformation");
  out.Text("StackResourceDriftStatus", "NOT_CHECKED");
  out.Close();
}

std::vector<const Entry*> Ordered(const StackRecord& stack) {
  std::vector<const Entry*> entries;
  for (const auto& [logical_id, entry] : stack.entries) entries.push_back(&entry);
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry* a, const Entry* b) { return a->now.order < b->now.order; });
  return entries;
}

}  // namespace

void DescribeStackEvents(ApiCall call) {
  const StackRecord* stack = call.RequiredStack();
  if (!stack) return;
  const std::size_t size = stack->events.size();
  std::optional<Page> page = TakePage(call, size);
  if (!page) return;
  aws::XmlWriter out;
  out.Open("StackEvents");
  for (std::size_t i = page->begin; i < page->end; ++i) {
    WriteEvent(out, *stack, stack->events[size - 1 - i]);  // newest first
  }
  out.Close();
  WriteNextToken(out, *page, size);
  call.Reply(std::move(out));
}

void DescribeStackResources(ApiCall call) {
  if (const std::string id = call.request().Text("PhysicalResourceId");
      !id.empty() && !call.request().Has("StackName")) {
    for (const StackRecord* stack : call.stacks().List()) {
      for (const auto& [logical_id, entry] : stack->entries) {
        if (entry.now.values.ref != id && entry.now.physical_id != id) continue;
        aws::XmlWriter out;
        out.Open("StackResources");
        out.Open("member");
        WriteEntry(out, *stack, entry, Form::kResource);
        out.Close();
        out.Close();
        return call.Reply(std::move(out));
      }
    }
    return call.FailValidation("Stack for " + id + " does not exist");
  }
  const StackRecord* stack = call.RequiredStack();
  if (!stack) return;
  const std::string only = call.request().Text("LogicalResourceId");
  aws::XmlWriter out;
  out.Open("StackResources");
  std::size_t written = 0;
  for (const Entry* entry : Ordered(*stack)) {
    if (!only.empty() && entry->now.logical_id != only) continue;
    if (++written > kPageSize) break;  // AWS stops there too; ListStackResources has pages
    out.Open("member");
    WriteEntry(out, *stack, *entry, Form::kResource);
    out.Close();
  }
  out.Close();
  call.Reply(std::move(out));
}

void DescribeStackResource(ApiCall call) {
  const StackRecord* stack = call.RequiredStack();
  if (!stack) return;
  const std::string logical_id = call.request().Text("LogicalResourceId");
  auto entry = stack->entries.find(logical_id);
  if (entry == stack->entries.end()) {
    return call.FailValidation("Resource " + logical_id + " does not exist for stack " +
                               stack->name);
  }
  aws::XmlWriter out;
  out.Open("StackResourceDetail");
  WriteEntry(out, *stack, entry->second, Form::kDetail);
  out.Text("Metadata", "{}");
  out.Close();
  call.Reply(std::move(out));
}

void ListStackResources(ApiCall call) {
  const StackRecord* stack = call.RequiredStack();
  if (!stack) return;
  const std::vector<const Entry*> entries = Ordered(*stack);
  std::optional<Page> page = TakePage(call, entries.size());
  if (!page) return;
  aws::XmlWriter out;
  out.Open("StackResourceSummaries");
  for (std::size_t i = page->begin; i < page->end; ++i) {
    out.Open("member");
    WriteEntry(out, *stack, *entries[i], Form::kSummary);
    out.Close();
  }
  out.Close();
  WriteNextToken(out, *page, entries.size());
  call.Reply(std::move(out));
}

}  // namespace gatehouse::stack
