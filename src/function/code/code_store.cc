#include "function/code/code_store.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "auth/signature/digest.h"
#include "base/encoding.h"
#include "base/file.h"
#include "function/code/zip_file.h"

namespace gatehouse::function {
namespace {

namespace fs = std::filesystem;

std::string Hash(std::string_view bytes) {
  auth::Digest digest = auth::Sha256(bytes);
  return std::string(auth::BytesOf(digest));
}

Error IoError(const std::string& what, const std::error_code& error) {
  return {ErrorCode::kIo, what + ": " + error.message()};
}

// Does the work; one thread.
class Shelves {
 public:
  Shelves(std::string base, std::size_t package_bytes_max)
      : base_(std::move(base)), package_bytes_max_(package_bytes_max) {}

  Result<std::string> Prepare(const CodeSource& code, const std::string& inline_name) {
    switch (code.kind) {
      case CodeSource::kInline:
        return PrepareInline(code.text, inline_name);
      case CodeSource::kDirectory:
        return PrepareDirectory(code.text);
      case CodeSource::kZip:
        return PrepareZip(code.text);
      case CodeSource::kNone:
        break;
    }
    return Error{ErrorCode::kInvalidArgument, "the function has no code"};
  }

  Result<CodeSource> Keep(const std::string& zip_bytes) {
    std::string name = base::EncodeHex(Hash(zip_bytes));
    std::string path = base_ + "/packages/" + name + ".zip";
    if (Result<void> made = files_.CreateDirectories(base_ + "/packages"); !made) {
      return made.error();
    }
    if (Result<void> kept = files_.WriteAtomically(path, zip_bytes, 0600); !kept) {
      return kept.error();
    }
    if (Result<std::string> fine = PrepareZip(path); !fine) {
      files_.Remove(path);
      return fine.error();
    }
    return CodeSource{CodeSource::kZip, path};
  }

  Result<CodeFacts> Describe(const CodeSource& code) {
    if (code.kind != CodeSource::kZip) {
      bool text = code.kind == CodeSource::kInline;
      return CodeFacts{text ? code.text.size() : 0, base::EncodeBase64(Hash(code.text))};
    }
    Result<std::string> bytes = files_.Read(code.text);
    if (!bytes) return bytes.error();
    return CodeFacts{bytes->size(), base::EncodeBase64(Hash(*bytes))};
  }

 private:
  // Built beside under a name of its own and renamed: a folder of that name is always whole.
  template <class Fill>
  Result<std::string> Shelve(const std::string& name, Fill fill) {
    std::string shelf = base_ + "/code/" + name;
    std::error_code error;
    if (fs::is_directory(shelf, error)) return shelf;
    if (Result<void> made = PrepareShelves(); !made) return made.error();
    std::string building = base_ + "/code/new-XXXXXX";
    if (!::mkdtemp(building.data())) {
      return IoError("cannot create " + building, {errno, std::generic_category()});
    }
    Result<void> filled = fill(building);
    if (filled) {
      ::chmod(building.c_str(), 0755);
      fs::rename(building, shelf, error);
      if (!error) return shelf;
      filled = IoError("cannot create " + shelf, error);
    }
    fs::remove_all(building, error);
    return filled.error();
  }

  // The package.json ends Node's search for one: a project around the base directory may be of ES
  // modules, its inline functions are not.
  Result<void> PrepareShelves() {
    if (Result<void> made = files_.CreateDirectories(base_ + "/code"); !made) return made;
    std::string boundary = base_ + "/code/package.json";
    return files_.Exists(boundary) ? Result<void>()
                                   : files_.WriteAtomically(boundary, "{}\n", 0644);
  }

  Result<std::string> PrepareInline(const std::string& text, const std::string& name) {
    std::string hash = base::EncodeHex(Hash(name + '\0' + text));
    return Shelve(hash, [&](const std::string& folder) {
      return files_.WriteAtomically(folder + "/" + name, text, 0644);
    });
  }

  Result<std::string> PrepareDirectory(const std::string& path) {
    std::error_code error;
    fs::path canonical = fs::canonical(path, error);
    if (error || !fs::is_directory(canonical, error)) {
      return Error{ErrorCode::kNotFound, fmt::format("the code's folder {} is not there", path)};
    }
    return canonical.string();
  }

  Result<std::string> PrepareZip(const std::string& path) {
    Result<std::string> bytes = files_.Read(path);
    if (!bytes) {
      return Error{ErrorCode::kNotFound, "the code's zip file: " + bytes.error().message};
    }
    return Shelve(base::EncodeHex(Hash(*bytes)), [&](const std::string& folder) {
      return Unzip(path, folder, package_bytes_max_);
    });
  }

  const std::string base_;
  const std::size_t package_bytes_max_;
  base::SystemFiles files_;
};

}  // namespace

class CodeStore::Worker {
 public:
  Worker(std::string base, base::Executor& loop, std::size_t package_bytes_max)
      : loop_(loop), shelves_(std::move(base), package_bytes_max), thread_([this] { Run(); }) {}
  ~Worker() {
    *alive_ = false;
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  // work(shelves) runs on the thread, done(its result) on the loop.
  template <class T, class Work>
  void Do(Work work, Done<T> done) {
    std::lock_guard lock(mutex_);
    if (waiting_.size() >= kWorkWaitingMax) {
      return loop_.Post([done = std::move(done)]() mutable {
        done(Error{ErrorCode::kLimitExceeded, "too much code waits to be prepared"});
      });
    }
    waiting_.push_back([this, work = std::move(work), done = std::move(done)]() mutable {
      loop_.Post([alive = alive_, result = work(shelves_), done = std::move(done)]() mutable {
        if (*alive) done(std::move(result));
      });
    });
    changed_.notify_one();
  }

 private:
  void Run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      auto work = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      work();
      lock.lock();
    }
  }

  base::Executor& loop_;
  Shelves shelves_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // the loop's thread reads it
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<base::UniqueFunction<void()>> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

CodeStore::CodeStore(std::string base_directory, base::Executor& loop,
                     std::size_t package_bytes_max)
    : worker_(std::make_unique<Worker>(std::move(base_directory), loop, package_bytes_max)) {}

CodeStore::~CodeStore() = default;

void CodeStore::Prepare(const CodeSource& code, const std::string& inline_name,
                        Done<std::string> done) {
  worker_->Do<std::string>(
      [code, inline_name](Shelves& shelves) { return shelves.Prepare(code, inline_name); },
      std::move(done));
}

void CodeStore::Keep(std::string zip_bytes, Done<CodeSource> done) {
  worker_->Do<CodeSource>(
      [bytes = std::move(zip_bytes)](Shelves& shelves) { return shelves.Keep(bytes); },
      std::move(done));
}

void CodeStore::Describe(const CodeSource& code, Done<CodeFacts> done) {
  worker_->Do<CodeFacts>([code](Shelves& shelves) { return shelves.Describe(code); },
                         std::move(done));
}

}  // namespace gatehouse::function
