"""`eval "$(gatehouse env)"` fails closed: whatever goes wrong, the next `aws` of an interactive
shell, which goes on after a failed eval, reaches nothing, by no proxy, endpoint or profile."""

import contextlib
import os
import shutil
import signal
import socketserver
import subprocess
import threading

import pytest
from aws_cli import AWS, needs_aws
from harness import BINARY, WAIT_SECONDS, until

SHELLS = [pytest.param(name, marks=pytest.mark.skipif(not shutil.which(name), reason="not here"))
          for name in ("bash", "dash", "zsh")]
DELETE = f"{AWS} cloudformation delete-stack --stack-name app"


class Recorder(socketserver.StreamRequestHandler):
    """All ways to the real account end here: it writes down who came."""

    def handle(self):
        self.server.lines.append(self.rfile.readline())


@contextlib.contextmanager
def real_account():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Recorder) as server:
        server.daemon_threads = True
        server.lines = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def users_shell(folder, account):
    """The environment of somebody who works with AWS, behind a proxy and with endpoints set."""
    url = f"http://127.0.0.1:{account.server_address[1]}"
    home = folder / "home"
    (home / ".aws").mkdir(parents=True, exist_ok=True)
    (home / ".aws/config").write_text(
        "[profile work]\nregion = eu-west-1\nservices = mine\n"
        f"[services mine]\ncloudformation =\n  endpoint_url = {url}\n")
    (home / ".aws/credentials").write_text(
        "[work]\naws_access_key_id = AKIAREAL\naws_secret_access_key = real\n")
    variables = {name: value for name, value in os.environ.items()
                 if not name.startswith("AWS_") and "proxy" not in name.lower()}
    return {**variables, "HOME": str(home), "AWS_PROFILE": "work", "AWS_REGION": "eu-west-1",
            "AWS_MAX_ATTEMPTS": "1", "AWS_PAGER": "", "HTTPS_PROXY": url, "https_proxy": url,
            "AWS_ENDPOINT_URL_CLOUDFORMATION": url, "PATH": f"{BINARY.parent}:/usr/bin:/bin"}


def run(shell, script, folder, variables, *flags):
    return subprocess.run([shell, *flags, "-c", script], cwd=folder, env=variables, check=False,
                          capture_output=True, text=True, timeout=100)


@pytest.fixture
def account():
    with real_account() as server:
        yield server


@pytest.fixture
def own_runtime_folder(monkeypatch, tmp_path):
    """No instance of other tests is found."""
    (tmp_path / "runtime").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))


@needs_aws
def test_the_trap_is_real(account, tmp_path):
    """Without a word of ours the next line reaches the account; else those below say nothing."""
    run("bash", f'eval ""; {DELETE}', tmp_path, users_shell(tmp_path, account))
    assert account.lines, "aws asked nobody"


FAILURES = {
    "none": ("env", "no gatehouse runs"),
    "port": ("env --port 9", "no gatehouse of yours runs on port 9"),
    "option": ("env --prot 4566", "--prot"),
    "value": ("env --port many", "is not a port"),
    "word": ("env here", "here"),
    "mistyped": ("evn", "there is no command"),
    "before": ("--port 4566 env", "--port"),
    "ready file": ("env --ready-file nowhere.json", "nowhere.json"),
    "folder": ("env --ready-file /", "/"),
    "unset": ("env --unset", "has not been set up"),
}


@needs_aws
@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("name", FAILURES)
def test_the_next_aws_reaches_nothing(name, shell, account, own_runtime_folder, tmp_path):
    words, sentence = FAILURES[name]
    script = f"""
        eval "$(gatehouse {words})"; echo "eval $?"
        {DELETE}; echo "aws $?"
        """
    said = run(shell, script, tmp_path, users_shell(tmp_path, account))
    assert not account.lines, (said.stdout, account.lines)
    lines = said.stdout.split("\n")
    assert lines[0] == "eval 1" and lines[1].startswith("aws ") and lines[1] != "aws 0", said
    assert sentence in said.stderr, said.stderr
    assert 'gatehouse env --unset)"` brings back what was there before' in said.stderr


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_stops(shell, account, own_runtime_folder, tmp_path):
    said = run(shell, 'eval "$(gatehouse env)"; echo on', tmp_path,
               users_shell(tmp_path, account), "-e")
    assert said.returncode != 0 and said.stdout == "", said


def test_what_was_there_comes_back(account, own_runtime_folder, tmp_path):
    variables = users_shell(tmp_path, account)
    script = """
        env | sort > before
        eval "$(gatehouse env)"
        eval "$(gatehouse env --port 9)"
        env | sort > closed
        eval "$(gatehouse env --unset)"
        env | sort > after
        """
    run("bash", script, tmp_path, variables)
    assert (tmp_path / "after").read_text() == (tmp_path / "before").read_text()
    closed = (tmp_path / "closed").read_text()
    assert "\nHTTPS_PROXY=http://127.0.0.1:1\n" in closed and "\nAWS_PROFILE=" not in closed


def test_programs_get_an_exit_code_and_no_lines(own_runtime_folder):
    for words in (["env", "--json"], ["env", "--json", "--prot"]):
        result = subprocess.run([BINARY, *words], capture_output=True, text=True, check=False,
                                timeout=WAIT_SECONDS)
        assert result.returncode in (1, 2) and result.stdout == "", result


@needs_aws
def test_in_doubt_this_folders_instance(start_gatehouse, account, own_runtime_folder, tmp_path):
    folders = [tmp_path / name for name in ("one", "two")]
    servers = [start_gatehouse("--empty", data=folder / ".gatehouse") for folder in folders]
    (folders[1] / "src").mkdir()
    variables = users_shell(tmp_path, account)
    script = 'eval "$(gatehouse env)"; echo "$HTTPS_PROXY"'
    for folder, server in ((folders[0], servers[0]), (folders[1], servers[1]),
                           (folders[1] / "src", servers[1])):
        said = run("bash", script, folder, variables)
        assert said.stdout == f"http://127.0.0.1:{server.port}\n", said
    # From anywhere else both are listed, by folder, and nothing is reached.
    said = run("bash", f'eval "$(gatehouse env)"; {DELETE}', tmp_path, variables)
    assert said.returncode != 0 and not account.lines, said
    for folder, server in zip(folders, servers):
        line = f"--port {server.port:<5}  {folder.resolve()}  (us-east-1)"
        assert line in said.stderr, said.stderr
    attached = run("bash", "gatehouse exec --attach -- echo ran", tmp_path, variables)
    assert attached.returncode == 2 and attached.stdout == "", attached


@needs_aws
@pytest.mark.parametrize("end", ["stopped", "killed"])
def test_an_instance_that_has_ended(end, start_gatehouse, account, own_runtime_folder, tmp_path):
    """A shell that was set up for it, then asks again."""
    server = start_gatehouse("--empty", data=tmp_path / "data")
    script = f"""
        eval "$(gatehouse env)"
        touch ready; until [ -e go ]; do sleep 0.05; done
        {DELETE}; echo "aws $?"
        eval "$(gatehouse env)"
        {DELETE}; echo "aws $?"
        """
    with subprocess.Popen(["bash", "-c", script], cwd=tmp_path, text=True,
                          env=users_shell(tmp_path, account), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as shell:
        until(lambda: (tmp_path / "ready").exists(), "the shell to be set up")
        if end == "stopped":
            server.stop()
        else:
            server.kill()
        (tmp_path / "go").touch()
        out, err = shell.communicate(timeout=100)
    assert not account.lines, (out, err)
    assert len(out.splitlines()) == 2 and "aws 0" not in out, (out, err)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGTERM,
                                    signal.SIGKILL])
def test_a_command_that_dies_says_so_too(number, own_runtime_folder, tmp_path):
    """It waits for a ready file that is a pipe, and a signal ends it there."""
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen([BINARY, "env", "--ready-file", tmp_path / "pipe"], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as command:
        with open(tmp_path / "pipe", "wb"):  # opens when it reads
            command.send_signal(number)
            out, _ = command.communicate(timeout=WAIT_SECONDS)
    assert command.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 2)
    assert out.count("export HTTPS_PROXY='http://127.0.0.1:1'\n") == 1, out
    assert out.endswith("\nfalse\n"), out


def test_nodes_older_sdks_too(own_runtime_folder, tmp_path):
    """They heed no proxy and no endpoint."""
    node = shutil.which("node")
    if not node:
        pytest.skip("no node")
    program = ("require('https').get('https://dynamodb.us-east-1.amazonaws.com/')"
               ".on('error', (e) => console.log(e.code, e.address, e.port));")
    said = run("bash", f'eval "$(gatehouse env)"; {node} -e "{program}"', tmp_path,
               {**os.environ, "PATH": f"{BINARY.parent}:/usr/bin:/bin"})
    assert said.stdout == "ECONNREFUSED 127.0.0.1 1\n", said
