// Pages: small ones are read on the caller's thread, others on the store's reader thread.
#include <limits>
#include <utility>

#include "table/operation/item_change.h"
#include "table/operation/page_plan.h"
#include "table/operation/tables.h"

namespace gatehouse::table {
namespace {

// Answers nothing when there are more than bytes_max bytes of rows.
template <class T>
using PageWork =
    base::UniqueFunction<Result<std::optional<T>>(store::View&, std::size_t bytes_max)>;

// First here, and if the page is too large for that, once more on the reader thread.
template <class T>
void ReadHereOrThere(store::Store& store, PageWork<T> work, base::Executor& reply_to,
                     Tables::Done<T> done) {
  auto shared = std::make_shared<PageWork<T>>(std::move(work));
  store.ReadNow<std::optional<T>>(
      [shared](store::View& view) { return (*shared)(view, kPageBytesHereMax); }, reply_to,
      [shared, &store, &reply_to, done = std::move(done)](Result<std::optional<T>> page) mutable {
        if (!page) return done(page.error());
        if (*page) return done(**std::move(page));
        store.Read<T>(
            [shared](store::View& view) -> Result<T> {
              auto whole = (*shared)(view, std::numeric_limits<std::size_t>::max());
              if (!whole) return whole.error();
              return **std::move(whole);
            },
            reply_to, std::move(done));
      });
}

}  // namespace

void Tables::ReadText(PageRead read, std::unique_ptr<PageMaker> maker, base::Executor& reply_to,
                      Done<std::string> done) {
  PageWork<std::string> work = [read = std::move(read), maker = std::move(maker)](
                                   store::View& view,
                                   std::size_t bytes_max) -> Result<std::optional<std::string>> {
    maker->Begin();
    auto end = ReadPage(view, read, bytes_max,
                        [&maker](std::string_view encoded) { return maker->Add(encoded); });
    if (!end) return end.error();
    if (!*end) return std::optional<std::string>();
    return std::optional<std::string>(maker->Finish(**end));
  };
  ReadHereOrThere<std::string>(store_, std::move(work), reply_to, std::move(done));
}

void Tables::ReadItems(PageRead read, std::optional<Condition> filter,
                       std::optional<Projection> projection, base::Executor& reply_to,
                       Done<ScanPage> done) {
  PageWork<ScanPage> work = [read = std::move(read), filter = std::move(filter),
                             projection = std::move(projection)](store::View& view,
                                                                 std::size_t bytes_max) {
    return ReadScanPage(view, read, bytes_max, filter, projection);
  };
  ReadHereOrThere<ScanPage>(store_, std::move(work), reply_to, std::move(done));
}

void Tables::Scan(std::string_view table, ScanOptions options, base::Executor& reply_to,
                  Done<ScanPage> done) {
  std::shared_ptr<const TableEntry> entry = catalogue_->Find(table);
  if (!entry) return done(TableNotFound());
  auto read = PlanScan(std::move(entry), nullptr, std::move(options.exclusive_start_key), {});
  if (!read) return done(read.error());
  read->limit = options.limit;
  ReadItems(*std::move(read), {}, {}, reply_to, std::move(done));
}

}  // namespace gatehouse::table
