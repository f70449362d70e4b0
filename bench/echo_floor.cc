// The floor of echoes: what a client says comes back. echo_floor PORT
#include "bench/floor.h"

namespace gatehouse::bench {
namespace {

class EchoFloor final : public Floor {
  void OnText(std::uint32_t slot, std::string_view text) override {
    static_cast<void>(websockets().SendText(slot, text));
  }
};

}  // namespace
}  // namespace gatehouse::bench

int main(int argc, char** argv) {
  return gatehouse::bench::EchoFloor().Run(gatehouse::bench::PortArgument(argc, argv));
}
