// Elements of the page. Text becomes text nodes, never HTML, so that a name can hold anything.

const filled = (node, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
};

const html = (tag, attributes = {}, ...children) => filled(document.createElement(tag), attributes, children);

const svg = (tag, attributes = {}, ...children) =>
  filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

const titled = (text) => svg("title", {}, text);

const link = (k, text = shortName(D.names[k])) =>
  html("a", { href: `#element/${k}`, title: D.names[k] }, text || "(no name)");

const section = (title, ...children) => html("section", {}, html("h2", {}, title), ...children);

const tell = (text) => { document.getElementById("told").textContent = text; };

/** The class of a column's cells: numbers stand on the right, what is minor is left out where there is little room. */
const kindOf = (column) => [column.text ? "" : "number", column.minor ? "minor" : ""].join(" ").trim() || null;

/** A table with a head of buttons that sort it. A column has a title, a value to sort by and what a cell shows. */
const sortable = (caption, columns, rows, shown) => {
  const state = { column: columns.findIndex((column) => column.first), down: true, shown };
  const body = html("tbody");
  const heads = columns.map((column, c) => {
    const sort = () => { state.down = state.column === c ? !state.down : !column.text; state.column = c; draw(); };
    return html("th", { scope: "col", class: kindOf(column), title: column.help ?? null },
      html("button", { type: "button", onclick: sort }, column.title));
  });
  const more = html("button", { type: "button", class: "more", onclick: () => { state.shown += 100; draw(); } });
  const compared = (a, b) => {
    if (typeof a === "string") return a.localeCompare(b);
    return (a ?? -Infinity) - (b ?? -Infinity);
  };
  const draw = () => {
    const { value } = columns[state.column];
    const order = rows.slice().sort((a, b) => (state.down ? compared(value(b), value(a)) : compared(value(a), value(b))));
    heads.forEach((head, c) =>
      head.setAttribute("aria-sort", c === state.column ? (state.down ? "descending" : "ascending") : "none"));
    body.replaceChildren(...order.slice(0, state.shown).map((row) => html("tr", {}, columns.map((column, c) =>
      html(c ? "td" : "th", { scope: c ? null : "row", class: kindOf(column) }, column.cell(row))))));
    more.hidden = rows.length <= state.shown;
    more.textContent = `show more: ${(rows.length - state.shown).toLocaleString("en")} are left`;
  };
  draw();
  return html("div", { class: "scroll" },
    html("table", {}, html("caption", {}, caption), html("thead", {}, html("tr", {}, heads)), body), more);
};

/** A bar from the middle, to the left below 0 and to the right above. */
const bar = (x, most, kind = side(x)) => {
  const length = most ? (32 * Math.abs(x)) / most : 0;
  return svg("svg", { class: "bar", viewBox: "0 0 66 10", width: 66, height: 10, "aria-hidden": "true" },
    svg("rect", { class: kind, x: x < 0 ? 33 - length : 33, y: 1.5, width: length, height: 7 }),
    svg("line", { class: "axis", x1: 33, x2: 33, y1: 0, y2: 10 }));
};

/** A bar from the left end: a size, which has no sign. */
const sizeBar = (x, most) => svg("svg", { class: "bar", viewBox: "0 0 60 10", width: 60, height: 10, "aria-hidden": "true" },
  svg("rect", { class: "size", x: 0, y: 1.5, width: most ? (60 * x) / most : 0, height: 7 }));

/** The colour of an element's power: the darker the more. */
const swatch = (k) => svg("svg", { class: "swatch", width: 14, height: 14, "aria-hidden": "true" },
  svg("rect", { class: "power", width: 14, height: 14, rx: 3, "fill-opacity": darkness(k).toFixed(3) }));
