"""What hatchling asks while it builds a wheel: are there compiled kernels to take along, and to what do they bind it.

Only ``shipping/wheel.py`` has compiled kernels to give, in a folder that it names in the environment. Every other
wheel is of plain Python, as is an editable installation; so this file needs nothing but hatchling.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = "SHUKUN_COMPILED_KERNELS"  # in the environment: the folder that `wheel.py` has filled


class Kernels(BuildHookInterface):
    """Adds the compiled kernels, the tag of their Python and system, and the libraries that they are bound to."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it gathers files; ``version`` is ``standard`` or ``editable``."""
        folder = os.environ.get(FOLDER)
        if folder is None or version != "standard":
            return
        bound = json.loads((Path(folder) / "compiled_for.json").read_text(encoding="utf-8"))
        build_data["force_include"][folder] = "sim/kernels/compiled"
        build_data["pure_python"] = False
        build_data["infer_tag"] = True  # of the Python that builds, for which the kernels were compiled
        build_data["dependencies"] += [f"{name}=={number}" for name, number in bound["libraries"].items()]
