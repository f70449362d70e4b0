// MOCK integrations: what they answer without asking anybody. Immutable once compiled; any thread.
// Source: docs/aws/websocket-api.md §6.2, §6.3, §6.5.
//
// The request template gives JSON with a statusCode, which on $connect opens or refuses and which
// selects the integration response; a template of that is the message, if the route has a route
// response. Choices where AWS's behaviour is unknown: the JSON may be lenient ({statusCode: 200},
// as CDK writes it); without a request template the message itself is taken for it; $input in a
// response template is what the request template gave; a response without templates is an empty
// message; of several matching responses the first made counts.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/language/pattern.h"
#include "api/language/template_set.h"
#include "api/stage/definition.h"
#include "api/stage/invoke_outcome.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

class MockIntegration {
 public:
  // Errors: those of TemplateSet::Compile and Pattern::Compile.
  static Result<std::shared_ptr<const MockIntegration>> Compile(const MockDefinition& definition);

  // view.event is there; view.body, too, if reads_body() and the message is a JSON object.
  // kRefused with a sentence: its definition gives no answer to this message.
  InvokeOutcome Run(RequestView view, bool two_way) const;

  bool reads_body() const { return reads_body_; }

 private:
  struct Response {
    std::optional<Pattern> pattern;  // nothing: $default
    TemplateSet templates;
  };

  Result<std::string> RenderRequest(const RequestView& view) const;
  const Response* ChooseResponse(const RequestView& view) const;
  InvokeOutcome RenderResponse(const RequestView& view, int status) const;

  TemplateSet request_templates_;
  std::string passthrough_behavior_;
  std::vector<Response> responses_;
  bool reads_body_ = false;
};

}  // namespace gatehouse::api
