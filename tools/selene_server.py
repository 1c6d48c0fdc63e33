"""Starts and stops a Selene server of one's own, and talks to one. Used by the demo and the tests. Standard library only."""

import http.client
import json
import os
import pathlib
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Answer:
    """Status, headers (names in lower case) and body of one HTTP answer."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.body)


class CallError(Exception):
    pass


class Client:
    """One keep-alive connection; opened again when the server closed it. One thread."""

    def __init__(self, url, timeout_s=60, context=None, headers=None):
        """`context`: an ssl.SSLContext for an https:// url. `headers`: sent with every request, unless it says another value."""
        parts = urllib.parse.urlsplit(url)
        self.host, self.port, self.timeout_s = parts.hostname, parts.port or 80, timeout_s
        self.context = (context or ssl.create_default_context()) if parts.scheme == "https" else None
        self.headers = dict(headers or {})
        self.connection = None

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def _connection(self):
        if self.context:
            return http.client.HTTPSConnection(self.host, self.port, timeout=self.timeout_s, context=self.context)
        return http.client.HTTPConnection(self.host, self.port, timeout=self.timeout_s)

    def send(self, method, path, body=None, headers=None):
        """`body`: None, bytes, str, or anything else as JSON. A lost keep-alive connection is tried once more if nothing was answered."""
        headers = {**self.headers, **(headers or {})}
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        if body is not None and not any(name.lower() == "content-type" for name in headers):
            headers["Content-Type"] = "application/json"
        headers = {name: value for name, value in headers.items() if value is not None}
        for attempt in (1, 2):
            reused = self.connection is not None
            if not reused:
                self.connection = self._connection()
            try:
                self.connection.request(method, path, body=body, headers=headers)
                response = self.connection.getresponse()
                answer = Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
                if response.will_close:
                    self.close()
                return answer
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.close()
                if not reused or attempt == 2:
                    raise
            except Exception:
                self.close()
                raise
        raise AssertionError("unreachable")


def call(client, method, path, body=None, headers=None):
    """The JSON answer; raises CallError on any status but 2xx."""
    answer = client.send(method, path, body, headers)
    if not 200 <= answer.status < 300:
        raise CallError(f"{method} {path} answered {answer.status}: {answer.text[:2000]}")
    return answer.json()


class Server:
    """A `selene serve` child process on a free port of the loopback address.

    `scheme`: "https" where the arguments switch TLS on. `environment`: variables beside those of this process.
    `data`: the data folder; None makes a temporary one that `close` removes. `stop` and `kill` keep the folder, so that `start` opens it again.
    """

    def __init__(self, program, data=None, arguments=(), ready_timeout_s=60, scheme="http", environment=None):
        self.program = str(pathlib.Path(program).resolve())
        self.arguments = list(arguments)
        self.scheme = scheme
        self.environment = dict(environment or {})
        self.ready_timeout_s = ready_timeout_s
        self.owns_data = data is None
        self.data = pathlib.Path(data or tempfile.mkdtemp(prefix="selene-data-"))
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="selene-run-"))
        self.log_path = self.scratch / "server.log"
        self.process = None
        self.url = None
        self.start_seconds = None

    def start(self):
        port_file = self.scratch / "port"
        port_file.unlink(missing_ok=True)
        command = [self.program, "serve", "--host", "127.0.0.1", "--port", "0", "--data", str(self.data), "--port-file", str(port_file), *self.arguments]
        started = time.monotonic()
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=self._environment())
        ready = threading.Event()
        threading.Thread(target=self._copy_output, args=(self.process.stdout, ready), daemon=True).start()
        deadline = started + self.ready_timeout_s
        while not ready.wait(0.01):
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with status {self.process.returncode} before it was ready\n{self.log()}")
            if time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"the server was not ready within {self.ready_timeout_s} s\n{self.log()}")
        self.start_seconds = time.monotonic() - started
        self.url = f"{self.scheme}://127.0.0.1:{int(port_file.read_text())}"
        return self

    def _environment(self):
        """A program of a build folder elsewhere (build/asan) is told where the bundled models are; one at build/selene finds them itself."""
        environment = {**os.environ, **self.environment}
        if not (pathlib.Path(self.program).parent.parent / "models" / "minilm-l6-rerank").is_dir():
            environment.setdefault("SELENE_MODELS_DIR", str(ROOT / "models"))
        return environment

    def _copy_output(self, stream, ready):
        """Keeps the pipe empty for the whole life of the process; the line `selene: listening on ...` means ready."""
        with open(self.log_path, "ab") as log:
            for line in stream:
                log.write(line)
                log.flush()
                if b"listening on" in line:
                    ready.set()

    def client(self, timeout_s=60, context=None, headers=None):
        return Client(self.url, timeout_s, context, headers)

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def log(self, lines=40):
        if not self.log_path.exists():
            return ""
        return "\n".join(self.log_path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def resident_mib(self):
        """Resident memory of the process, or None where /proc does not say."""
        try:
            for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) / 1024
        except (OSError, AttributeError):
            pass
        return None

    def stop(self, timeout_s=30):
        """SIGTERM; the exit status. A server that does not end in time is killed and gives None."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def kill(self):
        """kill -9, as a power cut would."""
        if self.process is not None and self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def close(self):
        status = self.stop()
        shutil.rmtree(self.scratch, ignore_errors=True)
        if self.owns_data:
            shutil.rmtree(self.data, ignore_errors=True)
        return status

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()


def demonstrate(server, run):
    """Starts the server, lets `run(server)` talk to it, stops it. The exit status: 1, with the reason and the server's log printed, if anything failed."""
    try:
        server.start()
        print(f"Selene is up at {server.url}, {server.start_seconds * 1000:.0f} ms after its start, with an empty data folder.", flush=True)
        run(server)
        print(f"\nThe server used {server.resident_mib() or 0:.0f} MiB of memory. Start one for yourself: make serve")
    except (CallError, RuntimeError, OSError, ValueError, KeyError) as error:
        print(f"The demo failed: {error}\n\nThe server's log:\n{server.log()}", file=sys.stderr)
        return 1
    finally:
        status = server.close()
    if status != 0:
        print(f"The server did not stop as asked: {status}", file=sys.stderr)
        return 1
    return 0
