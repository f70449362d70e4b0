#include "stack/check/template_check.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include "base/siphash.h"
#include "stack/check/aws_faults.h"
#include "stack/check/serving.h"
#include "stack/check/wiring.h"
#include "stack/engine/plan.h"
#include "stack/engine/rehearsal.h"
#include "stack/template/expand.h"

namespace gatehouse::stack {
namespace {

class SampleNames final : public Names {
 public:
  std::string Derive(std::string_view what, std::string_view, std::string_view logical_id,
                     std::string_view alphabet, std::size_t length) const override {
    const std::string words = std::string(what).append("/").append(logical_id);
    std::string text;
    for (std::uint64_t i = 0; i < length; ++i) {
      const std::uint64_t bits = base::SipHash24({0, i}, std::as_bytes(std::span(words)));
      text += alphabet[bits % alphabet.size()];
    }
    return text;
  }
};

// What somebody might give for a parameter without a default.
std::string Sample(const ParameterDeclaration& parameter) {
  if (!parameter.allowed_values.empty()) return parameter.allowed_values.front();
  if (parameter.type == "Number" || parameter.type == "List<Number>") {
    const double least =
        parameter.min_value.value_or(std::min(1.0, parameter.max_value.value_or(1)));
    return std::to_string(static_cast<long long>(least));
  }
  const double length = std::clamp(parameter.min_length.value_or(1.0), 1.0, 4096.0);
  return std::string(static_cast<std::size_t>(length), 'x');
}

void CheckInProcess(const Template& source, const std::vector<std::string>& names,
                    Problems& problems) {
  std::string known;
  for (const std::string& name : names) known.append(known.empty() ? "" : ", ").append(name);
  for (const ResourceDeclaration& resource : source.resources) {
    const std::string& wanted = resource.in_process;
    if (wanted.empty() || std::find(names.begin(), names.end(), wanted) != names.end()) continue;
    problems.push_back({resource.line, resource.logical_id + ": no in-process handler " + wanted +
                                           " (there are " + known + ")"});
  }
}

// The template's parameters with their defaults, or what somebody might give.
ParameterTexts SampleParameters(const Template& source, const CheckOptions& options,
                                PlanInput& input, Problems& problems) {
  ParameterInputs inputs = options.parameters;
  for (const ParameterDeclaration& parameter : source.parameters) {
    if (parameter.default_value || inputs.contains(parameter.name)) continue;
    inputs[parameter.name] = {parameter.allowed_pattern.empty() ? Sample(parameter) : "x", false};
    input.samples.insert(parameter.name);
  }
  Problems of_samples;
  ParameterTexts texts = ResolveParameters(source, inputs, nullptr, of_samples);
  for (Problem& problem : of_samples) {
    // A sample that does not fit is our fault, a value that does not is the template's.
    const bool sampled = std::any_of(
        input.samples.begin(), input.samples.end(),
        [&](const std::string& name) { return source.FindParameter(name)->line == problem.line; });
    if (!sampled) problems.push_back(std::move(problem));
  }
  return texts;
}

}  // namespace

CheckResult Check(std::string_view text, const CheckOptions& options) {
  CheckResult result;
  const Template source =
      ReadTemplate(text, result.problems, {&options.parameters, nullptr, options.source_directory});
  PlanInput input;
  input.source = &source;
  input.other_stacks_known = false;
  input.strict_types = options.strict_types;
  input.parameters = SampleParameters(source, options, input, result.problems);
  SampleNames names;
  input.around = {"us-east-1", "000000000000", "check", options.source_directory, &names};
  Plan plan = MakePlan(input, result.problems);
  RehearsalResult rehearsal = Rehearse(source, plan, input.around);
  result.problems.insert(result.problems.end(), rehearsal.problems.begin(),
                         rehearsal.problems.end());
  result.notices = plan.notices;
  JudgeServing(source, plan, rehearsal, options.code_fault, result);
  JudgeWiring(source, plan, rehearsal, Grants(plan, input.around), options.code_fault != nullptr,
              result);
  JudgeOnAws(source, plan, input.samples, result);
  if (options.in_process_names) CheckInProcess(source, *options.in_process_names, result.problems);
  for (Problems* problems : {&result.problems, &result.unserved, &result.warnings}) {
    std::stable_sort(problems->begin(), problems->end(),
                     [](const Problem& a, const Problem& b) { return a.line < b.line; });
  }
  return result;
}

}  // namespace gatehouse::stack
