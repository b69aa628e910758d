"use strict";
// Draws the charts in the language of the page, and sets their parameters when a control changes.
(() => {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("data").textContent);
  const focus = document.getElementById("focus");
  const outcome = document.getElementById("outcome");
  const boxes = [...document.querySelectorAll("#shown input")];
  let drawn = [];
  let turn = 0;

  const language = () => root.dataset.lang;

  // "#en", "#zh/costs" or "#costs": the language and the section that the address asks for.
  const place = () => location.hash.slice(1).split("/");

  // Columns and rows become objects; a column with words in this language gets a second one, "..._label".
  function rows(name) {
    const { columns, rows } = data.datasets[name];
    const words = data.labels[language()];
    return rows.map((row) => {
      const record = {};
      columns.forEach((column, i) => {
        record[column] = row[i];
        if (Object.hasOwn(words, column)) record[column + "_label"] = words[column][row[i]] ?? row[i];
      });
      return record;
    });
  }

  function parameters() {
    if (!focus) return {};
    return {
      focus: focus.value,
      outcome: outcome.value,
      limit: data.limits[focus.value]?.[outcome.value] ?? 1,
      shown: boxes.filter((box) => box.checked).map((box) => box.value),
    };
  }

  // Height of a chart whose rows depend on the scenario shown: one for each name in the dataset's second column.
  function height({ data: { name }, usermeta }) {
    const shown = data.datasets[name].rows.filter((row) => row[0] === focus.value);
    return Math.max(new Set(shown.map((row) => row[1])).size, 1) * usermeta.row_height;
  }

  function show({ view, spec }) {
    const values = parameters();
    if (spec.usermeta?.row_height) view.height(height(spec));
    for (const name of Object.keys(values)) {
      if (Object.hasOwn(view.getState().signals, name)) view.signal(name, values[name]);
    }
    return view.runAsync();
  }

  async function draw() {
    const mine = ++turn;
    drawn.splice(0).forEach((chart) => chart.finalize());
    const specs = data.charts[language()];
    for (const figure of document.querySelectorAll("[data-chart]")) {
      const spec = structuredClone(specs[figure.dataset.chart]);
      spec.datasets = { [spec.data.name]: rows(spec.data.name) };
      if (spec.usermeta?.row_height) spec.height = height(spec);
      const values = parameters();
      for (const parameter of spec.params ?? []) {
        if (Object.hasOwn(values, parameter.name)) parameter.value = values[parameter.name];
      }
      const holder = document.createElement("div");
      figure.replaceChildren(holder);
      const chart = await vegaEmbed(holder, spec, { actions: false, renderer: "svg", ast: true });
      if (mine !== turn) return chart.finalize();
      drawn.push(chart);
    }
    colourTicks();
    emptyCharts();
    root.dataset.drawn = language();
  }

  // The boxes carry the colours of their lines.
  function colourTicks() {
    const spec = data.charts[language()]["months-survival_rate"];
    if (!spec) return;
    const { domain, range } = spec.encoding.color.scale;
    const words = data.labels[language()].scenario;
    for (const box of boxes) box.nextElementSibling.style.background = range[domain.indexOf(words[box.value])];
  }

  // A scenario that moves no money, or needs no application, has no bars to show.
  function emptyCharts() {
    for (const name of ["costs", "delays"]) {
      const figure = document.getElementById(`chart-${name}`);
      if (figure) figure.hidden = !data.datasets[name].rows.some((row) => row[0] === focus.value);
    }
  }

  function chooseScenario() {
    for (const part of document.querySelectorAll("[data-scenario]")) part.hidden = part.dataset.scenario !== focus.value;
    emptyCharts();
    return Promise.all(drawn.map(show));
  }

  function speak(lang) {
    root.dataset.lang = lang;
    root.lang = lang === "zh" ? "zh-CN" : "en";
    document.title = data.title[lang];
    const button = document.getElementById("language");
    button.setAttribute("aria-label", data.switch[lang]);
    for (const option of document.querySelectorAll("option[data-zh]")) option.textContent = option.dataset[lang];
    return draw();
  }

  function remember(section) {
    history.replaceState(null, "", "#" + [language(), section].filter(Boolean).join("/"));
  }

  document.getElementById("language").addEventListener("click", () => {
    const [, section] = place();
    speak(language() === "zh" ? "en" : "zh");
    remember(section);
  });
  for (const link of document.querySelectorAll("nav a, .skip")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const section = link.getAttribute("href").slice(1);
      const target = document.getElementById(section);
      target.tabIndex = -1;
      target.focus({ preventScroll: true });
      target.scrollIntoView();
      remember(section);
    });
  }
  focus?.addEventListener("change", chooseScenario);
  outcome?.addEventListener("change", () => Promise.all(drawn.map(show)));
  for (const box of boxes) box.addEventListener("change", () => Promise.all(drawn.map(show)));

  const asked = place().find((part) => part === "zh" || part === "en");
  const section = place().find((part) => part && part !== "zh" && part !== "en");
  speak(asked ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en")).then(() => {
    if (section) document.getElementById(section)?.scrollIntoView();
  });
})();
