// The folder of a running gatehouse, by which other processes of the same user find it (design
// §7.17): {root}/{port}/ with ready.json, credentials.json, authority.pem, ca-bundle.pem,
// aws-config, node-shim.cjs, and a lock that its process holds. Blocks; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "gatehouse/result.h"
#include "server/command/client_environment.h"

namespace gatehouse::server {

// $XDG_RUNTIME_DIR/gatehouse if that folder exists, else /tmp/gatehouse-{uid} (or below $TMPDIR).
std::string InstancesRoot(const Variables& environment, unsigned uid);

class InstanceFolder {
 public:
  // Makes the root (0700) and the port's folder empty, and takes its lock. Errors: kForbidden (the
  // root is somebody else's or open to others), kConflict (a live process has it), kIo.
  static Result<InstanceFolder> Create(const std::string& root, std::uint16_t port);

  InstanceFolder(InstanceFolder&& other) noexcept;
  InstanceFolder& operator=(InstanceFolder&&) = delete;
  ~InstanceFolder();  // removes it

  const std::string& path() const { return path_; }
  Result<void> Write(base::Files& files, std::string_view name, std::string_view text) const;

 private:
  InstanceFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_ = -1;
};

// A file in the root that belongs to no instance; its path. Errors: as Create.
Result<std::string> WriteInRoot(const std::string& root, base::Files& files, std::string_view name,
                                std::string_view text);

// Of several, the one whose data lie in the nearest .gatehouse at or above a folder. Nothing if
// there is no such folder, or nobody of them uses it.
std::optional<InstanceFacts> InstanceOfFolder(const std::vector<InstanceFacts>& live,
                                              const std::string& folder);

// The live instances by port; folders of dead ones are removed on the way.
std::vector<InstanceFacts> LiveInstances(const std::string& root, base::Files& files);

}  // namespace gatehouse::server
