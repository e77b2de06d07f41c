// Names and numbers as people read them.

/** The last part of a lineage, without its level's letter; other names as they are. */
const shortName = (name) => {
  const parts = name.split(/[|;]/).map((part) => part.trim()).filter((part) => part && part !== "*");
  const last = parts.at(-1) ?? name;
  const level = /^[a-z]__(?=.)/;
  return parts.length > 1 || level.test(last) ? last.replace(level, "").replaceAll("_", " ") : last;
};

/** A text of at most so many letters: whole words of its beginning and end, the first if need be as its initial; a single
 * long word without its middle. */
const elided = (text, width) => {
  if (text.length <= width) return text;
  const words = text.match(/\S+\s*/g) ?? [text];
  if (words.length < 2 || words[0].length + 2 > width) {
    const tail = Math.floor((width - 1) / 2);
    return `${text.slice(0, width - 1 - tail).trimEnd()}…${text.slice(text.length - tail).trimStart()}`;
  }
  let [head, tail] = [words.shift(), ""];
  while (words.length) {
    const fromEnd = tail.length <= head.length;
    const longer = fromEnd ? [head, words.at(-1) + tail] : [head + words[0], tail];
    if (longer[0].trimEnd().length + longer[1].trimEnd().length + 3 > width) break;
    [head, tail] = longer;
    words.splice(fromEnd ? -1 : 0, 1);
  }
  if (tail) return `${head.trimEnd()} … ${tail}`;
  const [first, ...rest] = text.match(/\S+\s*/g);
  return [`${first[0]}. ${rest.join("")}`, `${first[0]}. … ${rest.at(-1)}`].find((shorter) => shorter.length <= width) ?? `${first.trimEnd()} …`;
};

const count = (n, what) => `${n.toLocaleString("en")} ${what}${n === 1 ? "" : "s"}`;

const number = (x, digits = 3) => {
  if (x === null || x === undefined) return "–";
  const size = Math.abs(x);
  const text = size && (size < 1e-3 || size >= 1e5)
    ? size.toExponential(digits - 1).replace("-", "−") : String(Number(size.toPrecision(digits)));
  return (x < 0 ? "−" : "") + text;
};

/** A number between low and high, with so many digits that these two are told apart. */
const apart = (x, low, high) => {
  const further = Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high)) / (high - low)));
  return number(x, high > low ? Math.min(3 + Math.max(further, 0), 17) : 3);
};

/** The least and the greatest of some numbers, of which some may be missing. */
const ends = (numbers) => numbers.reduce(([low, high], x) => (x === null ? [low, high] : [Math.min(low, x), Math.max(high, x)]),
  [Infinity, -Infinity]);

/** A number for a column: three digits always. */
const aligned = (x) => {
  if (!x) return number(x);
  const size = Math.abs(x);
  const small = size < 1e-3 || size >= 1e5;
  return (x < 0 ? "−" : "") + (small ? size.toExponential(1).replace("-", "−") : size.toPrecision(size < 1000 ? 3 : 5));
};

/** A number with its sign, also where that is +. */
const signed = (x) => (x > 0 ? "+" : "") + aligned(x);

const percent = (share) => (share > 0 && share < 1e-4 ? "< 0.01 %" : `${share >= 0.0995 || share === 0 ? Math.round(share * 100) : (share * 100).toPrecision(2)} %`);

const rankName = (rank) => {
  if (rank === 0) return "features";
  return rank === DEPTH ? "outputs" : `rank ${rank}`;
};

/** Sign as a class, for its colour; the number or the line tells it too. */
const side = (x) => (x < 0 ? "negative" : "positive");
