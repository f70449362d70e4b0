#include "stack/wire/cloudformation_api.h"

#include <array>
#include <utility>

#include "aws/id.h"
#include "stack/wire/cloudformation_api_call.h"

namespace gatehouse::stack {
namespace {

struct Action {
  std::string_view name;
  void (*run)(ApiCall call);
};

constexpr std::array kActions = {
    Action{"CreateChangeSet", CreateChangeSet},
    Action{"CreateStack", CreateStack},
    Action{"DeleteChangeSet", DeleteChangeSet},
    Action{"DeleteStack", DeleteStack},
    Action{"DescribeChangeSet", DescribeChangeSet},
    Action{"DescribeStackEvents", DescribeStackEvents},
    Action{"DescribeStackResource", DescribeStackResource},
    Action{"DescribeStackResources", DescribeStackResources},
    Action{"DescribeStacks", DescribeStacks},
    Action{"ExecuteChangeSet", ExecuteChangeSet},
    Action{"GetTemplate", GetTemplate},
    Action{"GetTemplateSummary", GetTemplateSummary},
    Action{"ListChangeSets", ListChangeSets},
    Action{"ListExports", ListExports},
    Action{"ListImports", ListImports},
    Action{"ListStackResources", ListStackResources},
    Action{"ListStacks", ListStacks},
    Action{"UpdateStack", UpdateStack},
    Action{"ValidateTemplate", ValidateTemplate},
};

}  // namespace

std::vector<std::string_view> CloudFormationApi::Operations() {
  std::vector<std::string_view> names;
  for (const Action& action : kActions) names.push_back(action.name);
  return names;
}

void CloudFormationApi::Handle(const wire::ServiceRequest& request, wire::ServiceDone done) {
  Result<wire::FormFields> fields = ReadQueryFields(request);
  const bool readable = fields.has_value();
  QueryRequest query = readable ? QueryRequest(*std::move(fields)) : QueryRequest();
  const std::string name = query.Text("Action");
  ApiCall call(stacks_, name, std::move(query), aws::NewUuid(random_), std::move(done));
  call.set_is_owner(request.caller.empty() || request.caller.ends_with(":root"));
  if (!readable) return call.Fail(413, "RequestEntityTooLarge", fields.error().message);
  if (name.empty()) {
    return call.Fail(400, "MissingAction", "The request must contain the parameter Action.");
  }
  const std::string version = call.request().Text("Version");
  for (const Action& action : kActions) {
    if (action.name != name) continue;
    if (!version.empty() && version != "2010-05-15") break;
    return action.run(std::move(call));
  }
  call.Fail(400, "InvalidAction",
            "Could not find operation " + name + " for version " + version +
                "; gatehouse serves CloudFormation's actions for stacks and change sets");
}

}  // namespace gatehouse::stack
