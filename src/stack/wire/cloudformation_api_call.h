// One call of an action on its way: what it asks, where its answer goes. Inside the room.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/xml_writer.h"
#include "stack/engine/stacks.h"
#include "wire/form.h"
#include "wire/service.h"

namespace gatehouse::stack {

inline constexpr std::size_t kPageSize = 100;         // members in a page of any list
inline constexpr std::size_t kListMembersMax = 1000;  // in a list of a request

// The fields of a query-protocol request.
class QueryRequest {
 public:
  QueryRequest() = default;
  explicit QueryRequest(wire::FormFields fields);

  std::string Text(std::string_view name) const;  // empty: absent
  bool Has(std::string_view name) const { return fields_.contains(name); }
  bool True(std::string_view name) const { return Text(name) == "true"; }
  // "Capabilities" → the values of Capabilities.member.1, .2, …
  std::vector<std::string> List(std::string_view name) const;
  // How many structures "Parameters.member.N.*" there are, N from 1.
  std::size_t Structures(std::string_view name) const;
  static std::string Inside(std::string_view name, std::size_t n, std::string_view field);

 private:
  std::map<std::string, std::string, std::less<>> fields_;
};

// The fields of a request: its body's; of a GET (a signed URL, let in before) its query string's.
// Errors: kPayloadTooLarge.
Result<wire::FormFields> ReadQueryFields(const wire::ServiceRequest& request);

class ApiCall {
 public:
  ApiCall(Stacks& stacks, std::string action, QueryRequest request, std::string request_id,
          wire::ServiceDone done)
      : stacks_(&stacks),
        action_(std::move(action)),
        request_(std::move(request)),
        request_id_(std::move(request_id)),
        done_(std::move(done)) {}

  Stacks& stacks() { return *stacks_; }
  const QueryRequest& request() const { return request_; }

  // Whoever is not the owner gets nothing of the folder that is served.
  void set_is_owner(bool is_owner) { is_owner_ = is_owner; }
  bool is_owner() const { return is_owner_; }

  // The inside of the …Result element.
  void Reply(aws::XmlWriter result);
  // For the actions without one.
  void ReplyWithoutResult();
  void Fail(const Error& error);
  void FailValidation(std::string message);
  void Fail(int status, std::string_view code, std::string_view message);

  // The stack that StackName names; if there is none it is null and the call is answered.
  const StackRecord* RequiredStack();

 private:
  void Send(int status, std::string body);

  Stacks* stacks_;
  std::string action_;
  QueryRequest request_;
  std::string request_id_;
  wire::ServiceDone done_;
  bool is_owner_ = true;
};

// A page of a list of that size, from NextToken. Writes the next page's token into out.
struct Page {
  std::size_t begin = 0;
  std::size_t end = 0;
};
// Nothing, and the call answered, if the token is none of ours.
std::optional<Page> TakePage(ApiCall& call, std::size_t size);
void WriteNextToken(aws::XmlWriter& out, const Page& page, std::size_t size);

// What CreateStack, UpdateStack and CreateChangeSet say alike. Nothing, and the call answered, if
// it cannot be understood.
std::optional<StackRequest> TakeStackRequest(ApiCall& call);

// The actions: cloudformation_api_stacks.cc, cloudformation_api_change_sets.cc,
// cloudformation_api_resources.cc, cloudformation_api_templates.cc.
void CreateStack(ApiCall call);
void UpdateStack(ApiCall call);
void DeleteStack(ApiCall call);
void DescribeStacks(ApiCall call);
void ListStacks(ApiCall call);
void ListExports(ApiCall call);
void ListImports(ApiCall call);
void CreateChangeSet(ApiCall call);
void DescribeChangeSet(ApiCall call);
void ExecuteChangeSet(ApiCall call);
void DeleteChangeSet(ApiCall call);
void ListChangeSets(ApiCall call);
void DescribeStackEvents(ApiCall call);
void DescribeStackResource(ApiCall call);
void DescribeStackResources(ApiCall call);
void ListStackResources(ApiCall call);
void GetTemplate(ApiCall call);
void GetTemplateSummary(ApiCall call);
void ValidateTemplate(ApiCall call);

// Parts of answers that several actions give.
void WriteParameters(aws::XmlWriter& out, const StackDefinition& definition);
void WriteTexts(aws::XmlWriter& out, std::string_view name, const std::vector<std::string>& texts);
void WriteTags(aws::XmlWriter& out, const Tags& tags);
void WriteTime(aws::XmlWriter& out, std::string_view name, base::Millis time);  // nothing if 0

}  // namespace gatehouse::stack
