#include "server/edge/door_table.h"

#include <functional>
#include <string>

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

constexpr std::string_view kMethods[] = {"GET",   "HEAD",   "POST",    "PUT",
                                         "PATCH", "DELETE", "OPTIONS", "BREW"};
constexpr Asker kAskers[] = {Asker::kProgram,     Asker::kOwnPage,     Asker::kAllowedPage,
                             Asker::kForeignPage, Asker::kAddressLine, Asker::kSilentBrowser};
constexpr Signed kSignatures[] = {Signed::kNo, Signed::kHeader, Signed::kVerified};

// Every request there can be.
void ForEach(const std::function<void(const Asking&, Verdict)>& visit) {
  for (const DoorRow& row : DoorTable()) {
    for (std::string_view method : kMethods) {
      for (Asker asker : kAskers) {
        for (Signed signature : kSignatures) {
          for (bool tell : {false, true}) {
            Asking asking{row.door, method, asker, signature, tell};
            SCOPED_TRACE(std::string(row.name) + " " + std::string(method) + " asker " +
                         std::to_string(static_cast<int>(asker)) + " signed " +
                         std::to_string(static_cast<int>(signature)) + (tell ? " told" : ""));
            visit(asking, Judge(asking));
          }
        }
      }
    }
  }
}

bool IsStages(Door door) { return door == Door::kUpgrade || door == Door::kStageUrl; }
bool IsQuery(Door door) { return door == Door::kCloudFormation || door == Door::kSts; }
bool IsRest(Door door) {
  return door == Door::kConnections || door == Door::kLambda || door == Door::kApiGateway ||
         door == Door::kScheduler;
}
bool Reads(const Asking& asking) { return asking.method == "GET" || asking.method == "HEAD"; }

TEST(DoorTable, StagesAreAsOpenAsOnAws) {
  ForEach([](const Asking& asking, Verdict verdict) {
    EXPECT_TRUE(!IsStages(asking.door) || verdict == Verdict::kOpen);
  });
}

TEST(DoorTable, NoForeignPageReachesAnythingElse) {
  ForEach([](const Asking& asking, Verdict verdict) {
    if (IsStages(asking.door) || asking.asker != Asker::kForeignPage) return;
    EXPECT_EQ(verdict, Verdict::kForeignPage);
  });
}

TEST(DoorTable, AnAddressLineOpensOwnPagesOnly) {
  ForEach([](const Asking& asking, Verdict verdict) {
    if (IsStages(asking.door) || asking.asker != Asker::kAddressLine) return;
    bool opens = asking.door == Door::kOwn && Reads(asking);
    EXPECT_EQ(verdict, opens ? Verdict::kOpen : Verdict::kAddressLine);
  });
}

TEST(DoorTable, ABrowserThatDoesNotSayForWhomItAsksOpensNoMore) {
  ForEach([](const Asking& asking, Verdict verdict) {
    if (IsStages(asking.door) || asking.asker != Asker::kSilentBrowser) return;
    bool opens = asking.door == Door::kOwn && Reads(asking);
    if (asking.signature == Signed::kNo) {
      EXPECT_EQ(verdict, opens ? Verdict::kOpen : Verdict::kSilentBrowser);
    } else {  // no page can sign, so a program asked that calls itself so
      Asking program = asking;
      program.asker = Asker::kProgram;
      EXPECT_EQ(verdict, Judge(program));
    }
  });
}

TEST(DoorTable, QueryServicesAnswerAGetOnlyWithAVerifiedSignature) {
  ForEach([](const Asking& asking, Verdict verdict) {
    if (!IsQuery(asking.door) || verdict != Verdict::kOpen) return;
    EXPECT_TRUE(asking.method == "POST" ||
                (asking.method == "GET" && asking.signature == Signed::kVerified));
  });
  Asking get{Door::kCloudFormation, "GET", Asker::kProgram, Signed::kHeader, true};
  EXPECT_EQ(Judge(get), Verdict::kUnverified);
  get.signature = Signed::kVerified;
  EXPECT_EQ(Judge(get), Verdict::kOpen);
  get.method = "HEAD";
  EXPECT_EQ(Judge(get), Verdict::kMethod);
}

TEST(DoorTable, ReadingNeedsASignatureWhereABrowserWouldNotHaveToldOfItself) {
  ForEach([](const Asking& asking, Verdict verdict) {
    if (!IsRest(asking.door) || !Reads(asking) || asking.asker != Asker::kProgram) return;
    bool open = asking.browsers_tell || asking.signature != Signed::kNo;
    EXPECT_EQ(verdict, open ? Verdict::kOpen : Verdict::kUnsigned);
  });
}

TEST(DoorTable, ProgramsAndAllowedPagesPostEverywhere) {
  ForEach([](const Asking& asking, Verdict verdict) {
    bool page = asking.asker == Asker::kOwnPage || asking.asker == Asker::kAllowedPage;
    if (asking.method != "POST" || !(page || asking.asker == Asker::kProgram)) return;
    EXPECT_EQ(verdict, Verdict::kOpen);
  });
}

TEST(DoorTable, EveryRefusalHasASentence) {
  ForEach([](const Asking&, Verdict verdict) {
    EXPECT_EQ(SentenceOf(verdict).empty(), verdict == Verdict::kOpen);
  });
}

}  // namespace
}  // namespace gatehouse::server
