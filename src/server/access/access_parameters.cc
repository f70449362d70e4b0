// IAM's view of Systems Manager's parameters.
// Source: Service Authorization Reference, "AWS Systems Manager".
#include <boost/json.hpp>

#include "parameter/ssm_api.h"
#include "server/access/access_table.h"

namespace gatehouse::server {

// The name is in Name, in Names or, of a path, in Path; the path itself is what is allowed.
void ParameterAccess(const AccessQuestion& question, Accesses& out) {
  namespace bj = boost::json;
  boost::system::error_code error;
  const bj::value body = bj::parse(question.request.body, error);
  if (error || !body.is_object()) return;  // the service refuses it
  const aws::Place place{question.facts.region, question.facts.account_id};
  auto ask = [&](const bj::value* name) {
    if (!name || !name->is_string()) return;
    std::string text = parameter::ParameterNameOf(std::string(name->get_string()));
    if (text.size() > 1 && text.ends_with('/')) text.pop_back();
    out.push_back({question.action, parameter::ParameterArn(place, text)});
  };
  ask(body.get_object().if_contains("Name"));
  ask(body.get_object().if_contains("Path"));
  const bj::value* names = body.get_object().if_contains("Names");
  if (!names || !names->is_array()) return;
  for (const bj::value& name : names->get_array()) ask(&name);
}

}  // namespace gatehouse::server
