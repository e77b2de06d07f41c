// The local Hasse diagram: an element in the middle, what covers it above, what it covers below, a row a rank.

const ROW = 74;
const LETTER = 6.7; // the width of a letter of a label, about
const LEFT = 74; // room for the names of the rows

const pillText = (k, letters) => elided(shortName(D.names[k]) || "(no name)", letters);

/** The rows of some links, by rank, each thinned to those with the largest |weight| that fit. */
const rowsOf = (links, fits) => {
  const rows = new Map();
  links.forEach((one) => rows.set(RANK[one.element], [...(rows.get(RANK[one.element]) ?? []), one]));
  return [...rows].map(([rank, all]) => {
    const kept = all.slice(0, all.length > fits ? fits - 1 : fits);
    return { rank, left: all.length - kept.length, links: kept.sort((a, b) => b.weight - a.weight) };
  });
};

const pill = (k, x, y, width, letters, mine) => {
  const box = svg("g", { class: mine ? "pill mine" : "pill" },
    titled(D.names[k]),
    svg("rect", { x: x - width / 2, y: y - 14, width, height: 28, rx: 14 }),
    svg("text", { x, y: y + 4 }, pillText(k, letters)));
  return mine ? box : svg("a", { href: `#element/${k}`, "aria-label": D.names[k] }, box);
};

/** A line from below to above; dashed where the weight is below 0. */
const edge = (x1, y1, x2, y2, weight, most) => {
  const middle = (y1 + y2) / 2;
  return svg("path", {
    class: `edge ${side(weight)}`, d: `M${x1},${y1}C${x1},${middle} ${x2},${middle} ${x2},${y2}`,
    "stroke-width": (1 + 4.5 * Math.abs(weight) / most).toFixed(2),
  }, titled(`weight ${signed(weight)}`));
};

const neighbourhood = (k, width) => {
  const letters = width < 520 ? 11 : 17;
  const slot = letters * LETTER + 26;
  const fits = Math.max(Math.floor((width - LEFT) / slot), 2);
  const over = rowsOf(above(k), fits).sort((a, b) => b.rank - a.rank);
  const under = rowsOf(below(k), fits).sort((a, b) => b.rank - a.rank);
  const rows = [...over, { rank: RANK[k], mine: true, links: [{ element: k }], left: 0 }, ...under];
  const most = Math.max(...rows.flatMap((row) => (row.mine ? [] : row.links.map((one) => Math.abs(one.weight)))), 1e-300);
  const middle = LEFT + (width - LEFT) / 2;
  const home = over.length * ROW + ROW / 2;
  const edges = svg("g");
  const pills = svg("g");
  rows.forEach((row, r) => {
    const y = r * ROW + ROW / 2;
    const n = row.links.length + (row.left ? 1 : 0);
    const step = Math.min((width - LEFT) / n, slot * 1.35);
    const place = (i) => middle + (i - (n - 1) / 2) * step;
    pills.append(svg("text", { class: "tick", x: 0, y: y + 4 }, rankName(row.rank)));
    row.links.forEach((one, i) => {
      const text = pillText(one.element, row.mine ? 40 : letters);
      pills.append(pill(one.element, place(i), y, text.length * LETTER + 22, row.mine ? 40 : letters, row.mine));
      if (row.mine) return;
      const up = y < home;
      edges.append(edge(up ? middle : place(i), up ? home - 14 : y - 14, up ? place(i) : middle, up ? y + 14 : home + 14,
        one.weight, most));
    });
    if (row.left) pills.append(svg("text", { class: "more", x: place(n - 1), y: y + 4 }, `+ ${row.left.toLocaleString("en")} more`));
  });
  return svg("svg", { class: "picture", width, height: rows.length * ROW, viewBox: `0 0 ${width} ${rows.length * ROW}`,
    role: "group", "aria-label": `Neighbourhood of ${D.names[k]}` }, edges, pills);
};

const legend = () => html("p", { class: "legend" },
  svg("svg", { width: 34, height: 10, "aria-hidden": "true" }, svg("path", { class: "edge positive", d: "M0,5H34", "stroke-width": 3 })),
  "weight above 0", svg("svg", { width: 34, height: 10, "aria-hidden": "true" },
    svg("path", { class: "edge negative", d: "M0,5H34", "stroke-width": 3 })),
  "weight below 0; the thicker, the larger");
