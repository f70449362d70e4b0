"""Web pages that try what pages can, shown by headless Chromium."""

import functools
import http.server
import json
import queue
import shutil
import subprocess
import threading

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PAGE_SECONDS = 60
HEADLESS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--no-first-run", "--host-resolver-rules=MAP *.example 127.0.0.1"]


class Pages(http.server.SimpleHTTPRequestHandler):
    """Serves one page, and takes what its script tells by POST."""

    def __init__(self, page, headers, told, *arguments):
        self.page = page.encode()
        self.headers_of_page = headers
        self.told = told
        super().__init__(*arguments)

    def do_GET(self):  # pylint: disable=invalid-name
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        for name, value in self.headers_of_page.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.page)

    def do_POST(self):  # pylint: disable=invalid-name
        self.told.put(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


def show(url, folder):
    """The document at the URL, as Chromium writes it."""
    shown = subprocess.run([CHROMIUM, *HEADLESS, f"--user-data-dir={folder}", "--dump-dom", url],
                           capture_output=True, text=True, timeout=PAGE_SECONDS, check=False)
    return shown.stdout


def visit(page, folder, *options, host="127.0.0.1", headers=None):
    """What the page tells by fetch('/', {method: 'POST', body}), read as JSON; it is served by that
    host name."""
    told = queue.Queue()
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Pages, page, headers or {}, told))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with open(f"{folder}/chromium.log", "wb") as log:
        browser = subprocess.Popen([CHROMIUM, *HEADLESS, f"--user-data-dir={folder}/profile",
                                    "--remote-debugging-port=0", *options,
                                    f"http://{host}:{server.server_port}/"], stdout=log, stderr=log)
    try:
        return json.loads(told.get(timeout=PAGE_SECONDS))
    finally:
        browser.terminate()
        browser.wait(20)
        server.shutdown()
        server.server_close()
