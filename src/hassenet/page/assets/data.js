// The data, and what follows from them at once.

/** The text of the data; of a large page it is deflated, in base 64. */
const unpacked = async ({ type, textContent }) => {
  if (type === "application/json") return textContent;
  if (!globalThis.DecompressionStream) {
    document.getElementById("main").textContent = "To open this page a browser of 2023 or newer is needed: its data are packed.";
    throw new Error("no DecompressionStream");
  }
  const packed = Uint8Array.from(atob(textContent), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
};

const D = JSON.parse(await unpacked(document.getElementById("data")));
const N = D.names.length;
const DEPTH = D.ranks.length - 1;

/** The first element of each rank, and N. */
const STARTS = D.ranks.reduce((starts, rank) => [...starts, starts.at(-1) + rank.size], [0]);

/** How many elements have a relevance: all but the outputs. */
const SCORED = STARTS[DEPTH];

const RANK = new Uint16Array(N);
STARTS.slice(1).forEach((end, rank) => RANK.fill(rank, STARTS[rank], end));

const summed = (numbers) => {
  const sums = new Int32Array(numbers.length);
  let sum = 0;
  numbers.forEach((number, k) => { sums[k] = sum += number; });
  return sums;
};

/** Links by reader: those of k stand from BELOW_START[k] to BELOW_START[k + 1]. */
const LOWER = summed(D.links.lower);
const BELOW_START = summed([0, ...D.links.counts]);

/** The same links by source: at ABOVE_START[j] … the places of the links that read j. */
const ABOVE_START = new Int32Array(N + 1);
const READER = new Int32Array(LOWER.length);
const BY_SOURCE = new Int32Array(LOWER.length);
(() => {
  for (let k = 0; k < N; k++) READER.fill(k, BELOW_START[k], BELOW_START[k + 1]);
  LOWER.forEach((j) => { ABOVE_START[j + 1] += 1; });
  for (let j = 0; j < N; j++) ABOVE_START[j + 1] += ABOVE_START[j];
  const next = ABOVE_START.slice();
  LOWER.forEach((j, link) => { BY_SOURCE[next[j]++] = link; });
})();

const byWeight = (links) => links.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));

/** What k covers, the largest |weight| first. */
const below = (k) => {
  const links = [];
  for (let i = BELOW_START[k]; i < BELOW_START[k + 1]; i++) links.push({ element: LOWER[i], weight: D.links.weight[i] });
  return byWeight(links);
};

/** What covers j, the largest |weight| first. */
const above = (j) => {
  const links = [];
  for (let i = ABOVE_START[j]; i < ABOVE_START[j + 1]; i++) {
    const link = BY_SOURCE[i];
    links.push({ element: READER[link], weight: D.links.weight[link] });
  }
  return byWeight(links);
};

/** Which of the outputs the page explains now. */
const chosen = { output: 0 };
const scores = () => D.scores[chosen.output];

/** How dark an element is by its power, from 0 to 1; 0 where it has none. */
const MOST_POWER = D.power ? D.power.reduce((most, x) => Math.max(most, x ?? 0), 0) : 0;
const darkness = (k) => (MOST_POWER && D.power[k] > 0 ? D.power[k] / MOST_POWER : 0);

const positions = new Map();

/** The place of each scored element of a rank by |relevance|, 1 for the largest. */
const positionsOf = (rank) => {
  const key = `${chosen.output} ${rank}`;
  if (!positions.has(key)) {
    const absolute = scores().absolute;
    const order = Array.from({ length: D.ranks[rank].size }, (_, k) => STARTS[rank] + k)
      .sort((a, b) => absolute[b] - absolute[a]);
    positions.set(key, new Map(order.map((k, place) => [k, place + 1])));
  }
  return positions.get(key);
};
