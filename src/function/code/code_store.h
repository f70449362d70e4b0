// Puts a function's code where a process can be started on it. Inline text and zip files go to
// private folders below the base directory, named by the hash of what they hold, so that the same
// code is there only once and a new version never disturbs what still runs the old one. The work is
// done by one thread of its own; answers come on the loop.
//
//   BASE/code/HASH/index.py, BASE/code/HASH/… (unpacked), BASE/packages/HASH.zip (Keep)
#pragma once

#include <memory>
#include <string>

#include "base/executor.h"
#include "base/function.h"
#include "function/define/definition.h"
#include "gatehouse/result.h"

namespace gatehouse::function {

struct CodeFacts {
  std::size_t bytes = 0;  // of the zip file or of the inline text; 0 for a directory
  std::string sha256;     // base64, as CodeSha256; of the same
};

class CodeStore {
 public:
  template <class T>
  using Done = base::UniqueFunction<void(Result<T>)>;

  static constexpr std::size_t kWorkWaitingMax = 10'000;  // beyond: kLimitExceeded

  // loop must outlive this.
  CodeStore(std::string base_directory, base::Executor& loop, std::size_t package_bytes_max);
  ~CodeStore();  // what waits is dropped, its done never called

  // The task root. inline_name: "index.py" or "index.js". Errors: kNotFound (no such directory or
  // zip), kInvalidArgument, kPayloadTooLarge, kIo.
  void Prepare(const CodeSource& code, const std::string& inline_name, Done<std::string> done);

  // Checks a zip file's bytes and keeps them. Errors as Prepare's.
  void Keep(std::string zip_bytes, Done<CodeSource> done);

  void Describe(const CodeSource& code, Done<CodeFacts> done);

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace gatehouse::function
