// The search box: a combobox with a list. Any part of a name, in full or as it is shown, finds it, whatever the case.

const SHOWN = 12;
const FOLDED = D.names.map((name) => name.toLowerCase());
const SHORT = D.names.map((name) => shortName(name).toLowerCase());

/** How well a name fits: the less the better. */
const fit = (k, query) => {
  const [name, short] = [FOLDED[k], SHORT[k]];
  if (name === query || short === query) return 0;
  if (name.startsWith(query) || short.startsWith(query)) return 1;
  return short.includes(query) ? 2 : 3;
};

const found = (query) => {
  const hits = [];
  FOLDED.forEach((name, k) => { if (name.includes(query) || SHORT[k].includes(query)) hits.push({ k, fit: fit(k, query) }); });
  return hits.sort((a, b) => a.fit - b.fit || FOLDED[a.k].length - FOLDED[b.k].length || a.k - b.k).map((hit) => hit.k);
};

const searchBox = () => {
  const input = html("input", {
    id: "query", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
    placeholder: "Search an element", "aria-label": "Search an element", "aria-expanded": "false",
    "aria-controls": "hits", "aria-autocomplete": "list",
  });
  const list = html("ul", { id: "hits", role: "listbox", "aria-label": "Elements found", hidden: true });
  const note = html("p", { class: "note", hidden: true });
  const panel = html("div", { class: "panel" }, list, note);
  let hits = [];
  let active = 0;

  const mark = () => {
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === active)));
    const option = list.children[active];
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    list.hidden = note.hidden = true;
    panel.classList.remove("open");
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const open = (k) => { input.value = ""; close(); location.hash = `#element/${k}`; };
  const option = (k, i) => html("li", {
    id: `hit-${i}`, role: "option", title: D.names[k], onmousedown: (event) => { event.preventDefault(); open(k); },
  }, html("span", {}, elided(shortName(D.names[k]) || "(no name)", 60)), html("small", {}, rankName(RANK[k])));
  const update = () => {
    const query = input.value.trim().toLowerCase();
    if (!query) { close(); return; }
    hits = found(query);
    active = 0;
    list.replaceChildren(...hits.slice(0, SHOWN).map(option));
    list.hidden = !hits.length;
    note.hidden = hits.length > 0 && hits.length <= SHOWN;
    note.textContent = hits.length ? `${(hits.length - SHOWN).toLocaleString("en")} more: go on typing` : "No element is called so.";
    panel.classList.add("open");
    input.setAttribute("aria-expanded", String(hits.length > 0));
    tell(hits.length ? `${hits.length} found` : "nothing found");
    mark();
  };
  const keys = {
    ArrowDown: () => { active = Math.min(active + 1, list.children.length - 1); mark(); },
    ArrowUp: () => { active = Math.max(active - 1, 0); mark(); },
    Enter: () => { if (!list.hidden && hits.length) open(hits[active]); },
    Escape: () => { input.value = ""; close(); },
  };
  input.addEventListener("input", update);
  input.addEventListener("focus", update);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
  return [input, html("kbd", { "aria-hidden": "true" }, "/"), panel];
};
