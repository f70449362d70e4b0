// Custom domains of APIs of version 2: gatehouse answers by Host, the records are SAM's.
#include <algorithm>

#include "stack/sam/logical_id.h"
#include "stack/sam/websocket_api.h"

namespace gatehouse::stack::sam {
namespace {

Value RecordSet(const Value& domain, const Value& route53, const std::string& id,
                std::string_view type) {
  Value target = Object({{"HostedZoneId", GetAtt(id, "RegionalHostedZoneId")},
                         {"DNSName", GetAtt(id, "RegionalDomainName")}});
  SetIfAny(target, "EvaluateTargetHealth", route53.Find("EvaluateTargetHealth"));
  Value record = Object({{"Name", *domain.Find("DomainName")},
                         {"Type", Text(type)},
                         {"AliasTarget", std::move(target)}});
  SetIfAny(record, "Region", route53.Find("Region"));
  SetIfAny(record, "SetIdentifier", route53.Find("SetIdentifier"));
  return record;
}

void MakeRecords(const Source& source, const Value& domain, const std::string& id, MadeList& made,
                 Expansion& expansion) {
  const Value* route53 = domain.Find("Route53");
  if (!route53) return;
  const Value* zone = route53->Find("HostedZoneId");
  const char* zone_name = zone ? "HostedZoneId" : "HostedZoneName";
  if (!zone) zone = route53->Find("HostedZoneName");
  if (!zone) {
    return expansion.Fail(source,
                          "HostedZoneId or HostedZoneName is required to enable Route53 support "
                          "on Custom Domains.");
  }
  Made& group =
      made.emplace_back(HashedId("RecordSetGroup", *zone), "AWS::Route53::RecordSetGroup");
  group.Set(zone_name, *zone);
  Value records = List({RecordSet(domain, *route53, id, "A")});
  const Value* version_6 = route53->Find("IpV6");
  if (version_6 && version_6->text == "true") {
    records.items.push_back(RecordSet(domain, *route53, id, "AAAA"));
  }
  group.Set("RecordSets", std::move(records));
}

void MakeMapping(const Source& source, const std::string& domain_id, const std::string* path,
                 MadeList& made) {
  std::string word;
  for (const char c : path ? *path : std::string()) {
    if (c != '-' && c != '_' && c != '/') word += c;
  }
  Made& mapping =
      made.emplace_back(source.id + word + "ApiMapping", "AWS::ApiGatewayV2::ApiMapping");
  mapping.Set("DomainName", RefTo(domain_id));
  mapping.Set("ApiId", RefTo(source.id));
  mapping.Set("Stage", RefTo(source.id + ".Stage"));
  if (!path) return;
  const std::size_t first = path->find_first_not_of('/');
  const std::size_t last = path->find_last_not_of('/');
  mapping.Set("ApiMappingKey",
              Text(first == path->npos ? "" : path->substr(first, last - first + 1)));
}

}  // namespace

void MakeDomain(const Source& source, const Value& domain, std::string_view tag, MadeList& made,
                Expansion& expansion) {
  const Value* name = domain.Find("DomainName");
  const Value* certificate = domain.Find("CertificateArn");
  if (!name || !certificate) {
    return expansion.Fail(
        source, "Custom Domains only works if both DomainName and CertificateArn are provided.");
  }
  const Value* endpoint = domain.Find("EndpointConfiguration");
  if (endpoint && endpoint->text != "REGIONAL") {
    return expansion.Fail(source,
                          "EndpointConfiguration for Custom Domains must be one of ['REGIONAL'].");
  }
  Made& made_domain =
      made.emplace_back(HashedId("ApiGatewayDomainNameV2", *name), "AWS::ApiGatewayV2::DomainName");
  const std::string id = made_domain.id;
  made_domain.Set("DomainName", *name);
  Value tags = Value::Object();
  tags.Set(tag, Text("SAM"));
  made_domain.Set("Tags", std::move(tags));
  Value config = Object({{"CertificateArn", *certificate}, {"EndpointType", Text("REGIONAL")}});
  for (const char* passed : {"OwnershipVerificationCertificateArn", "SecurityPolicy"}) {
    if (const Value* one = domain.Find(passed); !IsEmpty(one)) config.Set(passed, *one);
  }
  made_domain.Set("DomainNameConfigurations", List({std::move(config)}));
  const Value* paths = domain.Find("BasePath");
  if (paths && paths->is_list() && !paths->items.empty()) {
    for (const Value& path : paths->items) {
      if (made.size() > kResourcesMax) return;
      MakeMapping(source, id, &path.text, made);
    }
  } else {
    MakeMapping(source, id, IsEmpty(paths) ? nullptr : &paths->text, made);
  }
  MakeRecords(source, domain, id, made, expansion);
  expansion.Refer(source.id, "DomainName", id);
}

}  // namespace gatehouse::stack::sam
