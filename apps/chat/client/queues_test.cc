#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "apps/chat/client/line_queue.h"
#include "apps/chat/client/output_queue.h"

namespace gatehouse::chat {
namespace {

class CountingLoop final : public base::Executor {
 public:
  void Post(base::UniqueFunction<void()> task) override {
    std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  std::size_t Run() {
    std::vector<base::UniqueFunction<void()>> tasks;
    {
      std::lock_guard lock(mutex_);
      tasks.swap(tasks_);
    }
    for (auto& task : tasks) task();
    return tasks.size();
  }

 private:
  std::mutex mutex_;
  std::vector<base::UniqueFunction<void()>> tasks_;
};

bool Push(LineQueue& queue, std::string text) {
  InputLine line{std::move(text)};
  return queue.Push(line, std::chrono::milliseconds(0));
}

TEST(LineQueue, KeepsOrderAndWakesTheLoopOnce) {
  CountingLoop loop;
  LineQueue queue(loop);
  EXPECT_TRUE(Push(queue, "a"));
  EXPECT_TRUE(Push(queue, "b"));
  EXPECT_EQ(1u, loop.Run());
  EXPECT_EQ("a", queue.TryPop()->text);
  EXPECT_FALSE(queue.AtEnd());
  queue.End();
  EXPECT_FALSE(queue.AtEnd());
  EXPECT_EQ("b", queue.TryPop()->text);
  EXPECT_TRUE(queue.AtEnd());
  EXPECT_FALSE(queue.TryPop());
}

TEST(LineQueue, IsBoundedInLinesAndBytes) {
  CountingLoop loop;
  LineQueue queue(loop);
  for (std::size_t i = 0; i < LineQueue::kLinesMax; ++i) EXPECT_TRUE(Push(queue, "x"));
  InputLine line{"kept"};
  EXPECT_FALSE(queue.Push(line, std::chrono::milliseconds(0)));
  EXPECT_EQ("kept", line.text);
  queue.TryPop();
  EXPECT_TRUE(queue.Push(line, std::chrono::milliseconds(0)));

  LineQueue bytes(loop);
  EXPECT_TRUE(Push(bytes, std::string(LineQueue::kLineBytesMax, 'a')));
  EXPECT_TRUE(Push(bytes, std::string(LineQueue::kLineBytesMax, 'a')));
  EXPECT_FALSE(Push(bytes, "x"));
}

TEST(LineQueue, APushThatWaitsGoesOnOrEnds) {
  CountingLoop loop;
  LineQueue queue(loop);
  for (std::size_t i = 0; i < LineQueue::kLinesMax; ++i) Push(queue, "x");
  bool first_taken = false, second_taken = false;
  std::thread reader([&] {
    InputLine first{"first"};
    first_taken = queue.Push(first);
    InputLine second{"second"};
    second_taken = queue.Push(second);  // full again: waits for Close
  });
  queue.TryPop();
  queue.Close();
  reader.join();
  EXPECT_FALSE(second_taken);

  LineQueue other(loop);
  for (std::size_t i = 0; i < LineQueue::kLinesMax; ++i) Push(other, "x");
  std::thread patient([&] {
    InputLine line{"patient"};
    first_taken = other.Push(line);
  });
  other.TryPop();
  patient.join();
  EXPECT_TRUE(first_taken);
}

TEST(OutputQueue, JoinsLinesOfOneStream) {
  CountingLoop loop;
  OutputQueue queue(loop);
  queue.Put(Stream::kOut, "a\n");
  queue.Put(Stream::kOut, "b\n");
  queue.Put(Stream::kErr, "c\n");
  queue.Put(Stream::kOut, "d\n");
  EXPECT_EQ("a\nb\n", queue.Take()->text);
  EXPECT_EQ(Stream::kErr, queue.Take()->stream);
  EXPECT_FALSE(queue.AtEnd());
  queue.Close();
  EXPECT_EQ("d\n", queue.Take()->text);
  EXPECT_TRUE(queue.AtEnd());
  EXPECT_FALSE(queue.Take());
}

TEST(OutputQueue, TellsWhenFullAndWhenThereIsRoom) {
  CountingLoop loop;
  OutputQueue queue(loop);
  int room = 0;
  queue.set_on_room([&] { ++room; });
  for (int i = 0; i < 4; ++i) queue.Put(Stream::kOut, std::string(300 * 1024, 'x'));
  EXPECT_TRUE(queue.IsFull());
  for (int taken = 1; taken <= 3; ++taken) {
    queue.Take();
    loop.Run();
    EXPECT_EQ(0, room);  // 900 KiB, then 600 KiB are not written when the third is taken
  }
  queue.Take();
  loop.Run();
  EXPECT_EQ(1, room);
  EXPECT_FALSE(queue.IsFull());
}

}  // namespace
}  // namespace gatehouse::chat
