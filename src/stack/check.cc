#include "stack/check.h"

#include <algorithm>

#include "api/mapping_template.h"
#include "api/stage_compile.h"
#include "stack/plan.h"

namespace gatehouse::stack {
namespace {

class SampleNames final : public Names {
 public:
  std::string Derive(std::string_view, std::string_view, std::string_view logical_id,
                     std::string_view alphabet, std::size_t length) const override {
    std::string text;
    for (std::size_t i = 0; i < length; ++i) {
      const auto c = logical_id.empty()
                         ? std::size_t{0}
                         : static_cast<unsigned char>(logical_id[i % logical_id.size()]);
      text += alphabet[c % alphabet.size()];
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

}  // namespace

CheckResult Check(std::string_view text, const CheckOptions& options) {
  CheckResult result;
  const Template source = ReadTemplate(text, result.problems);
  if (result.problems.empty()) {
    ParameterInputs inputs;
    for (const ParameterDeclaration& parameter : source.parameters) {
      const bool sampled = !parameter.default_value && parameter.allowed_pattern.empty();
      if (sampled) inputs[parameter.name] = {Sample(parameter), false};
      if (!parameter.default_value && !sampled) inputs[parameter.name] = {"x", false};
    }
    PlanInput input;
    input.source = &source;
    Problems of_samples;
    input.parameters = ResolveParameters(source, inputs, nullptr, of_samples);
    for (Problem& problem : of_samples) {
      // A sample that does not fit is our fault, a default that does not is the template's.
      const bool sampled = std::any_of(inputs.begin(), inputs.end(), [&](const auto& given) {
        const ParameterDeclaration* parameter = source.FindParameter(given.first);
        return parameter && parameter->line == problem.line;
      });
      if (!sampled) result.problems.push_back(std::move(problem));
    }
    SampleNames names;
    input.around = {"us-east-1", "000000000000", "check", options.source_directory, &names};
    Problems of_plan;
    Plan plan = MakePlan(input, of_plan);
    result.problems.insert(result.problems.end(), of_plan.begin(), of_plan.end());
    result.notices = std::move(plan.notices);
    NoteRefusals(source, plan, result.notices);
    NoteTemplates(plan, result.notices);
    if (options.in_process_names) {
      CheckInProcess(source, *options.in_process_names, result.problems);
    }
  }
  std::stable_sort(result.problems.begin(), result.problems.end(),
                   [](const Problem& a, const Problem& b) { return a.line < b.line; });
  return result;
}

}  // namespace gatehouse::stack
