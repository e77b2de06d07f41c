// The local Hasse diagram: an element in the middle, what covers it above, what it covers below, a row a rank.

const ROW = 74;
const HALF = 14; // of the height of a box
const LETTER = 6.7; // the width of a letter of a label, about
const LEFT = 74; // room for the names of the rows
const LANES = 60; // room for the lines around a row
const LONGEST = 36; // letters of a label where there is room
const FAR = 3; // how many elements a row shows that is not next to the element's own

const pillText = (k, letters) => elided(shortName(D.names[k]) || "(no name)", letters);

/** The rows of some links, by rank, each thinned to those with the largest |weight| that fit. */
const rowsOf = (k, links, fits) => {
  const rows = new Map();
  links.forEach((one) => {
    const rank = RANK[one.element];
    if (!rows.has(rank)) rows.set(rank, []);
    rows.get(rank).push(one);
  });
  return [...rows].sort((a, b) => b[0] - a[0]).map(([rank, all]) => {
    const most = Math.abs(rank - RANK[k]) > 1 ? Math.min(fits, FAR + 1) : fits;
    const kept = all.slice(0, all.length > most ? most - 1 : most);
    return { rank, left: all.length - kept.length, links: kept.sort((a, b) => b.weight - a.weight) };
  });
};

/** Where everything stands: each row with its y, and each of its links with x and the width of its box. */
const arranged = (rows, width, least) => rows.map((row, r) => {
  const n = row.links.length + (row.left ? 1 : 0);
  const letters = Math.max(least, Math.min(LONGEST, Math.floor(((width - LEFT - LANES) / n - 26) / LETTER)));
  const step = Math.min((width - LEFT) / n, (letters * LETTER + 26) * 1.35);
  const place = (i) => LEFT + (width - LEFT) / 2 + (i - (n - 1) / 2) * step;
  const links = row.links.map((one, i) => {
    const text = pillText(one.element, row.mine ? 40 : letters);
    return { ...one, text, x: place(i), wide: text.length * (row.mine ? LETTER + 1 : LETTER) + 22 };
  });
  const right = place(n - 1) + (row.left ? 40 : links.at(-1).wide / 2);
  return { ...row, y: r * ROW + ROW / 2, links, right, last: place(n - 1) };
});

const pill = ({ element, text, x, wide }, y, mine) => {
  const box = svg("g", { class: mine ? "pill mine" : "pill" }, titled(D.names[element]),
    svg("rect", { x: x - wide / 2, y: y - HALF, width: wide, height: 2 * HALF, rx: HALF }),
    D.power && !mine ? svg("rect", { class: "power", x: x - wide / 2, y: y - HALF, width: wide, height: 2 * HALF, rx: HALF,
      "fill-opacity": (0.6 * darkness(element)).toFixed(3) }) : null,
    svg("text", { x, y: y + 4 }, text));
  return mine ? box : svg("a", { href: `#element/${element}`, "aria-label": D.names[element] }, box);
};

/** A line of a cover; dashed where the weight is below 0, the thicker the larger it is. */
const edge = (path, weight, most) => svg("path", {
  class: `edge ${side(weight)}`, d: path, "stroke-width": (1 + 4.5 * Math.abs(weight) / most).toFixed(2),
}, titled(`weight ${signed(weight)}`));

const straight = (x1, y1, x2, y2) => `M${x1},${y1}C${x1},${(y1 + y2) / 2} ${x2},${(y1 + y2) / 2} ${x2},${y2}`;

/** A way around the rows between, at the place of a lane beside them. */
const around = (x1, y1, x2, y2, lane) => {
  const bend = Math.sign(y2 - y1) * (ROW - 2 * HALF);
  return straight(x1, y1, lane, y1 + bend) + `V${y2 - bend}` + straight(lane, y2 - bend, x2, y2).replace(/^M[^C]*/, "");
};

/** Where each way around stands: lanes beside all rows that any way passes, as far apart as there is room, none on another. */
const lanesOf = (rows, home, width) => {
  const far = rows.filter((row) => Math.abs(rows.indexOf(row) - rows.indexOf(home)) > 1);
  const passed = rows.filter((row) => row !== home && far.some((other) => (row.y - other.y) * (row.y - home.y) < 0));
  const beside = Math.min(Math.max(...passed.map((row) => row.right)) + 14, width - 30);
  const n = far.reduce((sum, row) => sum + row.links.length, 0);
  const step = Math.min(9, (width - 5 - beside) / Math.max(n, 1));
  let lane = 0;
  return new Map(far.map((row) => [row, row.links.map(() => ({ x: beside + step * lane, shift: 4 * ++lane }))]));
};

const edgesOf = (rows, home, most, width) => {
  const lanes = lanesOf(rows, home, width);
  const reach = home.links[0].wide / 2 - HALF;
  return rows.filter((row) => !row.mine).flatMap((row) => {
    const up = row.y < home.y ? 1 : -1;
    return row.links.map((one, i) => {
      const lane = lanes.get(row)?.[i];
      const start = home.links[0].x + (lane ? Math.min(lane.shift, reach) : 0);
      const ends = [start, home.y - up * HALF, one.x, row.y + up * HALF];
      return edge(lane ? around(...ends, lane.x) : straight(...ends), one.weight, most);
    });
  });
};

const neighbourhood = (k, width) => {
  const letters = width < 520 ? 11 : 17;
  const fits = Math.max(Math.floor((width - LEFT) / (letters * LETTER + 26)), 2);
  const mine = { rank: RANK[k], mine: true, links: [{ element: k }], left: 0 };
  const rows = arranged([...rowsOf(k, above(k), fits), mine, ...rowsOf(k, below(k), fits)], width, letters);
  const home = rows.find((row) => row.mine);
  const most = rows.flatMap((row) => row.links).reduce((m, one) => Math.max(m, Math.abs(one.weight ?? 0)), 0) || 1;
  const boxes = rows.flatMap((row) => [
    svg("text", { class: "tick", x: 0, y: row.y + 4 }, rankName(row.rank)),
    ...row.links.map((one) => pill(one, row.y, row.mine)),
    row.left ? svg("text", { class: "more", x: row.last, y: row.y + 4 }, `+ ${row.left.toLocaleString("en")} more`) : null,
  ]);
  const height = rows.length * ROW;
  return svg("svg", { class: "picture", width, height, viewBox: `0 0 ${width} ${height}`, role: "group",
    "aria-label": `Neighbourhood of ${D.names[k]}` }, edgesOf(rows, home, most, width), boxes);
};

/** The element with the most power. */
const darkest = () => D.power.reduce((first, x, k) => ((x ?? -Infinity) > (D.power[first] ?? -Infinity) ? k : first), 0);

const sample = (kind) => svg("svg", { width: 34, height: 10, "aria-hidden": "true" },
  svg("path", { class: `edge ${kind}`, d: "M0,5H34", "stroke-width": 3 }));

const legend = () => html("p", { class: "legend" }, sample("positive"), "weight above 0: both rise together",
  sample("negative"), "below 0; the thicker, the larger",
D.power ? [swatch(darkest()), "the darker an element, the more power"] : []);
