"""The validators of OpenAPI documents and JSON schemas, from PyPI; installed beside the build where they are missing."""

import subprocess
import sys
from pathlib import Path

PACKAGES = ["openapi-spec-validator>=0.7", "jsonschema>=4.18"]


def load():
    """(validate, Draft202012Validator): the first takes a whole OpenAPI document, the second is jsonschema's class."""
    try:
        return _imported()
    except ImportError:
        sys.path.insert(0, str(_installed()))
        return _imported()


def _imported():
    from jsonschema import Draft202012Validator
    from openapi_spec_validator import validate

    return validate, Draft202012Validator


def _installed():
    folder = Path(__file__).resolve().parents[2] / ".build" / "openapi-tools"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return next(folder.glob("lib/python*/site-packages"))
