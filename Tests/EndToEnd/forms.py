"""Bodies of uploads as a browser sends them."""

PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)
HEADERS = {"Content-Type": "multipart/form-data; boundary=edge"}


def form(parts):
    """`parts` are (name, file name or None, bytes)."""
    out = b""
    for name, filename, data in parts:
        out += f'--edge\r\nContent-Disposition: form-data; name="{name}"'.encode()
        out += (f'; filename="{filename}"' if filename is not None else "").encode() + b"\r\n\r\n" + data + b"\r\n"
    return out + b"--edge--\r\n"


def upload(server, path, filename, data, **fields):
    """Uploads one file with form fields before it; returns what `Server.request` does."""
    parts = [(name, None, value.encode()) for name, value in fields.items()]
    field = "backup_file" if path == "/backup/import" else "file"
    return server.request("POST", path, form([*parts, (field, filename, data)]), HEADERS, timeout=120)
