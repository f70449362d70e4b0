// The few things done with whole files. Any thread; blocks.
#pragma once

#include <string>
#include <string_view>

#include "gatehouse/result.h"

namespace gatehouse::base {

class Files {
 public:
  virtual ~Files() = default;
  virtual Result<std::string> Read(const std::string& path) = 0;
  // Readers see the old content or the new one, never a part: written beside and renamed.
  virtual Result<void> WriteAtomically(const std::string& path, std::string_view content,
                                       unsigned mode) = 0;
  virtual Result<void> CreateDirectories(const std::string& path) = 0;
  virtual bool Exists(const std::string& path) = 0;
  virtual void Remove(const std::string& path) = 0;  // absent is fine
};

class SystemFiles final : public Files {
 public:
  Result<std::string> Read(const std::string& path) override;
  Result<void> WriteAtomically(const std::string& path, std::string_view content,
                               unsigned mode) override;
  Result<void> CreateDirectories(const std::string& path) override;
  bool Exists(const std::string& path) override;
  void Remove(const std::string& path) override;
};

}  // namespace gatehouse::base
