#include "apps/chat/client/chat.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>

#include "apps/chat/client/chat_url.h"
#include "apps/chat/client/dialogue.h"
#include "apps/chat/client/line_reader.h"
#include "apps/chat/client/line_writer.h"
#include "apps/chat/client/signals.h"
#include "apps/chat/client/terminal.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "net/loop/epoll_network.h"
#include "net/tls/authority.h"

namespace gatehouse::chat {
namespace {

using std::chrono::seconds;

// A closed 0, 1 or 2 would be the number of the next socket, and our lines would go there.
void OpenStandardStreams() {
  for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) < 0) (void)!::open("/dev/null", O_RDWR);
  }
}

// The parts of a running client. The loop's thread is the caller's; it goes on until everything
// that was queued for output is written.
class Chat {
 public:
  Chat(const ChatOptions& options, SessionOptions session);
  int Run();

 private:
  SessionOptions MakeSessionOptions(const ChatOptions& options, SessionOptions session) const;
  DialogueOptions MakeDialogueOptions(const ChatOptions& options) const;
  void StartThreads();
  void OnSignal(int signal);
  void OnOutputGone(int error);
  void OnEnd(int exit_code);
  void GiveUpOutput();

  // How long an output that takes nothing may hold up an end that a signal asked for, or that a
  // terminal may hold up any end.
  static constexpr seconds kOutputWait{2};

  const bool interactive_ = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
  net::EpollNetwork network_;
  base::SystemClock clock_;
  net::Loop loop_{network_, clock_};
  Signals signals_;
  net::Sockets sockets_{loop_};
  base::SystemRandom random_;
  net::SystemResolver resolver_{loop_};
  LineQueue input_{loop_};
  OutputQueue output_{loop_};
  Dialogue dialogue_;
  std::unique_ptr<Terminal> terminal_;
  std::unique_ptr<LineReader> reader_;
  std::unique_ptr<LineWriter> writer_;
  bool signalled_ = false;
  std::optional<int> exit_code_;
};

Chat::Chat(const ChatOptions& options, SessionOptions session)
    : signals_(loop_, {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH},
               [this](int signal) { OnSignal(signal); }),
      dialogue_(sockets_, random_, resolver_, input_, output_,
                MakeSessionOptions(options, std::move(session)), MakeDialogueOptions(options),
                [this](int exit_code) { OnEnd(exit_code); }) {}

SessionOptions Chat::MakeSessionOptions(const ChatOptions& options, SessionOptions session) const {
  session.asks_id = !options.raw;
  session.ping_interval = options.ping_interval;
  session.refresh_interval = options.refresh_interval;
  session.attempts_max = interactive_ ? 0 : options.attempts_max;
  return session;
}

DialogueOptions Chat::MakeDialogueOptions(const ChatOptions& options) const {
  DialogueOptions dialogue;
  dialogue.interactive = interactive_;
  dialogue.json = options.json;
  dialogue.raw = options.raw;
  dialogue.output_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  dialogue.linger = options.linger;
  return dialogue;
}

int Chat::Run() {
  StartThreads();
  dialogue_.Start();
  loop_.Run();
  return exit_code_.value_or(Dialogue::kExitFailed);
}

void Chat::StartThreads() {
  auto on_finished = [this] { loop_.Stop(); };
  if (interactive_) {
    terminal_ = std::make_unique<Terminal>(input_, output_, on_finished);
    terminal_->Start();
    return;
  }
  auto on_gone = [this](int error) { loop_.Post([this, error] { OnOutputGone(error); }); };
  writer_ = std::make_unique<LineWriter>(output_, on_gone, on_finished);
  reader_ = std::make_unique<LineReader>(input_);
  writer_->Start();
  reader_->Start();
}

void Chat::OnSignal(int signal) {
  if (signal == SIGWINCH) {
    if (terminal_) terminal_->Resized();
  } else if (signal == SIGTSTP) {
    if (terminal_) {
      terminal_->Suspend();
    } else {
      (void)::raise(SIGSTOP);
    }
  } else if (exit_code_) {
    GiveUpOutput();
  } else {
    signalled_ = true;
    dialogue_.Quit(128 + signal);
  }
}

void Chat::OnOutputGone(int error) {
  if (dialogue_.is_quitting()) return;
  if (error != EPIPE) {
    output_.Put(Stream::kErr, std::string("cannot write: ") + std::strerror(error) + "\n");
  }
  dialogue_.Quit(error == EPIPE ? Dialogue::kExitOk : Dialogue::kExitFailed);
}

void Chat::OnEnd(int exit_code) {
  exit_code_ = exit_code;
  input_.Close();
  output_.Close();
  if (signalled_ || terminal_) loop_.After(kOutputWait, [this] { GiveUpOutput(); });
}

// A terminal that was stopped in the middle of a write holds its thread there; the process then
// leaves around it, the modes restored.
void Chat::GiveUpOutput() {
  if (writer_) writer_->GiveUp();
  if (!terminal_) return;
  terminal_->GiveUp();
  loop_.After(kOutputWait, [this] {
    terminal_->RestoreModes();
    std::_Exit(*exit_code_);
  });
}

// Whom wss:// believes: the system's authorities, the file given, and the local authority, if this
// user has one.
Result<std::unique_ptr<net::TlsClient>> MakeTls(const ChatOptions& options) {
  net::TlsTrust trust;
  if (!options.ca_file.empty()) trust.ca_files.push_back(options.ca_file);
  if (auto folder = net::Authority::DefaultFolder(net::SystemEnvironment())) {
    if (auto own = net::Authority::Find(*folder)) trust.ca_pems.push_back(*own);
  }
  return net::TlsClient::Create(trust);
}

int Refuse(const Error& error) {
  std::fprintf(stderr, "gatehouse chat: %s\n", base::EscapeForTerminal(error.message).c_str());
  return Dialogue::kExitUsage;
}

}  // namespace

int RunChat(const ChatOptions& options) {
  OpenStandardStreams();
  std::signal(SIGPIPE, SIG_IGN);
  Result<ChatUrl> url = ParseChatUrl(options.url, options.username);
  if (!url) return Refuse(url.error());
  SessionOptions session;
  session.url = std::move(*url);
  std::unique_ptr<net::TlsClient> tls;
  if (session.url.secure) {
    Result<std::unique_ptr<net::TlsClient>> made = MakeTls(options);
    if (!made) return Refuse(made.error());
    tls = std::move(*made);
    session.tls = tls.get();
    Result<net::ProxySettings> proxies = net::ProxySettings::Read(net::SystemEnvironment());
    if (!proxies) return Refuse(proxies.error());
    session.proxies = std::move(*proxies);
  }
  return Chat(options, std::move(session)).Run();
}

}  // namespace gatehouse::chat
