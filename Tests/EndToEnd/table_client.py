"""What an event client keeps: the document, brought up to date by the patches of the events."""

import copy
import json

from websocket_client import WebSocket


def tokens(pointer):
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def locate(document, path):
    for token in path[:-1]:
        document = document[int(token)] if isinstance(document, list) else document[token]
    return document, path[-1]


def remove(document, path):
    holder, last = locate(document, path)
    return holder.pop(int(last)) if isinstance(holder, list) else holder.pop(last)


def put(document, path, value, insert):
    holder, last = locate(document, path)
    if isinstance(holder, dict):
        if not insert and last not in holder:
            raise KeyError(last)
        holder[last] = value
    elif insert:
        holder.insert(len(holder) if last == "-" else int(last), value)
    else:
        holder[int(last)] = value


def apply_patch(document, patch):
    """Applies RFC 6902 operations (those that the journal uses) and returns the new document."""
    document = {"": copy.deepcopy(document)}
    for operation in patch:
        path = ["", *tokens(operation["path"])]
        kind = operation["op"]
        if kind == "remove":
            remove(document, path)
        elif kind == "move":
            put(document, path, remove(document, ["", *tokens(operation["from"])]), insert=True)
        elif kind in ("add", "replace"):
            put(document, path, copy.deepcopy(operation["value"]), insert=kind == "add")
        else:
            raise ValueError(f"operation {kind} does not belong into a journal")
    return document[""]


class EventClient:
    """A client of the protocol spelltable.events.v1 that refuses holes and repetitions."""

    def __init__(self, port):
        self.port = port
        self.journal = self.document = self.socket = None
        self.offset = -1
        self.events = []
        self.message_sizes = []
        self.resumed = None

    def connect(self):
        path = "/ws" if self.journal is None else f"/ws?journal={self.journal}&after={self.offset}"
        self.socket = WebSocket(self.port, path, protocol="spelltable.events.v1")
        hello = None
        while True:
            for line in self.lines():
                if line["type"] == "hello":
                    hello = line
                    self.resumed = line["resumed"]
                    self.journal = line["journal"]
                if line["type"] == "live":
                    assert hello is not None, "live came before hello"
                    return hello

    def lines(self, timeout=60):
        message = self.socket.receive(timeout)
        self.message_sizes.append(len(message))
        parsed = [json.loads(text) for text in message.split("\n")]
        for line in parsed:
            self.take(line)
        return parsed

    def take(self, line):
        if line["type"] == "snapshot":
            self.document, self.offset = line["document"], line["offset"]
        elif "." in line["type"]:
            assert line["offset"] == self.offset + 1, f"after {self.offset} came {line['offset']}"
            self.document = apply_patch(self.document, line["patch"])
            self.offset = line["offset"]
            self.events.append(line)

    def until(self, offset):
        while self.offset < offset:
            self.lines()
