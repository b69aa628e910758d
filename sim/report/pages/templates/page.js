"use strict";
// Draws the charts in the language of the page, and sets their parameters when a control changes.
(() => {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("data").textContent);
  const focus = document.getElementById("focus");
  const outcome = document.getElementById("outcome");
  const universe = document.getElementById("universe");
  const boxes = [...document.querySelectorAll("#shown input")];
  const drawn = new Map();
  const titles = new WeakMap(); // of buttons that save something

  // A row lacks its first values where they are those of the row before.
  for (const { columns, rows } of Object.values(data.datasets)) {
    rows.forEach((row, i) => row.unshift(...(rows[i - 1] ?? []).slice(0, columns.length - row.length)));
  }

  const language = () => root.dataset.lang;

  // "#en", "#zh/costs" or "#costs": the language and the section that the address asks for.
  const place = () => location.hash.slice(1).split("/");

  // Rows become objects: codes become names, and a column with words in this language gets a second one, "..._label".
  function rows(name) {
    const { columns, rows, names } = data.datasets[name];
    const words = data.labels[language()];
    return rows.map((row) => {
      const record = {};
      columns.forEach((column, i) => {
        record[column] = names[column] ? names[column][row[i]] : row[i];
        if (Object.hasOwn(words, column)) record[column + "_label"] = words[column][record[column]];
      });
      return record;
    });
  }

  function parameters() {
    if (!focus) return {};
    return {
      focus: focus.value,
      outcome: outcome.value,
      universe: universe.value,
      limit: data.limits[focus.value]?.[outcome.value] ?? 1,
      shown: boxes.filter((box) => box.checked).map((box) => box.value),
    };
  }

  // Rows of a dataset that belong to the scenario shown; the scenario is the first column of each.
  function ofFocus(name) {
    const { rows, names } = data.datasets[name];
    return rows.filter((row) => names.scenario[row[0]] === focus.value);
  }

  // A line as wide as the chart, broken where words or clauses end: Vega breaks no lines itself.
  function lines(text, width) {
    const found = [""];
    let room = width;
    for (const word of text.match(/（?[^\s，、；（]*[\s，、；]?/gu)) {
      const needed = [...word].reduce((sum, letter) => sum + (letter > "\u2e80" ? 12 : 6.4), 0);
      if (needed > room && found.at(-1)) {
        found.push("");
        room = width;
      }
      found[found.length - 1] += word;
      room -= needed;
    }
    return found.map((line) => line.trimEnd());
  }

  // What is of one universe is shown while that is chosen.
  const isOfOthers = (part) => Boolean(part.dataset.universe) && part.dataset.universe !== universe.value;

  // A chart that says so is drawn for the scenario shown alone: as high as its names need, hidden without any.
  async function embed(figure) {
    const id = figure.dataset.chart;
    drawn.get(id)?.finalize();
    drawn.delete(id);
    figure.replaceChildren();
    figure.hidden = !Object.hasOwn(data.charts[language()], id) || isOfOthers(figure);
    if (figure.hidden) return;
    const spec = structuredClone({ ...data.charts[language()][id], config: data.config });
    if (spec.usermeta) {
      const names = new Set(ofFocus(spec.data.name).map((row) => row[1]));
      figure.hidden = names.size === 0;
      if (figure.hidden) return;
      spec.height ??= names.size * spec.usermeta.row_height;
    }
    const values = parameters();
    for (const parameter of spec.params ?? []) {
      if (Object.hasOwn(values, parameter.name)) parameter.value = values[parameter.name];
    }
    if (typeof spec.title?.subtitle === "string") spec.title.subtitle = lines(spec.title.subtitle, figure.clientWidth - 44);
    // Long names get room where there is room.
    spec.config.axis.labelLimit = Math.min(Math.max(figure.clientWidth * 0.38, 120), 380);
    if (spec.data.name) spec.datasets = { [spec.data.name]: rows(spec.data.name) }; // else the chart holds its rows
    const holder = figure.appendChild(document.createElement("div"));
    const chart = await vegaEmbed(holder, spec, { actions: false, renderer: "svg", ast: true });
    if (holder.isConnected) {
      drawn.set(id, chart);
      const forms = { png: () => picture(chart.view, "png"), svg: () => picture(chart.view, "svg") };
      figure.append(savers(forms, () => spec.title?.text ?? id));
    }
    else chart.finalize(); // another language or scenario was asked for in the meantime
  }

  // Buttons that save what they stand below; `title` is asked for when it is needed, in the language of the page.
  function savers(forms, title) {
    const group = document.createElement("p");
    group.className = "save";
    for (const [form, address] of Object.entries(forms)) {
      const button = group.appendChild(document.createElement("button"));
      button.type = "button";
      button.textContent = form.toUpperCase();
      titles.set(button, () => `${data.save[language()][form]}: ${title()}`);
      button.addEventListener("click", async () => {
        const link = document.createElement("a");
        link.href = await address();
        link.download = `${title().replace(/[^\p{L}\p{N}]+/gu, "_").slice(0, 60)}.${form}`;
        link.click();
      });
    }
    return group;
  }

  function nameSavers() {
    for (const button of document.querySelectorAll(".save button")) button.setAttribute("aria-label", titles.get(button)());
  }

  // A chart on white, as a file that needs no page.
  async function picture(view, form) {
    view.background("white");
    const address = await view.toImageURL(form, 2);
    view.background(null);
    await view.runAsync();
    return address;
  }

  // What a cell says in the language of the page; a line below it is behind a space.
  function said(cell) {
    const copy = cell.cloneNode(true);
    for (const other of copy.querySelectorAll(`[lang]:not([lang|="${language()}"])`)) other.remove();
    for (const line of copy.querySelectorAll("small")) line.prepend(" ");
    const words = copy.textContent.replace(/\s+/g, " ").trim();
    return /^[=+\-@]/.test(words) && !/^[+-]?[\d.,]+$/.test(words) ? `'${words}` : words; // no spreadsheet runs it
  }

  function csv(table) {
    const rows = [...table.rows].map((row) =>
      [...row.cells].flatMap((cell) => [said(cell), ...Array(cell.colSpan - 1).fill("")]));
    const lines = rows.map((row) => row.map((words) => `"${words.replaceAll('"', '""')}"`).join(","));
    return URL.createObjectURL(new Blob(["\ufeff" + lines.join("\r\n")], { type: "text/csv" }));
  }

  for (const table of document.querySelectorAll("main .scroll > table")) {
    const group = savers({ csv: () => csv(table) }, () => (table.caption && said(table.caption)) || document.title);
    const place = table.parentElement;
    Object.assign(group.dataset, place.dataset); // shown and hidden as the table is
    group.hidden = place.hidden;
    place.after(group);
  }

  async function draw() {
    const lang = language();
    await Promise.all([...document.querySelectorAll("[data-chart]")].map(embed));
    colourTicks();
    nameSavers();
    root.dataset.drawn = lang;
  }

  // Charts of fixed size take the new values of the controls; the others are drawn again.
  function update() {
    const values = parameters();
    for (const part of document.querySelectorAll("[data-scenario]")) part.hidden = !part.dataset.scenario.split("\n").includes(focus.value);
    for (const part of document.querySelectorAll("[data-universe]")) part.hidden = isOfOthers(part);
    const redrawn = [];
    for (const figure of document.querySelectorAll("[data-chart]")) {
      const id = figure.dataset.chart;
      if (data.charts[language()][id]?.usermeta || figure.dataset.universe) {
        redrawn.push(embed(figure));
        continue;
      }
      const view = drawn.get(id)?.view;
      if (!view) continue;
      const known = view.getState().signals;
      for (const name of Object.keys(values)) if (Object.hasOwn(known, name)) view.signal(name, values[name]);
      redrawn.push(view.runAsync());
    }
    return Promise.all(redrawn).then(nameSavers);
  }

  // The boxes carry the colours and dashes of their lines.
  function colourTicks() {
    const spec = data.charts[language()]["months-survival_rate"];
    if (!spec || !boxes.length) return;
    const { color, strokeDash } = spec.encoding;
    const words = data.labels[language()].scenario;
    for (const box of boxes) {
      const place = color.scale.domain.indexOf(words[box.value]);
      const [ink, dashes] = [color.scale.range[place], strokeDash.scale.range[place]];
      let at = 0; // of a dash, then of a gap, and so on
      const stops = dashes.map((length, i) => `${i % 2 ? "transparent" : ink} ${at}px ${(at += length)}px`);
      box.nextElementSibling.style.background = `repeating-linear-gradient(90deg, ${stops.join(", ")})`;
    }
  }

  async function carryFont() {
    const source = document.getElementById("font").textContent;
    if (!source) return;
    document.fonts.add(await new FontFace("Carried", `url(${source})`).load());
  }

  function speak(lang) {
    root.dataset.lang = lang;
    root.lang = lang === "zh" ? "zh-CN" : "en";
    document.title = data.title[lang];
    const head = JSON.stringify(data.title[lang]).replace(/[<>]/g, "");
    document.getElementById("paper").textContent = `@page { @top-left { content: ${head}; font: 8pt sans-serif, Carried; color: #444; } }`;
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
  // A measure among the clauses leads to its row in the delivery of the headline's scenario.
  for (const link of document.querySelectorAll("[data-way]")) {
    link.addEventListener("click", async (event) => {
      event.preventDefault();
      if (focus.value !== data.main) {
        focus.value = data.main;
        await update();
      }
      const row = document.getElementById(link.getAttribute("href").slice(1));
      row.closest("details").open = true;
      row.tabIndex = -1;
      row.focus({ preventScroll: true });
      row.scrollIntoView({ block: "center" });
    });
  }
  // The name of a column sorts the rows: the largest first, at the next click the smallest; what is missing is last.
  for (const button of document.querySelectorAll("[data-sort]")) {
    button.addEventListener("click", () => {
      const head = button.closest("th");
      const body = head.closest("table").tBodies[0];
      const key = (row) => JSON.parse(row.dataset.keys)[button.dataset.sort];
      const first = button.dataset.sort === "0" ? "ascending" : "descending";
      const other = first === "ascending" ? "descending" : "ascending";
      const order = head.getAttribute("aria-sort") === first ? other : first;
      for (const sorted of head.closest("thead").querySelectorAll("[aria-sort]")) sorted.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", order);
      const rank = (row) => key(row) ?? (order === "ascending" ? Infinity : -Infinity);
      const sign = order === "ascending" ? 1 : -1;
      body.append(...[...body.rows].sort((a, b) => (rank(a) === rank(b) ? 0 : sign * (rank(a) < rank(b) ? -1 : 1))));
    });
  }
  // On paper nobody can open a table: those that matter are open there.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details.matters:not([open])")];
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => closed.forEach((details) => (details.open = false)));
  for (const control of [focus, outcome, universe, ...boxes]) control?.addEventListener("change", update);

  const asked = place().find((part) => part === "zh" || part === "en");
  const section = place().find((part) => part && part !== "zh" && part !== "en");
  const lang = asked ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
  root.dataset.lang = lang;
  carryFont().finally(() => {
    root.classList.remove("waiting");
    return speak(lang);
  }).then(() => {
    if (section) document.getElementById(section)?.scrollIntoView();
  });
})();
