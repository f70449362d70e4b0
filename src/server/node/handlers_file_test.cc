#include "server/node/handlers_file.h"

#include <dlfcn.h>

#include <cstddef>
#include <cstdio>
#include <cstring>
#include <fstream>

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

Task<Answer> Nothing(Event /*event*/, Context& /*context*/) { co_return Answer{}; }

constexpr HandlerEntry kEntries[] = {{"t/one", Nothing}, {"t/two", Nothing}};

HandlerTable Fine() {
  return {kHandlerLayout, HandlerSizes(), kHandlerLibrary, kEntries, std::size(kEntries)};
}

std::string WhyNot(const HandlerTable& table) {
  auto entries = ReadHandlerTable(&table);
  return entries ? "fine" : entries.error().message;
}

std::string WhyNotLoaded(const std::vector<std::string>& paths) {
  auto all = LoadHandlers(kEntries, paths);
  return all ? "fine" : all.error().message;
}

TEST(HandlersFile, GivesTheRowsOfATable) {
  HandlerTable table = Fine();
  auto entries = ReadHandlerTable(&table);
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 2u);
  EXPECT_EQ((*entries)[1].name, "t/two");
}

TEST(HandlersFile, RefusesWhatWasBuiltForAnother) {
  HandlerTable layout = Fine(), sizes = Fine(), library = Fine(), nameless = Fine();
  layout.layout += 1;
  sizes.sizes ^= 1;
  library.library = "libc++";
  nameless.library = nullptr;
  for (HandlerTable* table : {&layout, &sizes, &library, &nameless}) {
    table->entries = reinterpret_cast<const HandlerEntry*>(8);  // must not be looked at
    EXPECT_NE(WhyNot(*table).find("built for another gatehouse"), std::string::npos);
  }
  EXPECT_NE(WhyNot(layout).find("(layout 3, "), std::string::npos) << WhyNot(layout);
  EXPECT_NE(WhyNot(library).find(", libc++; here layout 2, "), std::string::npos);
}

TEST(HandlersFile, RefusesRowsThatNobodyCanUse) {
  EXPECT_EQ(ReadHandlerTable(nullptr).error().message, "its gatehouse_handlers_v1 returns null");
  HandlerTable table = Fine();
  table.count = 0;
  EXPECT_EQ(WhyNot(table), "it has no handlers");
  table = Fine();
  table.entries = nullptr;
  EXPECT_EQ(WhyNot(table), "it has no handlers");
  const HandlerEntry nameless[] = {{"t/one", Nothing}, {{}, Nothing}};
  table = Fine();
  table.entries = nameless;
  EXPECT_EQ(WhyNot(table), "it has a handler without a name");
  const HandlerEntry null[] = {{"t/one", Nothing}, {"t/null", nullptr}};
  table.entries = null;
  EXPECT_EQ(WhyNot(table), "its handler t/null is null");
}

TEST(HandlersFile, OwnHandlersComeAlone) {
  auto all = LoadHandlers(kEntries, {});
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), 2u);
}

TEST(HandlersFile, NamesTheFileAndWhatIsWrongWithIt) {
  EXPECT_EQ(WhyNotLoaded({"no/such.so"}), "--handlers no/such.so: there is no such file");
  std::string text = testing::TempDir() + "handlers_file_test.so";
  std::ofstream(text) << "this is no shared object";
  std::string said = WhyNotLoaded({text});
  EXPECT_TRUE(said.starts_with("--handlers " + text + ": it cannot be loaded: ")) << said;
  EXPECT_EQ(said.find(text, text.size()), std::string::npos) << "named once: " << said;
  std::remove(text.c_str());
  Dl_info library{};  // one that is there anyhow
  ASSERT_NE(::dladdr(::dlsym(RTLD_DEFAULT, "getpid"), &library), 0);
  said = WhyNotLoaded({library.dli_fname});
  EXPECT_NE(said.find("it exports no gatehouse_handlers_v1"), std::string::npos) << said;
}

// One more virtual function of T would have this number.
template <class T>
std::size_t VirtualFunctions() {
  struct Next : T {
    virtual void Added() = 0;
  };
  void (Next::*function)() = &Next::Added;
  std::ptrdiff_t offset = 0;
  std::memcpy(&offset, &function, sizeof offset);  // Itanium's ABI: the place in the table of them
  return static_cast<std::size_t>(offset) / sizeof(void*);
}

// A change of these numbers, of the order or the meaning of these functions, raises kHandlerLayout:
// what was built before would call another function than it means.
TEST(HandlersFile, InterfacesHaveTheFunctionsOfTheirLayout) {
  ASSERT_EQ(kHandlerLayout, 2u);
  EXPECT_EQ(VirtualFunctions<Connections>(), 7u);  // two of them are the destructor's
  EXPECT_EQ(VirtualFunctions<Table>(), 10u);
  EXPECT_EQ(VirtualFunctions<Functions>(), 3u);
  EXPECT_EQ(VirtualFunctions<Context>(), 10u);
}

}  // namespace
}  // namespace gatehouse::server
