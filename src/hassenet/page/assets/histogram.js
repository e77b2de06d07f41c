// How a feature is distributed: bars, a row a class.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BARS = 20;
const GROUPS = Math.max(D.groups.length, 1);

const heightsOf = (text) => [...text].map((letter) => LETTERS.indexOf(letter) / (LETTERS.length - 1));

const barsOf = (k, group) => {
  const start = (k * GROUPS + group) * BARS;
  return heightsOf(D.heights.slice(start, start + BARS));
};

/** Bars in a box that begins at x, y; a height that is not 0 is to be seen. */
const bars = (heights, x, y, width, height) => heights.map((share, b) => {
  const tall = share ? Math.max(share * height, 1) : 0;
  const step = width / heights.length;
  return svg("rect", { class: "column", x: x + b * step + 0.5, y: y + height - tall, width: step - 1, height: tall });
});

const axis = (low, high, x, y, width, text) => [
  svg("line", { class: "axis", x1: x, x2: x + width, y1: y, y2: y }),
  text ? [svg("text", { class: "tick", x, y: y + 14 }, apart(low, low, high)),
    svg("text", { class: "tick end", x: x + width, y: y + 14 }, apart(high, low, high))] : [],
];

/** The place of a value on an axis from low to high. */
const along = (value, low, high) => (high > low ? (value - low) / (high - low) : 0.5);

const distribution = (k) => {
  const [low, high] = [D.low[k], D.high[k]];
  if (low === high) return html("p", {}, `The feature is ${number(low)} in every row.`);
  const [wide, tall, gap] = [300, D.groups.length ? 52 : 90, 26];
  const rows = D.groups.length ? D.groups : [""];
  const height = rows.length * (tall + gap) + 18;
  const drawing = svg("svg", { class: "picture", viewBox: `0 0 ${wide} ${height}`, role: "img", "aria-label": described(k) });
  rows.forEach((group, g) => {
    const y = g * (tall + gap) + 20;
    const mean = D.groups.length ? D.means[k * GROUPS + g] : D.mean[k];
    drawing.append(
      svg("text", { class: "label", x: 0, y: y - 7 }, group ? elided(group, 24) : "all rows"),
      svg("text", { class: "tick end", x: wide, y: y - 7 }, `${count(D.sizes[g], "row")}, mean ${apart(mean, low, high)}`),
      ...bars(barsOf(k, g), 0, y, wide, tall), ...axis(low, high, 0, y + tall, wide, g === rows.length - 1).flat());
    if (mean !== null) {
      const x = along(mean, low, high) * wide;
      drawing.append(svg("path", { class: "mean", d: `M${x},${y + tall}l-4,6h8z` }));
    }
  });
  return html("figure", {}, drawing, html("figcaption", {},
    `Feature as the network sees it: mean ${apart(D.mean[k], low, high)}, standard deviation ${number(D.deviation[k])}; `
    + `the tallest bar holds ${percent(D.tallest[k])} of its rows; ▲ mean.`));
};

const described = (k) => {
  const told = (x) => apart(x, D.low[k], D.high[k]);
  const groups = D.groups.map((group, g) => `mean ${told(D.means[k * GROUPS + g])} in ${group}`);
  return `Distribution from ${told(D.low[k])} to ${told(D.high[k])}, mean ${told(D.mean[k])}; ${groups.join(", ")}`;
};
