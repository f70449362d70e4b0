// A killed process, at every turn in which it may be: what it leaves on the disk starts again, the
// rows of its connections go, and those of connections that live stay.
#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "store/test_directory.h"
#include "tests/sim/world.h"

namespace gatehouse::sim {
namespace {

namespace fs = std::filesystem;

// What the disk has of a running world, as a kill now would leave it: the shared memory beside the
// write-ahead log is the process's own.
void CopyDisk(const std::string& from, const std::string& to) {
  fs::create_directories(to);
  for (const auto& entry : fs::directory_iterator(from)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("store.db") && !name.ends_with("-shm")) {
      fs::copy_file(entry.path(), fs::path(to) / name, fs::copy_options::overwrite_existing);
    }
  }
}

WorldOptions Over(const std::string& data, std::uint64_t seed) {
  WorldOptions options;
  options.data = data;
  options.seed = seed;
  options.cut_seed = seed;
  return options;
}

// Clients come, talk and leave in every way; the disk is copied after that many turns of it.
// Returns the turns that it took.
std::size_t Live(const std::string& data, std::size_t killed_after, const std::string& disk) {
  World world(Over(data, 7));
  std::size_t turns = 0;
  world.on_turn = [&] {
    if (++turns == killed_after) CopyDisk(data, disk);
  };
  Client ann(world, "username=ann"), bob(world, ""), eve(world, "username=eve");
  ann.Send(R"({"action":"sendMessage","message":"hi"})");
  bob.CloseSocket();
  eve.SendFrame(wire::Opcode::kClose, "");
  world.Settle();
  Client late(world, "");
  world.Settle();
  const std::size_t taken = turns;
  world.on_turn = nullptr;
  return taken;
}

std::vector<std::string> Sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return names;
}

TEST(Crash, NoMomentOfAKillLeavesARowOrTakesALivingOne) {
  store::TestDirectory folder;
  const std::size_t turns = Live(folder / "whole", 0, "");
  ASSERT_GT(turns, 10u);
  std::size_t with_left_overs = 0;
  for (std::size_t kill = 1; kill <= turns; ++kill) {
    SCOPED_TRACE(kill);
    const std::string number = std::to_string(kill);
    const std::string first = folder / ("first" + number), second = folder / ("second" + number);
    Live(folder / ("live" + number), kill, first);
    {
      World world(Over(first, 8));
      Client ann(world, "username=ann"), bob(world, "");
      ASSERT_EQ(ann.status(), 101);
      const auto living = Sorted({ann.Id(), bob.Id()});
      world.Pass(seconds{2});
      EXPECT_EQ(Sorted(world.Rows()), living);
      if (world.log().find("that the last run left") != std::string::npos) ++with_left_overs;
      CopyDisk(first, second);  // killed again, with two connections
    }
    World again(Over(second, 9));
    again.Pass(seconds{2});
    EXPECT_TRUE(again.Rows().empty());
    EXPECT_NE(again.log().find("$disconnect runs for 2 connections that the last run left"),
              std::string::npos);
  }
  EXPECT_GT(with_left_overs, turns / 2) << "kills came too early to leave anything";
}

}  // namespace
}  // namespace gatehouse::sim
