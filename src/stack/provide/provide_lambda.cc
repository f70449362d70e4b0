// Functions and their permissions in the function room.
#include <algorithm>
#include <array>

#include "stack/provide/rooms_provider.h"
#include "stack/resource/resource_lambda.h"

namespace gatehouse::stack {
namespace {

bool FunctionExists(const Rooms& rooms, const Resource& resource) {
  return rooms.functions.Find(resource.physical_id) != nullptr;
}

Task<Result<void>> CreateFunction(Rooms& rooms, const Resource& resource) {
  Await<Result<void>> created([&](Await<Result<void>>::Done done) {
    rooms.functions.Create(ToFunctionDefinition(resource), std::move(done));
  });
  co_return co_await created;
}

Task<Result<void>> UpdateFunction(Rooms& rooms, const Resource& after) {
  Await<Result<void>> updated([&](Await<Result<void>>::Done done) {
    rooms.functions.Update(ToFunctionDefinition(after), std::move(done));
  });
  co_return co_await updated;
}

Task<Result<void>> RemoveFunction(Rooms& rooms, const Resource& resource) {
  Await<Result<void>> removed([&](Await<Result<void>>::Done done) {
    rooms.functions.Delete(resource.physical_id, std::move(done));
  });
  co_return co_await removed;
}

bool PermissionExists(const Rooms& rooms, const Resource& resource) {
  const auto permissions =
      rooms.functions.Permissions(FunctionNameOf(resource.Text("FunctionName")));
  return std::any_of(permissions.begin(), permissions.end(), [&](const auto& permission) {
    return permission.statement_id == resource.physical_id;
  });
}

Task<Result<void>> CreatePermission(Rooms& rooms, const Resource& resource) {
  const std::string name = FunctionNameOf(resource.Text("FunctionName"));
  Await<Result<void>> added([&](Await<Result<void>>::Done done) {
    rooms.functions.AddPermission(name, ToPermission(resource), std::move(done));
  });
  co_return co_await added;
}

Task<Result<void>> RemovePermission(Rooms& rooms, const Resource& resource) {
  const std::string name = FunctionNameOf(resource.Text("FunctionName"));
  Await<Result<void>> removed([&](Await<Result<void>>::Done done) {
    rooms.functions.RemovePermission(name, resource.physical_id, std::move(done));
  });
  co_return co_await removed;
}

// Every change of a permission replaces it; this restores one.
Task<Result<void>> UpdatePermission(Rooms& rooms, const Resource& after) {
  Task<Result<void>> removal = RemovePermission(rooms, after);
  Result<void> removed = co_await removal;
  if (!removed && removed.error().code != ErrorCode::kNotFound) co_return removed;
  Task<Result<void>> creation = CreatePermission(rooms, after);
  co_return co_await creation;
}

bool EventInvokeExists(const Rooms& rooms, const Resource& resource) {
  const auto* function = rooms.functions.Lookup(FunctionNameOf(resource.Text("FunctionName")));
  return function && function->event_invoke;
}

Task<Result<void>> SetEventInvoke(Rooms& rooms, const Resource& resource,
                                  std::optional<function::EventInvokeConfig> config,
                                  bool only_new) {
  const std::string name = FunctionNameOf(resource.Text("FunctionName"));
  if (config) config->modified = rooms.clock.WallNow();
  Await<Result<void>> set([&](Await<Result<void>>::Done done) {
    rooms.functions.SetEventInvoke(name, std::move(config), only_new, std::move(done));
  });
  co_return co_await set;
}

Task<Result<void>> CreateEventInvoke(Rooms& rooms, const Resource& resource) {
  return SetEventInvoke(rooms, resource, ToEventInvoke(resource), true);
}

Task<Result<void>> UpdateEventInvoke(Rooms& rooms, const Resource& after) {
  return SetEventInvoke(rooms, after, ToEventInvoke(after), false);
}

Task<Result<void>> RemoveEventInvoke(Rooms& rooms, const Resource& resource) {
  return SetEventInvoke(rooms, resource, std::nullopt, false);
}

constexpr std::array kLambdaRows = {
    ProvidedType{"AWS::Lambda::Function", FunctionExists, CreateFunction, UpdateFunction,
                 RemoveFunction},
    ProvidedType{"AWS::Lambda::EventInvokeConfig", EventInvokeExists, CreateEventInvoke,
                 UpdateEventInvoke, RemoveEventInvoke},
    ProvidedType{"AWS::Lambda::Permission", PermissionExists, CreatePermission, UpdatePermission,
                 RemovePermission},
};

}  // namespace

std::span<const ProvidedType> ProvidedByLambda() { return kLambdaRows; }

}  // namespace gatehouse::stack
