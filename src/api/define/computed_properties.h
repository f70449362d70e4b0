// What nobody gives: ids, dates, endpoints, and the sentence for what is not there. Any thread.
// Source: API Gateway V2 API 2018-11-29; docs/aws/cloudformation.md §9 (shapes of ids).
#pragma once

#include <string>

#include "api/define/api_state.h"
#include "base/clock.h"
#include "base/random.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

struct CatalogueOptions {
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
};

// What a change needs of the world.
struct ChangeContext {
  const CatalogueOptions& options;
  base::Random& random;
  base::Millis now;  // since 1970
};

// length characters of a-z0-9
std::string NewResourceId(base::Random& random, std::size_t length);
// One that no resource of that kind has yet.
std::string FreeId(const ApiState& state, ResourceKind kind, base::Random& random);

// Sets the properties of a new or changed resource that nobody gives.
void SetComputed(Resource& resource, ResourceKind kind, const ChangeContext& context);

// "Invalid Route identifier specified r1s2t3u" (kNotFound), as AWS puts it.
Error NoSuchResource(const ResourcePlace& place, const CatalogueOptions& options);

}  // namespace gatehouse::api
