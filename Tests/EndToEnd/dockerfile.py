"""Reads a Dockerfile as far as ours goes: no Docker engine is needed to see that what it names is there."""

import fnmatch
import json
import shlex


class Dockerfile:
    """`stages` are lists of (instruction, rest of the line), each begun by its FROM."""

    def __init__(self, text):
        self.stages = []
        lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        for line in "\n".join(lines).replace("\\\n", " ").splitlines():
            instruction, rest = line.split(None, 1)
            if instruction == "FROM":
                self.stages.append([])
            self.stages[-1].append((instruction, " ".join(rest.split()) if instruction == "RUN" else rest))

    def values(self, stage, instruction):
        return [rest for name, rest in self.stages[stage] if name == instruction]

    def value(self, stage, instruction):
        (rest,) = self.values(stage, instruction)
        return rest

    def packages(self, stage):
        """The names that `apt-get install` is given."""
        found = []
        for run in self.values(stage, "RUN"):
            for command in run.split(" && "):
                words = shlex.split(command)
                if words[:2] == ["apt-get", "install"]:
                    found += [word for word in words[2:] if not word.startswith("-")]
        return found

    def copies(self, stage):
        """(sources, target) of each COPY that takes from the build context."""
        copies = [shlex.split(rest) for rest in self.values(stage, "COPY")]
        return [(words[:-1], words[-1]) for words in copies if not words[0].startswith("--from=")]

    def environment(self, stage):
        return dict(rest.split("=", 1) for rest in self.values(stage, "ENV"))

    def health_command(self, stage):
        return json.loads(self.value(stage, "HEALTHCHECK").split("CMD ", 1)[1])

    def entry_point(self, stage):
        return json.loads(self.value(stage, "ENTRYPOINT"))


def is_ignored(path, text):
    """Whether a .dockerignore leaves a path of the context out: the last line that fits it, or a folder above it, decides."""
    ignored = False
    for line in text.splitlines():
        pattern = line.strip().strip("/")
        if not pattern or pattern.startswith("#"):
            continue
        keeps = pattern.startswith("!")
        parts = path.split("/")
        above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
        if any(fnmatch.fnmatch(part, pattern.lstrip("!").removeprefix("**/")) for part in above):
            ignored = not keeps
    return ignored
