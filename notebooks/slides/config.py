"""How `make slides` turns a notebook into one file of slides: no code, no prompts, and nothing from the network."""

from importlib.util import find_spec
from pathlib import Path

[package] = find_spec("sphinx_revealjs").submodule_search_locations  # brings reveal.js, and is not imported

c = get_config()  # noqa: F821 - nbconvert gives it
c.TemplateExporter.extra_template_basedirs = [str(Path(__file__).parent)]
c.TemplateExporter.extra_template_paths = [str(Path(package) / "_static" / "revealjs" / "dist")]
c.TemplateExporter.filters = {"carried": "sim.report.charts.fonts.carried"}
c.SlidesExporter.template_name = "offline"
c.SlidesExporter.exclude_input = True
c.SlidesExporter.exclude_input_prompt = True
c.SlidesExporter.exclude_output_prompt = True
c.ExecutePreprocessor.timeout = None  # small studies take a minute, large ones an hour
