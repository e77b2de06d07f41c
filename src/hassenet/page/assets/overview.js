// The view of the whole network.

const factList = () => html("dl", { class: "facts" }, D.facts.map(([name, value]) =>
  html("div", { class: value.length > 48 ? "long" : null }, html("dt", {}, name), html("dd", {}, value))));

const judgedTable = () => {
  if (!D.judged.length) return html("p", {}, "No rows were held out when the model was made, so that this page cannot say how good it is.");
  const [head, ...rows] = D.judged;
  return html("div", { class: "scroll" }, html("table", { class: "judged" },
    html("thead", {}, html("tr", {}, head.map((title, c) => html("th", { scope: "col", class: c ? "number" : null }, title)))),
    html("tbody", {}, rows.map((row) => html("tr", {}, row.map((cell, c) =>
      html(c ? "td" : "th", { scope: c ? null : "row", class: c ? "number" : null }, cell)))))));
};

const judged = () => section("How good is it?", judgedTable(),
  D.differences.length ? html("ul", { class: "differences" }, D.differences.map((text) => html("li", {}, text))) : null);

/** The columns of an element's mean relevance: in its class, in the others and the difference; else over all rows. */
const meanColumns = (s, rows) => {
  const column = (title, help, value) => {
    const most = rows.reduce((m, k) => Math.max(m, Math.abs(value(k))), 0);
    return { title, help, value, cell: (k) => [bar(value(k), most), html("span", { class: "sized" }, signed(value(k)))] };
  };
  if (!s.sides) return [column("Mean", "mean over all rows, with its sign", (k) => s.signed[k])];
  const [inside, outside] = s.means;
  const plain = (title, values) => ({ title, help: `mean over the rows of ${title}`, minor: true, value: (k) => values[k], cell: (k) => signed(values[k]) });
  return [column("Difference", `mean in ${s.sides[0]} minus mean in ${s.sides[1]}: how far the element tells them apart`, (k) => inside[k] - outside[k]),
    plain(`in ${elided(s.sides[0], 14)}`, inside), plain(`in ${elided(s.sides[1], 14)}`, outside)];
};

/** What many trainings said of an element, as far as it is known. */
const studyColumns = () => {
  const S = D.study ?? {};
  const column = (title, help, values, minor, cell = (k) => number(values[k])) => (values ? { title, help, minor, value: (k) => values[k], cell } : null);
  return [column("p", "how often chance gives as much", S.p, false),
    column("FDR", "false discovery rate in the rank", S.fdr, false),
    column("Over runs", "share in the relevance of its rank, mean over trainings and where 95 % of them lie", S.mean, true,
      (k) => (S.mean[k] === null || !S.low || !S.high ? number(S.mean[k]) : `${number(S.mean[k], 2)} (${number(S.low[k], 2)}–${number(S.high[k], 2)})`)),
    column("Top", "in which share of the trainings it is among the ten highest of its rank", S.top, true)];
};

const elementColumns = (s, rows) => {
  const most = rows.reduce((m, k) => Math.max(m, s.absolute[k]), 0);
  const plain = (title, values, text = aligned, help = null) => (values ? { title, help, minor: true, value: (k) => values[k], cell: (k) => text(values[k]) } : null);
  const counted = (n) => n.toLocaleString("en");
  return [
    { title: "Element", text: true, value: (k) => shortName(D.names[k]), cell: (k) => link(k, elided(shortName(D.names[k]) || "(no name)", 48)) },
    { title: "Rank", minor: true, value: (k) => RANK[k], cell: (k) => String(RANK[k]) },
    { title: "Size", first: true, help: "mean of the absolute relevance", value: (k) => s.absolute[k], cell: (k) => [sizeBar(s.absolute[k], most), html("span", { class: "sized" }, aligned(s.absolute[k]))] },
    ...meanColumns(s, rows), ...studyColumns(),
    D.power ? { title: "Power", help: "nats an example, on rows not learned from", value: (k) => D.power[k], cell: (k) => [swatch(k), html("span", { class: "sized" }, aligned(D.power[k]))] } : null,
    plain("Spread", s.spread, aligned, "standard deviation over the rows"),
    plain("Networks", s.members, aligned, "standard deviation of the relevance over the networks"),
    ...(D.study ? [] : [plain("Covers", D.below, counted), plain("Covered by", D.above, counted)]),
  ].filter((column) => column !== null);
};

const topElements = () => {
  const holder = html("div");
  const named = D.named.length < DEPTH;
  const choice = html("select", { id: "rank" }, html("option", { value: "-1" }, "all ranks"),
    D.ranks.slice(0, DEPTH).map((rank, i) => html("option", { value: String(i), selected: named && i === 0 }, `${rankName(i)} (${rank.size.toLocaleString("en")})`)));
  const draw = () => {
    const rank = Number(choice.value);
    const [start, end] = rank < 0 ? [0, SCORED] : [STARTS[rank], STARTS[rank + 1]];
    const rows = Array.from({ length: end - start }, (_, i) => start + i);
    holder.replaceChildren(sortable(`${scores().method} for ${scores().output}`, elementColumns(scores(), rows), rows, 20));
  };
  choice.addEventListener("change", draw);
  draw();
  return section(`Which elements matter for ${scores().output}?`, D.study?.verdict ? html("p", { class: "verdict" }, D.study.verdict) : null,
    scores().direction ? html("p", { class: "direction" }, scores().direction) : null,
    html("p", { class: "choice" }, html("label", { for: "rank" }, "Of "), choice), holder);
};

/** A figure of bars between two ends, below a caption. */
const smallHistogram = (caption, what, low, high, heights) => {
  const [wide, tall] = [240, 70];
  return html("figure", {}, caption, svg("svg", { class: "picture", viewBox: `0 0 ${wide} ${tall + 20}`, role: "img",
    "aria-label": `${what} from ${apart(low, low, high)} to ${apart(high, low, high)}` },
  bars(heights, 0, 2, wide, tall - 2), axis(low, high, 0, tall, wide, true).flat()));
};

const ofRank = (rank, i) => {
  const constant = rank.constant
    ? `, ${rank.constant.toLocaleString("en")} never ${rank.constant === 1 ? "varies" : "vary"}`
    : "";
  const caption = html("figcaption", {}, html("strong", {}, rankName(i)),
    ` ${count(rank.size, "element")}${constant}${rank.activation ? ` · ${rank.activation}` : ""}`);
  return smallHistogram(caption, "Features", rank.low, rank.high, heightsOf(rank.heights));
};

/** Outputs in units of their own, each by itself; of many the first, as all have a page. */
const OUTPUTS_SHOWN = 12;
const ofOutputs = (rank, i) => Array.from({ length: Math.min(rank.size, OUTPUTS_SHOWN) }, (_, o) => {
  const k = STARTS[i] + o;
  const caption = html("figcaption", {}, html("strong", {}, link(k, elided(shortName(D.names[k]), 28))), ` output ${o + 1} of ${rank.size}`);
  return smallHistogram(caption, `Output ${o + 1}`, D.low[k], D.high[k], barsOf(k, 0));
});

const rankDistributions = () => section("Features of each rank", html("div", { class: "grid" },
  D.ranks.flatMap((rank, i) => (D.apart && i === DEPTH ? ofOutputs(rank, i) : [ofRank(rank, i)]))));

const costCurves = () => {
  if (!D.costs) return null;
  const [wide, tall, left] = [640, 220, 56];
  const [low, high] = ends(D.costs.cost.concat(D.costs.validation));
  const n = D.costs.cost.length;
  const x = (epochs) => left + (epochs / n) * (wide - left - 4);
  const logarithmic = low > 0 && high > 10 * low;
  const [scaled, unscaled] = logarithmic ? [Math.log, Math.exp] : [Number, Number];
  const y = (value) => 8 + (1 - along(scaled(value), scaled(low), scaled(high))) * (tall - 16);
  const curve = (values, kind, after) => (values.length ? svg("path", { class: `curve ${kind}`,
    d: values.map((v, i) => (v === null ? "" : `${i && values[i - 1] !== null ? "L" : "M"}${x(i + after).toFixed(1)},${y(v).toFixed(1)}`)).join("") }) : null);
  const marks = [low, unscaled((scaled(low) + scaled(high)) / 2), high].map((value) => [svg("line", { class: "gridline", x1: left, x2: wide, y1: y(value), y2: y(value) }),
    svg("text", { class: "tick end", x: left - 8, y: y(value) + 4 }, number(value))]);
  return section("Training", html("figure", { class: "curves" }, svg("svg", { class: "picture", viewBox: `0 0 ${wide} ${tall + 26}`, role: "img",
    "aria-label": `The cost fell from ${number(D.costs.cost[0])} to ${number(D.costs.cost.at(-1))} in ${count(n, "epoch")}` },
  marks, curve(D.costs.cost, "training", 0.5), curve(D.costs.validation, "validation", 1),
  svg("text", { class: "tick", x: left, y: tall + 16 }, "0 epochs"), svg("text", { class: "tick end", x: wide, y: tall + 16 }, count(n, "epoch"))),
  html("figcaption", {}, D.costs.validation.length ? "Cost: solid on the training rows, the mean of each epoch; dashed on the validation rows, after it" : "Cost on the training rows, the mean of each epoch",
    logarithmic ? "; the axis is logarithmic." : ".")));
};

const lead = () => {
  const known = new Map(D.facts);
  const said = [known.get("task"), known.has("classes") ? `classes ${known.get("classes")}` : null,
    known.has("trained on") ? `trained on ${known.get("trained on")}` : null, `shown: ${known.get("rows shown")} rows`,
    known.has("of these") ? `of these ${known.get("of these")}` : null];
  return html("p", { class: "lead" }, said.filter((text) => text).join(" · "));
};

const overview = () => {
  // Where no hidden rank is shown the elements' table is the whole answer.
  const flows = scores().columns.length > 2 || DEPTH === 1;
  const picture = html("div", { class: "scroll diagram", tabindex: "0", role: "region", "aria-label": "Picture of relevance" });
  const view = html("div", { class: "view" },
    html("h1", { tabindex: "-1" }, D.title), lead(), judged(), topElements(),
    ...(flows ? [section(`Where the relevance for ${scores().output} comes from`, picture, flowLegend())] : []),
    rankDistributions(), costCurves(), section("The model", factList()));
  const draw = () => flows && picture.replaceChildren(flowPicture(picture.clientWidth));
  return { view, draw, title: "" };
};
