#include "stack/check.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include "api/mapping_template.h"
#include "api/stage_compile.h"
#include "base/siphash.h"
#include "stack/plan.h"
#include "stack/rehearsal.h"

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

// Inline code with the handler of a file that it is not stored in.
bool IsElsewhere(const Resource& resource) {
  if (resource.type != "AWS::Lambda::Function") return false;
  const Value* code = resource.properties.Find("Code");
  return code && code->Find("ZipFile") && !resource.Text("Handler").starts_with("index.");
}

// Routes that will answer errors, and functions that cannot be loaded.
void NoteRefusals(const Template& source, const Plan& plan, Problems& notices) {
  for (const Step& step : plan.steps) {
    const Resource& next = step.next;
    const ResourceDeclaration* declaration = source.FindResource(next.logical_id);
    int line = declaration->line;
    std::string why;
    if (next.type == "AWS::ApiGatewayV2::Integration") {
      why = api::IntegrationRefusal(next.Text("IntegrationType"));
    } else if (next.type == "AWS::ApiGatewayV2::Route") {
      why = api::RouteRefusal(next.Text("RouteKey"), next.Text("AuthorizationType"),
                              next.Text("ApiKeyRequired") == "true");
    } else if (IsElsewhere(next)) {
      why = "inline code is stored as index.*, where its handler " + next.Text("Handler") +
            " is not: invocations fail until it gets other code";
      line = declaration->properties.Find("Handler")->line;
    }
    if (!why.empty()) notices.push_back({line, next.logical_id + ": " + why});
  }
}

// The mapping templates of MOCK integrations that gatehouse will not run.
void NoteTemplates(const Plan& plan, Problems& notices) {
  for (const Step& step : plan.steps) {
    const Resource& next = step.next;
    bool is_response = next.type == "AWS::ApiGatewayV2::IntegrationResponse";
    bool is_mock =
        next.type == "AWS::ApiGatewayV2::Integration" && next.Text("IntegrationType") == "MOCK";
    if (!is_response && !is_mock) continue;
    const char* property = is_response ? "ResponseTemplates" : "RequestTemplates";
    const Value* templates = next.properties.Find(property);
    if (!templates) continue;
    for (const Member& entry : templates->members) {
      auto compiled = api::MappingTemplate::Compile(entry.value.text);
      if (compiled) continue;
      notices.push_back({entry.line, next.logical_id + ": " + property + " " + entry.name + ", " +
                                         compiled.error().message});
    }
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
  const Template source = ReadTemplate(text, result.problems);
  PlanInput input;
  input.source = &source;
  input.parameters = SampleParameters(source, options, input, result.problems);
  SampleNames names;
  input.around = {"us-east-1", "000000000000", "check", options.source_directory, &names};
  Plan plan = MakePlan(input, result.problems);
  RehearsalResult rehearsal = Rehearse(source, plan, input.around);
  result.problems.insert(result.problems.end(), rehearsal.problems.begin(),
                         rehearsal.problems.end());
  result.notices = std::move(plan.notices);
  NoteRefusals(source, plan, result.notices);
  NoteTemplates(plan, result.notices);
  if (options.in_process_names) CheckInProcess(source, *options.in_process_names, result.problems);
  std::stable_sort(result.problems.begin(), result.problems.end(),
                   [](const Problem& a, const Problem& b) { return a.line < b.line; });
  return result;
}

}  // namespace gatehouse::stack
