#include "function/code/code_store.h"

#include <sys/stat.h>

#include <filesystem>
#include <optional>

#include <gtest/gtest.h>

#include "base/file.h"
#include "function/code/test_zip.h"
#include "function/code/zip_file.h"
#include "store/test_directory.h"
#include "store/test_executor.h"

namespace gatehouse::function {
namespace {

namespace fs = std::filesystem;

class CodeStoreTest : public testing::Test {
 protected:
  static constexpr std::size_t kBytesMax = 1'000'000;

  Result<std::string> Prepare(const CodeSource& code) {
    std::optional<Result<std::string>> root;
    store_.Prepare(code, "index.py", [&](Result<std::string> r) { root = std::move(r); });
    return executor_.Wait(root);
  }
  Result<CodeSource> Keep(std::string bytes) {
    std::optional<Result<CodeSource>> kept;
    store_.Keep(std::move(bytes), [&](Result<CodeSource> r) { kept = std::move(r); });
    return executor_.Wait(kept);
  }
  std::string Zip(const std::vector<ZipEntry>& entries) {
    WriteZip(directory_ / "code.zip", entries);
    return directory_ / "code.zip";
  }
  Error ZipError(const std::vector<ZipEntry>& entries) {
    Result<std::string> root = Prepare({CodeSource::kZip, Zip(entries)});
    return root ? Error{ErrorCode::kInternal, "it was unpacked"} : root.error();
  }
  static unsigned ModeOf(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777u : 0;
  }

  store::TestDirectory directory_;
  store::TestExecutor executor_;
  base::SystemFiles files_;
  CodeStore store_{directory_ / "base", executor_, kBytesMax};
};

TEST_F(CodeStoreTest, InlineTextBecomesAFile) {
  Result<std::string> root = Prepare({CodeSource::kInline, "x = 1"});
  ASSERT_TRUE(root) << root.error().message;
  EXPECT_EQ(*files_.Read(*root + "/index.py"), "x = 1");
  EXPECT_EQ(*Prepare({CodeSource::kInline, "x = 1"}), *root) << "the same code, the same folder";
  EXPECT_NE(*Prepare({CodeSource::kInline, "x = 2"}), *root);
}

TEST_F(CodeStoreTest, AFolderIsTakenAsItIs) {
  fs::create_directories(directory_ / "app");
  fs::create_symlink(directory_ / "app", directory_ / "link");
  EXPECT_EQ(*Prepare({CodeSource::kDirectory, directory_ / "link"}),
            fs::canonical(directory_ / "app").string());
  EXPECT_EQ(Prepare({CodeSource::kDirectory, directory_ / "none"}).error().code,
            ErrorCode::kNotFound);
  EXPECT_FALSE(Prepare({}));
}

TEST_F(CodeStoreTest, AZipKeepsModesFoldersAndLinks) {
  std::string zip = Zip({{"bin/", "", 040755},
                         {"bin/bootstrap", "#!/bin/sh\n", 0100755},
                         {"deep/er/data", std::string(200'000, 'x'), 0100600},
                         {"everybody", "", 0100777},
                         {"bin/link", "../deep/er/data", 0120777},
                         {"windows", "no mode", 0}});
  Result<std::string> root = Prepare({CodeSource::kZip, zip});
  ASSERT_TRUE(root) << root.error().message;
  EXPECT_EQ(ModeOf(*root + "/bin/bootstrap"), 0755u);
  EXPECT_EQ(ModeOf(*root + "/deep/er/data"), 0644u) << "readable whatever the zip says";
  EXPECT_EQ(ModeOf(*root + "/everybody"), 0755u);
  EXPECT_EQ(ModeOf(*root + "/windows"), 0644u);
  EXPECT_EQ(files_.Read(*root + "/bin/link")->size(), 200'000u);
  EXPECT_EQ(*Prepare({CodeSource::kZip, zip}), *root);
}

TEST_F(CodeStoreTest, PathsThatLeaveThePackageAreRefused) {
  for (const char* name : {"../out", "/etc/out", "a/../../out", "a\\..\\out"}) {
    EXPECT_NE(ZipError({{"fine", ""}, {name, "x"}}).message.find("not inside the package"),
              std::string::npos)
        << name;
  }
  for (const char* target : {"/etc/passwd", "../../x", "a/../../x"}) {
    EXPECT_NE(ZipError({{"link", target, 0120777}}).message.find("does not stay inside"),
              std::string::npos)
        << target;
  }
  EXPECT_NE(ZipError({{"device", "x", 0020644}}).message.find("neither a file nor a folder"),
            std::string::npos);
  // A link first and a file through it: links are made after all files.
  Error through = ZipError({{"d", "sub", 0120777}, {"d/file", "x"}, {"sub/", "", 040755}});
  EXPECT_EQ(through.code, ErrorCode::kIo) << through.message;
  EXPECT_FALSE(files_.Exists(directory_ / "out"));
  fs::remove(directory_ / "base/code/package.json");
  EXPECT_TRUE(fs::is_empty(directory_ / "base/code")) << "what failed is cleaned up";
}

TEST_F(CodeStoreTest, BoundsAndDamage) {
  Error large = ZipError({{"a", std::string(600'000, 'x')}, {"b", std::string(600'000, 'y')}});
  EXPECT_EQ(large.code, ErrorCode::kPayloadTooLarge);
  ASSERT_TRUE(files_.WriteAtomically(directory_ / "text", "no zip", 0644));
  EXPECT_EQ(Prepare({CodeSource::kZip, directory_ / "text"}).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(Prepare({CodeSource::kZip, directory_ / "none"}).error().code, ErrorCode::kNotFound);
  std::string bytes = *files_.Read(Zip({{"a", std::string(5000, 'x')}}));
  ASSERT_TRUE(files_.WriteAtomically(directory_ / "cut", bytes.substr(0, bytes.size() / 2), 0644));
  EXPECT_FALSE(Prepare({CodeSource::kZip, directory_ / "cut"}));
}

TEST_F(CodeStoreTest, KeptZipsHaveTheirHash) {
  std::string bytes = *files_.Read(Zip({{"index.py", "x = 1"}}));
  Result<CodeSource> kept = Keep(bytes);
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_EQ(kept->kind, CodeSource::kZip);
  EXPECT_TRUE(Prepare(*kept));
  std::optional<Result<CodeFacts>> facts;
  store_.Describe(*kept, [&](Result<CodeFacts> r) { facts = std::move(r); });
  Result<CodeFacts> described = executor_.Wait(facts);
  EXPECT_EQ(described->bytes, bytes.size());
  EXPECT_EQ(described->sha256.size(), 44u);
  EXPECT_FALSE(Keep("no zip"));
  EXPECT_FALSE(Keep(""));
}

}  // namespace
}  // namespace gatehouse::function
