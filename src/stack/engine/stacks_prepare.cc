// From a request to a plan, and the refusals on the way.
#include <algorithm>

#include "stack/engine/rehearsal.h"
#include "stack/engine/stacks_prepared.h"
#include "stack/template/expand.h"

namespace gatehouse::stack {
namespace {

constexpr std::string_view kAutoExpand = "CAPABILITY_AUTO_EXPAND";

bool Has(const std::vector<std::string>& given, std::string_view name) {
  return std::find(given.begin(), given.end(), name) != given.end();
}

Result<void> CheckCapability(Capability needed, const std::vector<std::string>& given) {
  auto has = [&](std::string_view name) { return Has(given, name); };
  if (needed == Capability::kNone || has("CAPABILITY_NAMED_IAM")) return {};
  if (needed == Capability::kIam && has("CAPABILITY_IAM")) return {};
  return Error{ErrorCode::kForbidden, needed == Capability::kIam
                                          ? "Requires capabilities : [CAPABILITY_IAM]"
                                          : "Requires capabilities : [CAPABILITY_NAMED_IAM]"};
}

}  // namespace

Stacks::Prepared Stacks::Prepare(const StackRequest& request, const StackRecord* stack,
                                 const std::string& id, Problems& problems) const {
  Prepared prepared;
  StackDefinition& definition = prepared.definition;
  if (stack) definition.template_text = stack->definition.template_text;
  if (request.template_text) definition.template_text = *request.template_text;
  definition.capabilities = request.capabilities;
  if (request.tags) {
    definition.tags = *request.tags;
  } else if (stack) {
    definition.tags = stack->definition.tags;
  }
  definition.source_directory =
      request.source_directory.empty() ? options_.source_directory : request.source_directory;
  if (!request.may_read_files) definition.source_directory.clear();
  const ParameterTexts* previous = stack ? &stack->definition.parameters : nullptr;
  const Template source =
      ReadTemplate(definition.template_text, problems,
                   {&request.parameters, previous, definition.source_directory, options_.region});
  prepared.uses_sam = source.has_sam();
  prepared.transform_failure = source.transform_failure;
  definition.parameters = ResolveParameters(source, request.parameters, previous, problems);
  PlanInput input;
  input.source = &source;
  input.parameters = definition.parameters;
  input.around = {options_.region, options_.account_id, request.name, definition.source_directory,
                  &names_};
  input.stack_id = id;
  input.strict_types = options_.strict_types;
  input.stored = options_.stored_parameter;
  if (!input.stored) input.stored = [](std::string_view) { return std::nullopt; };
  input.lenient_stored = request.rehearse;
  input.exports = exports();
  std::erase_if(input.exports, [&](const auto& e) { return e.second.stack_name == request.name; });
  Resources existing;
  if (stack) existing = stack->resources();
  input.existing = stack ? &existing : nullptr;
  input.taken = [this](const Resource& resource) { return provider_.Exists(resource); };
  prepared.plan = MakePlan(input, problems);
  if (request.rehearse) {
    RehearsalResult rehearsal = Rehearse(source, prepared.plan, input.around);
    problems.insert(problems.end(), rehearsal.problems.begin(), rehearsal.problems.end());
  }
  definition.no_echo = prepared.plan.no_echo;
  definition.description = prepared.plan.description;
  prepared.changes = !stack || prepared.plan.changes_resources() ||
                     stack->definition.outputs != prepared.plan.outputs ||
                     stack->definition.tags != definition.tags;
  return prepared;
}

Result<Stacks::Prepared> Stacks::PrepareChecked(const StackRequest& request,
                                                const StackRecord* stack,
                                                const std::string& id) const {
  Problems problems;
  Prepared prepared = Prepare(request, stack, id, problems);
  if (!prepared.transform_failure.empty()) {
    return Error{ErrorCode::kInvalidArgument, prepared.transform_failure};
  }
  if (!problems.empty()) return Error{ErrorCode::kInvalidArgument, problems.front().message};
  if (auto granted = CheckCapability(prepared.plan.capability, request.capabilities); !granted) {
    return granted.error();
  }
  if (prepared.uses_sam && request.expands && !Has(request.capabilities, kAutoExpand)) {
    return Error{ErrorCode::kForbidden, "Requires capabilities : [CAPABILITY_AUTO_EXPAND]"};
  }
  if (stack) {
    if (auto kept = CheckExports(*stack, prepared.plan); !kept) return kept.error();
  }
  return prepared;
}

// Exports that others use must stay as they are.
Result<void> Stacks::CheckExports(const StackRecord& stack, const Plan& plan) const {
  for (const Output& old : stack.definition.outputs) {
    std::vector<std::string> users = ImportersOf(old.export_name);
    if (old.export_name.empty() || users.empty()) continue;
    auto found = std::find_if(plan.outputs.begin(), plan.outputs.end(), [&](const Output& output) {
      return output.export_name == old.export_name;
    });
    if (found == plan.outputs.end()) {
      return Error{
          ErrorCode::kInvalidArgument,
          "Export " + old.export_name + " cannot be deleted as it is in use by " + users.front()};
    }
    if (found->value != old.value) {
      return Error{
          ErrorCode::kInvalidArgument,
          "Export " + old.export_name + " cannot be updated as it is in use by " + users.front()};
    }
  }
  return {};
}

}  // namespace gatehouse::stack
