// The view of one element.

/** Whether the mean says anything beside the mean size. */
const directed = (score, absolute) => Math.abs(score) >= 0.1 * absolute;

const direction = (score, absolute, output) => {
  if (!directed(score, absolute)) return `for some rows, against ${output} for others`;
  return `on average ${score < 0 ? "against" : "for"} ${output}`;
};

const relevanceCard = (k) => {
  if (k >= SCORED) return html("p", {}, "This is an output: what the relevance of the others is for.");
  const { signed: score, absolute, spread, members, output, method, direction: way, sides, means } = scores();
  const figure = (text) => html("span", { class: "figure" }, text);
  const S = D.study ?? {};
  const known = (name, values, more) => (values && values[k] !== null ? [[name, figure(number(values[k])), more]] : []);
  const place = positionsOf(RANK[k]).get(k);
  const size = D.ranks[RANK[k]].size;
  const lines = [
    ["mean size", figure(number(absolute[k])), `place ${place.toLocaleString("en")} of ${size.toLocaleString("en")} in its rank`],
    ...(sides ? sides.map((name, i) => [`mean in ${elided(name, 16)}`, figure(signed(means[i][k])), ""]) : []),
    ["mean of all rows", html("span", { class: `figure ${directed(score[k], absolute[k]) ? side(score[k]) : ""}` }, signed(score[k])),
      direction(score[k], absolute[k], way ? `the risk of ${output}` : output)],
    ["spread over the rows", html("span", { class: "figure" }, number(spread[k])), ""],
    ...(members ? [["spread over the networks", html("span", { class: "figure" }, number(members[k])), "of the mean"]] : []),
    ...(D.power ? [["power", html("span", { class: "figure" }, swatch(k), " ", number(D.power[k])), "nats an example, on rows not learned from"]] : []),
    ...known("p", S.p, "how often chance gives as much"),
    ...known("false discovery rate", S.fdr, ""),
    ...known("share over trainings", S.mean, S.low && S.high ? `95 % in ${number(S.low[k], 2)}–${number(S.high[k], 2)}` : ""),
    ...known("among the first ten", S.top, "share of the trainings"),
  ];
  return html("div", {},
    html("dl", { class: "figures" }, lines.map(([name, figure, more]) =>
      html("div", {}, html("dt", {}, name), html("dd", {}, figure, more ? html("small", {}, more) : null)))),
    html("p", { class: "note" }, `${method} for ${output}${way ? `; ${way}` : ""}`));
};

const linkTable = (title, links, total, none) => {
  if (!links.length) return section(title, html("p", {}, none));
  const most = links.reduce((m, one) => Math.max(m, Math.abs(one.weight)), 0);
  const score = (one) => (one.element < SCORED ? scores().signed[one.element] : null);
  const columns = [
    { title: "Element", text: true, value: (one) => shortName(D.names[one.element]), cell: (one) => link(one.element) },
    { title: "Rank", minor: true, value: (one) => RANK[one.element], cell: (one) => String(RANK[one.element]) },
    { title: "Weight", first: true, help: "sorted by size", value: (one) => Math.abs(one.weight),
      cell: (one) => [bar(one.weight, most, side(one.weight)), html("span", { class: "sized" }, signed(one.weight))] },
    { title: "Relevance", value: score, cell: (one) => (score(one) === null ? "–" : signed(score(one))) },
  ];
  const caption = links.length < total
    ? `${links.length.toLocaleString("en")} of ${total.toLocaleString("en")}, those with the largest weights`
    : count(total, "element");
  return section(title, sortable(caption, columns, links, 15));
};

const elementView = (k) => {
  const name = D.names[k];
  const rank = RANK[k];
  const diagram = html("div", { class: "diagram" });
  const activation = D.ranks[rank].activation;
  const view = html("div", { class: "view" },
    html("nav", { class: "path", "aria-label": "Where this is" }, html("a", { href: "#overview" }, "Overview"), " › ", rankName(rank)),
    html("h1", { tabindex: "-1" }, shortName(name) || "(no name)"),
    shortName(name) === name ? null : html("p", { class: "full" }, name),
    html("p", { class: "kinds" },
      html("span", {}, `rank ${rank} of ${DEPTH}`), activation ? html("span", {}, activation) : null,
      html("span", {}, `covers ${D.below[k].toLocaleString("en")}`), html("span", {}, `covered by ${D.above[k].toLocaleString("en")}`)),
    html("div", { class: "columns" },
      html("div", { class: "wide" }, section("Neighbourhood", diagram, legend())),
      html("div", { class: "narrow" }, section("Relevance", relevanceCard(k)), section("Distribution", distribution(k)))),
    html("div", { class: "halves" },
      linkTable("Covered by", above(k), D.above[k], "Nothing covers this element."),
      linkTable("Covers", below(k), D.below[k], "This is a feature: it covers nothing.")));
  const draw = () => diagram.replaceChildren(neighbourhood(k, Math.max(diagram.clientWidth, 300)));
  return { view, draw, title: shortName(name) };
};
