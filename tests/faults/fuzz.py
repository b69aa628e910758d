"""The coverage-guided fuzzer: ``python -m tests.faults.fuzz TARGET SECONDS [FOLDER]``; see ``make test-long``.

It starts from the target's corpus and from the shipped files and stops at the first input that is not answered by
sentences, which it leaves in FOLDER (the present one by default) as ``crash-...`` or ``timeout-...``. Such an input
goes into the corpus, where the ordinary tests replay it, once its fault is mended.
"""

import sys
import tempfile
from pathlib import Path
from types import ModuleType

from sim import data_folders

LONGEST_SECONDS = 10
SHIPPED = {
    "scenario": "*.yaml",
    "catalogue": "measures/*/*.yaml",
    "design": "sweeps/*.yaml",
    "levers": "nothing",
    "table": "sweeps/*.csv",
}


def words(scenario: ModuleType, file: Path) -> Path:
    """What files say, for the fuzzer to put together: names of keys, levers and values."""
    found = {name for entry in scenario.lever_table("full_plan") for name in (entry.path, *entry.allowed.split(", "))}
    found |= {key for schema in scenario.json_schema().values() for key in schema.get("properties", {})}
    found |= {": ", "- ", "\\x0a  ", "2022-07-01", "1e13", "!!", "&a ", "*a", "{", "}", "[", "]", "|", ">", "#", "---"}
    file.write_text("".join(f'"{word}"\n' for word in sorted(found) if word and word.isascii() and '"' not in word))
    return file


def main() -> None:
    # Here and not above: whoever looks for tests imports this module, and nothing of theirs is to be instrumented.
    import atheris

    with atheris.instrument_imports(include=["sim.scenario", "sim.measure", "sim.world.spec", "ruamel.yaml"]):
        from sim import scenario
        from tests.faults import targets

    name, seconds = sys.argv[1], sys.argv[2]
    folder = Path(sys.argv[3] if len(sys.argv) > 3 else ".")
    seeds = Path(tempfile.mkdtemp(prefix="shukun-seeds-"))
    for file in (*Path(__file__).parent.glob(f"corpus/{name}/*"), *data_folders.scenarios_folder().glob(SHIPPED[name])):
        (seeds / file.name).write_bytes(file.read_bytes())
    options = [f"-max_total_time={seconds}", f"-timeout={LONGEST_SECONDS}", "-max_len=4000", "-print_final_stats=1"]
    options += [f"-artifact_prefix={folder.resolve()}/", f"-dict={words(scenario, seeds.with_suffix('.words'))}"]
    atheris.Setup([sys.argv[0], *options, str(seeds)], lambda content: targets.TARGETS[name](content))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
