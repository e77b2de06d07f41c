// The picture of relevance from the features through the ranks to the outputs.

const OTHERS = -1;
const PASSING = -2;
const NODE = 9;

const nodeName = ([, element, n]) => {
  if (element === PASSING) return "passes on";
  return element === OTHERS ? `${n.toLocaleString("en")} others` : D.names[element];
};

const nodeLabel = (node, letters) => {
  if (node[1] === PASSING) return node[3] < 0.01 || node[0] === DEPTH - 1 ? "" : nodeName(node);
  return node[1] === OTHERS ? nodeName(node) : elided(shortName(D.names[node[1]]), letters);
};

const ribbon = ([lower, upper, share, sign, start, end, thick], nodes, x, height) => {
  const [a, b] = [x(nodes[lower][0]) + NODE, x(nodes[upper][0])];
  const middle = (a + b) / 2;
  const [t, u, h] = [start * height, end * height, Math.max(thick * height, 0.4)];
  const kind = ["negative", "mixed", "positive"][sign + 1];
  return svg("path", { class: `ribbon ${kind}`,
    d: `M${a},${t}C${middle},${t} ${middle},${u} ${b},${u}V${u + h}C${middle},${u + h} ${middle},${t + h} ${a},${t + h}Z` },
  titled(`${nodeName(nodes[lower])} → ${nodeName(nodes[upper])}: ${percent(share)}`));
};

const nodeBox = (node, x, height, letters) => {
  const [rank, element, , share, top, tall] = node;
  const last = rank === DEPTH;
  const label = nodeLabel(node, letters);
  const box = svg("g", { class: element < 0 ? "node other" : "node" },
    titled(`${nodeName(node)}: ${percent(share)}`),
    svg("rect", { x: x(rank), y: top * height, width: NODE, height: Math.max(tall * height, 1) }),
    label ? svg("text", { class: last ? "end" : null, x: last ? x(rank) - 5 : x(rank) + NODE + 5,
      y: (top + tall / 2) * height + 4 }, `${label} `, svg("tspan", { class: "share" }, percent(share))) : null);
  return element < 0 ? box : svg("a", { href: `#element/${element}`, "aria-label": `${D.names[element]}, ${percent(share)}` }, box);
};

const hatch = () => svg("defs", {}, svg("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse",
  patternTransform: "rotate(45)" }, svg("rect", { class: "hatch-ground", width: 6, height: 6 }), svg("rect", { class: "hatch-line", width: 2, height: 6 })));

const flowPicture = (room) => {
  const { nodes, ribbons, columns } = scores();
  const step = Math.max((room - NODE) / (columns.length - 1), 160);
  const width = (columns.length - 1) * step + NODE;
  const letters = Math.min(Math.floor((step - 64) / (LETTER + 0.6)), 30);
  const fullest = Math.max(...D.ranks.map((_, rank) => nodes.filter((node) => node[0] === rank).length));
  const height = Math.max(26 * fullest, 530);
  const x = (rank) => columns.indexOf(rank) * step;
  const heads = columns.map((i) => svg("text", { class: `head ${i === DEPTH ? "end" : ""}`, x: i === DEPTH ? width : x(i), y: -12 },
    rankName(i), svg("tspan", { class: "share" }, ` ${D.ranks[i].size.toLocaleString("en")}`)));
  return svg("svg", { class: "picture flow", width, height: height + 34, viewBox: `0 -32 ${width} ${height + 34}`, role: "group",
    "aria-label": `Relevance for ${scores().output} from the features to the outputs` },
  hatch(), ribbons.map((one) => ribbon(one, nodes, x, height)), nodes.map((node) => nodeBox(node, x, height, letters)), heads);
};

/** Which ranks the picture leaves out, as they only hand on. */
const leftOut = () => {
  const others = D.ranks.map((_, i) => i).filter((i) => !scores().columns.includes(i));
  return others.length ? ` Left out, as nearly everything passes by or neurons have no names: ${others.map(rankName).join(", ")}.` : "";
};

const flowLegend = () => html("p", { class: "legend" },
  ...[["positive", "weight above 0"], ["negative", "below 0"], ["mixed", "several covers."]].flatMap(([kind, text]) =>
    [svg("svg", { width: 26, height: 12, "aria-hidden": "true" }, svg("rect", { class: `ribbon ${kind}`, width: 26, height: 12 })), html("span", {}, text)]),
  html("span", {}, `An element splits its share among what it covers in proportion to the mean size of what each contributes (DeepLIFT).${leftOut()}`));
