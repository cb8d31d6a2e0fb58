// Draws the charts: specs and rows come from the chart's own JSON, colours from the style sheet. Without this script every
// table and link still works. Vega's expressions are interpreted (`ast`), so that no code is made from text.
"use strict";
(function () {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  function colours() {
    const style = getComputedStyle(document.documentElement);
    const named = (name) => style.getPropertyValue("--" + name).trim();
    return { text: named("text"), soft: named("soft"), line: named("line"), ground: named("ground"), accent: named("accent"),
      second: named("second"), third: named("third"), bad: named("bad"), good: named("good"),
      low: named("heat-low"), high: named("heat-high") };
  }

  function config(c) {
    const font = "system-ui, sans-serif";
    const words = { labelColor: c.text, titleColor: c.soft, labelFont: font, titleFont: font, labelFontSize: 12, titleFontWeight: "normal" };
    return {
      background: "transparent", font: font, view: { stroke: null },
      axis: Object.assign({ gridColor: c.line, domainColor: c.line, tickColor: c.line }, words),
      axisBand: { grid: false },
      header: words, legend: words,
      mark: { color: c.accent }, point: { color: c.accent }, rule: { color: c.accent }, bar: { color: c.accent },
      area: { color: c.accent }, line: { color: c.accent }, tick: { color: c.accent }, text: { font: font },
      range: { category: [c.accent, c.third, c.good, c.bad], ramp: [c.low, c.high], heatmap: [c.low, c.high] },
    };
  }

  // Colours by name, and labels of axes no wider than a third of the chart.
  function coloured(value, c, room, axis) {
    if (value === "TEXT") return c.text;
    if (value === "INVERSE") return c.ground;
    if (Array.isArray(value)) return value.map((one) => coloured(one, c, room, axis));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, axis && name === "labelLimit" ? Math.min(one, room) : coloured(one, c, room, axis || name === "axis")]));
    }
    return value;
  }

  // A height by step would make Vega-Lite warn of the width that fits; so it is counted here.
  function sized(spec, rows, box) {
    if (!spec.facet) {
      const made = Object.assign({ width: "container" }, spec);
      if (spec.height.step) made.height = spec.height.step * Math.max(1, new Set(rows.map((row) => row[spec.encoding.y.field])).size);
      return made;
    }
    const inner = Object.assign({}, spec.spec, { width: Math.max(160, box.clientWidth - 90) });
    return Object.assign({}, spec, { spec: inner });
  }

  function follow(item) {
    for (let datum = item && item.datum; datum; datum = datum.datum) {
      const href = datum.href;
      if (typeof href === "string" && (href.startsWith("#") || (href.startsWith("/") && !href.startsWith("//")))) {
        location.assign(href);
        return;
      }
    }
  }

  // Labels and tooltips hold so much of a text; measuring a megabyte of it would hold the page.
  function short(value) {
    return typeof value === "string" && value.length > 300 ? value.slice(0, 300) + "…" : value;
  }

  function shortened(rows) {
    return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, name === "href" ? value : short(value)])));
  }

  function draw(box, answer) {
    const c = colours();
    const rows = shortened(answer.drawn ? answer.rows.slice(0, answer.drawn) : answer.rows);
    const spec = coloured(sized(answer.spec, rows, box), c, Math.max(90, 0.34 * box.clientWidth));
    spec.data = { values: rows };
    const options = { ast: true, renderer: "svg", actions: false, defaultStyle: false, mode: "vega-lite", logLevel: 1, config: config(c),
      tooltip: { disableDefaultStyle: true, theme: "own" } };
    if (box.view) box.view.finalize();
    return window.vegaEmbed(box, spec, options).then((made) => {
      box.view = made.view;
      made.view.addEventListener("click", (event, item) => follow(item));
      box.dataset.state = "drawn";
    });
  }

  async function load(box) {
    try {
      const answer = await fetch(box.dataset.source, { credentials: "same-origin" });
      if (!answer.ok) throw new Error("the chart's data did not come (" + answer.status + ")");
      box.answer = await answer.json();
      await draw(box, box.answer);
    } catch (problem) {
      box.dataset.state = "failed";
      box.textContent = "This chart could not be drawn: " + problem.message + ". The table has its figures.";
    }
  }

  // A link to a message that stands on another page of the timeline.
  function find() {
    const timeline = document.getElementById("timeline");
    const asked = /^#m(\d+)$/.exec(location.hash);
    if (!timeline || !asked || document.getElementById(location.hash.slice(1))) return;
    if (Number(asked[1]) > Number(timeline.dataset.lastMessage)) return;
    const own = timeline.dataset.own;
    location.replace(own + (own.includes("?") ? "&" : "?") + "from=" + asked[1] + location.hash);
  }

  const boxes = Array.from(document.querySelectorAll(".drawing[data-source]"));
  boxes.forEach(load);
  find();
  window.addEventListener("hashchange", find);
  function again() {
    boxes.filter((box) => box.answer).forEach((box) => draw(box, box.answer));
  }
  dark.addEventListener("change", again);
  let width = window.innerWidth, waiting = 0;
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(again, 200);
  });
})();
