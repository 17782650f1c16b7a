"""nginx with one worker, serving a folder of files."""

from pathlib import Path

from server_process import free_port

from benchmark.peers.packages import find
from benchmark.peers.peer import Peer
from benchmark.processes import accepts, children

CONFIGURATION = """
worker_processes 1;
daemon off;
pid nginx.pid;
error_log stderr;
events { worker_connections 1024; }
http {
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    default_type application/octet-stream;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    server { listen 127.0.0.1:PORT; root "ROOT"; }
}
"""


class Nginx(Peer):
    """Serves what is in `root`."""

    def __init__(self, root: Path) -> None:
        super().__init__("nginx")
        self.port = free_port()
        # nginx changes to another user, who has to get at the files.
        self.folder.chmod(0o755)
        text = CONFIGURATION.replace("PORT", str(self.port)).replace("ROOT", str(root))
        (self.folder / "nginx.conf").write_text(text)

    def command(self) -> list[str]:
        return [find("nginx", "nginx-light"), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]

    def is_ready(self) -> bool:
        return accepts(self.port)

    @property
    def pids(self) -> list[int]:
        return [self.pid, *children(self.pid)]
