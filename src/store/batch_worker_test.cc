#include "store/batch_worker.h"

#include <future>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

namespace gatehouse::store {
namespace {

using Worker = BatchWorker<std::unique_ptr<int>>;
using Pushed = Worker::Pushed;

std::unique_ptr<int> Number(int n) { return std::make_unique<int>(n); }

// A worker whose first batch waits until Release, so that the test knows what is queued.
class BatchWorkerTest : public testing::Test {
 protected:
  void Start(std::size_t queue_max, std::size_t batch_max) {
    worker_ = std::make_unique<Worker>(Worker::Options{"test", queue_max, batch_max},
                                       [this](std::vector<std::unique_ptr<int>> batch) {
                                         if (batches_.empty()) {
                                           entered_.set_value();
                                           released_.get_future().wait();
                                         }
                                         batches_.push_back(std::move(batch));
                                       });
  }
  Pushed Push(int n) {
    auto request = Number(n);
    return worker_->Push(request);
  }
  void PushFirst() {
    ASSERT_EQ(Push(0), Pushed::kYes);
    entered_.get_future().wait();
  }
  void ReleaseAndClose() {
    released_.set_value();
    worker_->Close();
  }

  std::promise<void> entered_, released_;
  std::vector<std::vector<std::unique_ptr<int>>> batches_;
  std::unique_ptr<Worker> worker_;
};

TEST_F(BatchWorkerTest, TakesWhatWaitsInOrderAndInBatches) {
  Start(100, 4);
  PushFirst();
  for (int n = 1; n <= 6; ++n) EXPECT_EQ(Push(n), Pushed::kYes);
  ReleaseAndClose();
  ASSERT_EQ(batches_.size(), 3u);
  EXPECT_EQ(batches_[0].size(), 1u);
  EXPECT_EQ(batches_[1].size(), 4u);
  EXPECT_EQ(batches_[2].size(), 2u);
  EXPECT_EQ(*batches_[1].front(), 1);
  EXPECT_EQ(*batches_[2].back(), 6);
}

TEST_F(BatchWorkerTest, RefusesBeyondTheBoundAndKeepsTheRequestWithTheCaller) {
  Start(2, 4);
  PushFirst();
  EXPECT_EQ(Push(1), Pushed::kYes);
  EXPECT_EQ(Push(2), Pushed::kYes);
  auto refused = Number(3);
  EXPECT_EQ(worker_->Push(refused), Pushed::kFull);
  EXPECT_EQ(*refused, 3);
  ReleaseAndClose();
}

TEST_F(BatchWorkerTest, FinishesTheQueueOnCloseAndRefusesAfter) {
  Start(100, 1);
  PushFirst();
  EXPECT_EQ(Push(1), Pushed::kYes);
  ReleaseAndClose();
  EXPECT_EQ(batches_.size(), 2u);
  EXPECT_EQ(Push(2), Pushed::kClosed);
}

TEST_F(BatchWorkerTest, ClosesWithoutEverHavingStarted) {
  Start(1, 1);
  worker_->Close();
  EXPECT_EQ(Push(1), Pushed::kClosed);
}

}  // namespace
}  // namespace gatehouse::store
