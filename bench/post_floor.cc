// The floor of posts: POST …/@connections/SLOT sends its body to the connection of that slot,
// which each is told when it says anything. post_floor PORT
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "bench/floor.h"

namespace gatehouse::bench {
namespace {

class PostFloor final : public Floor {
  void OnOpen(std::uint32_t slot) override {
    if (slot >= known_.size()) known_.resize(slot + 1);
    known_[slot] = true;
  }
  void OnText(std::uint32_t slot, std::string_view /*text*/) override {
    static_cast<void>(websockets().SendText(slot, std::to_string(slot)));
  }
  void OnPlainRequest(const net::HttpRequest& request) override {
    std::optional<std::uint32_t> slot = SlotOf(request.head.target);
    bool is_queued =
        slot && websockets().SendText(*slot, request.body) == net::WebSockets::SendResult::kQueued;
    http().Respond(request.socket, {is_queued ? 200 : 410, {}, {}});
  }

  std::optional<std::uint32_t> SlotOf(std::string_view target) const {
    std::string_view text = target.substr(target.rfind('/') + 1);
    std::uint32_t slot = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), slot);
    bool whole = error == std::errc() && end == text.data() + text.size();
    if (!whole || slot >= known_.size() || !known_[slot]) return std::nullopt;
    return slot;
  }

  std::vector<bool> known_;  // slots that have been WebSocket connections
};

}  // namespace
}  // namespace gatehouse::bench

int main(int argc, char** argv) {
  return gatehouse::bench::PostFloor().Run(gatehouse::bench::PortArgument(argc, argv));
}
