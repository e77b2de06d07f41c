// Which view is shown: the hash of the address says it, so that back and forward work.

const main = document.getElementById("main");
let current = overview;
let drawn = { draw: () => {} };

const asked = () => {
  const match = /^#element\/(\d+)$/.exec(location.hash);
  const k = match ? Number(match[1]) : N;
  return k < N ? () => elementView(k) : overview;
};

const show = (make) => {
  current = make;
  drawn = make();
  main.replaceChildren(drawn.view);
  document.title = drawn.title ? `${drawn.title} · ${D.title}` : D.title;
  drawn.draw();
};

const outputChoice = () => {
  if (D.scores.length < 2) return [];
  const choice = html("select", { id: "explained", onchange: () => { chosen.output = Number(choice.value); show(current); } },
    D.scores.map((one, i) => html("option", { value: String(i) }, one.output)));
  return [html("label", { for: "explained" }, "Relevance for "), choice];
};

document.getElementById("search").append(...searchBox());
document.getElementById("output").append(...outputChoice());
document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); main.focus(); });
window.addEventListener("hashchange", () => {
  show(asked());
  window.scrollTo(0, 0);
  main.querySelector("h1").focus();
});
let width = window.innerWidth;
window.addEventListener("resize", () => {
  if (window.innerWidth !== width) { width = window.innerWidth; drawn.draw(); }
});
show(asked());
performance.mark("shown");
