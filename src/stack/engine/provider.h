// Who makes a stack's resources: the world as the engine sees it. rooms_provider.h is the real one.
// Loop thread only.
#pragma once

#include <string>

#include "gatehouse/result.h"
#include "gatehouse/task.h"
#include "stack/resource/resource.h"

namespace gatehouse::stack {

class Provider {
 public:
  virtual ~Provider() = default;

  // Whether something with that physical id is there, whoever made it.
  virtual bool Exists(const Resource& resource) const = 0;

  // References live until the task is done. The message of an error is the service's own.
  virtual Task<Result<void>> Create(const Resource& resource) = 0;
  // Brings what is there to `after`, whatever it was before; carried out twice it does no harm.
  virtual Task<Result<void>> Update(const Resource& before, const Resource& after) = 0;
  // Nothing to delete is success.
  virtual Task<Result<void>> Delete(const Resource& resource) = 0;

  // Takes an api's routes and integrations as they are now into its stages.
  virtual Task<Result<void>> Refresh(const std::string& api_id) = 0;

  // At start, of each resource that exists: for what is kept in memory only.
  virtual void Restore(const Resource& resource) = 0;
};

}  // namespace gatehouse::stack
