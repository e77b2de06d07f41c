// The view of the whole network.

const factList = () => html("dl", { class: "facts" }, D.facts.map(([name, value]) =>
  html("div", { class: value.length > 48 ? "long" : null }, html("dt", {}, name), html("dd", {}, value))));

const judgedTable = () => {
  if (!D.judged.length) return null;
  const [head, ...rows] = D.judged;
  return html("div", { class: "scroll" }, html("table", { class: "judged" },
    html("thead", {}, html("tr", {}, head.map((title, c) => html("th", { scope: "col", class: c ? "number" : null }, title)))),
    html("tbody", {}, rows.map((row) => html("tr", {}, row.map((cell, c) =>
      html(c ? "td" : "th", { scope: c ? null : "row", class: c ? "number" : null }, cell)))))));
};

const topElements = () => {
  const holder = html("div");
  const choice = html("select", { id: "rank" }, html("option", { value: "-1" }, "all ranks"),
    D.ranks.slice(0, DEPTH).map((rank, i) => html("option", { value: String(i) }, `${rankName(i)} (${rank.size.toLocaleString("en")})`)));
  const draw = () => {
    const rank = Number(choice.value);
    const [start, end] = rank < 0 ? [0, SCORED] : [STARTS[rank], STARTS[rank + 1]];
    const rows = Array.from({ length: end - start }, (_, i) => start + i);
    const s = scores();
    const most = rows.reduce((m, k) => Math.max(m, Math.abs(s.signed[k])), 0);
    const columns = [
      { title: "Element", text: true, value: (k) => shortName(D.names[k]), cell: (k) => link(k, elided(shortName(D.names[k]) || "(no name)", 48)) },
      { title: "Rank", value: (k) => RANK[k], cell: (k) => String(RANK[k]) },
      { title: "Size", first: true, help: "mean of the absolute relevance", value: (k) => s.absolute[k], cell: (k) => aligned(s.absolute[k]) },
      { title: "Relevance", help: "mean, with its sign", value: (k) => s.signed[k], cell: (k) => [bar(s.signed[k], most), html("span", { class: "sized" }, signed(s.signed[k]))] },
      { title: "Spread", help: "standard deviation over the rows", value: (k) => s.spread[k], cell: (k) => aligned(s.spread[k]) },
      ...(s.members ? [{ title: "Networks", help: "standard deviation of the relevance over the networks", value: (k) => s.members[k], cell: (k) => aligned(s.members[k]) }] : []),
      D.power ? { title: "Power", help: "nats an example, on rows not learned from", value: (k) => D.power[k], cell: (k) => [swatch(k), html("span", { class: "sized" }, aligned(D.power[k]))] } : null,
      { title: "Covers", value: (k) => D.below[k], cell: (k) => D.below[k].toLocaleString("en") },
      { title: "Covered by", value: (k) => D.above[k], cell: (k) => D.above[k].toLocaleString("en") },
      { title: "Mean", help: "of the feature", value: (k) => D.mean[k], cell: (k) => aligned(D.mean[k]) },
      { title: "Deviation", help: "of the feature", value: (k) => D.deviation[k], cell: (k) => aligned(D.deviation[k]) },
    ].filter((column) => column !== null);
    holder.replaceChildren(sortable(`${s.method} for ${s.output}`, columns, rows, 20));
  };
  choice.addEventListener("change", draw);
  draw();
  return section("Elements", html("p", { class: "choice" }, html("label", { for: "rank" }, "Of "), choice), holder);
};

const rankDistributions = () => section("Features of each rank", html("div", { class: "grid" }, D.ranks.map((rank, i) => {
  const [wide, tall] = [240, 70];
  const drawing = svg("svg", { class: "picture", viewBox: `0 0 ${wide} ${tall + 20}`, role: "img",
    "aria-label": `Features from ${apart(rank.low, rank.low, rank.high)} to ${apart(rank.high, rank.low, rank.high)}` },
  bars(heightsOf(rank.heights), 0, 2, wide, tall - 2), axis(rank.low, rank.high, 0, tall, wide, true).flat());
  const constant = rank.constant ? `, ${rank.constant.toLocaleString("en")} never vary` : "";
  return html("figure", {}, html("figcaption", {}, html("strong", {}, rankName(i)),
    ` ${count(rank.size, "element")}${constant}${rank.activation ? ` · ${rank.activation}` : ""}`), drawing);
})));

const costCurves = () => {
  if (!D.costs) return null;
  const [wide, tall, left] = [640, 220, 56];
  const [low, high] = ends(D.costs.cost.concat(D.costs.validation));
  const n = D.costs.cost.length;
  const x = (i) => left + (n > 1 ? i / (n - 1) : 0.5) * (wide - left - 4);
  const logarithmic = low > 0 && high > 10 * low;
  const [scaled, unscaled] = logarithmic ? [Math.log, Math.exp] : [Number, Number];
  const y = (value) => 8 + (1 - along(scaled(value), scaled(low), scaled(high))) * (tall - 16);
  const curve = (values, kind) => (values.length ? svg("path", { class: `curve ${kind}`,
    d: values.map((v, i) => (v === null ? "" : `${i && values[i - 1] !== null ? "L" : "M"}${x(i).toFixed(1)},${y(v).toFixed(1)}`)).join("") }) : null);
  const marks = [low, unscaled((scaled(low) + scaled(high)) / 2), high].map((value) => [svg("line", { class: "gridline", x1: left, x2: wide, y1: y(value), y2: y(value) }),
    svg("text", { class: "tick end", x: left - 8, y: y(value) + 4 }, number(value))]);
  return section("Training", html("figure", { class: "curves" }, svg("svg", { class: "picture", viewBox: `0 0 ${wide} ${tall + 26}`, role: "img",
    "aria-label": `The cost fell from ${number(D.costs.cost[0])} to ${number(D.costs.cost.at(-1))} in ${count(n, "epoch")}` },
  marks, curve(D.costs.cost, "training"), curve(D.costs.validation, "validation"),
  svg("text", { class: "tick", x: left, y: tall + 16 }, "epoch 1"), svg("text", { class: "tick end", x: wide, y: tall + 16 }, `epoch ${n}`)),
  html("figcaption", {}, D.costs.validation.length ? "Cost of each epoch: solid on the training rows, dashed on the validation rows" : "Cost of each epoch",
    logarithmic ? "; the axis is logarithmic." : ".")));
};

const overview = () => {
  const picture = html("div", { class: "scroll diagram", tabindex: "0", role: "region", "aria-label": "Picture of relevance" });
  const view = html("div", { class: "view" },
    html("h1", { tabindex: "-1" }, D.title),
    html("div", { class: "columns" }, html("div", { class: "wide" }, factList()), html("div", { class: "narrow" }, judgedTable())),
    section(`Where the relevance for ${scores().output} comes from`, picture, flowLegend()),
    topElements(), rankDistributions(), costCurves());
  const draw = () => picture.replaceChildren(flowPicture(picture.clientWidth));
  return { view, draw, title: "" };
};
