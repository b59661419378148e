/**
 * Numbers as people type them, read as the server wants them: "12.5".
 *
 * Arabic, Persian and full-width digits are read, comma or point as decimal sign, groups of three. What could mean two
 * numbers ("1,234" is a thousand in one place and a little more than one in another) is not guessed.
 */
const DIGITS = [0x0660, 0x06f0, 0xff10];
const SAME = new Map([
  ["\u2212", "-"], ["\uff0d", "-"], ["\uff0b", "+"], ["\u066b", "."], ["\u060c", ","], ["\uff0e", "."], ["\uff0c", ","],
]); // prettier-ignore
const GROUPING = /(?<=\d)[\s'\u2019\u066c](?=\d{3}(?!\d))/g;
const LIMIT = 64;

/** `{number}`, null when nothing is there to read, or `{fault}`: "number" for what is none, "thousands" for two meanings. */
export function read(text, decimal) {
  const plain = [...text.trim().replace(/[\u200e\u200f\u061c]/g, "")].map(latin).join("").replace(GROUPING, "");
  if (plain === "") return null;
  const parts = /^([+-]?)([\d.,]*)(e[+-]?\d{1,2})?$/i.exec(plain);
  if (!parts || !/\d/.test(parts[2])) return { fault: "number" };
  const [, sign, figure, exponent = ""] = parts;
  const value = point(figure, latin(decimal));
  if (value.fault) return value;
  const number = sign + value.figure + exponent;
  return number.length <= LIMIT && Math.abs(Number(number)) < 1e100 ? { number } : { fault: "number" };
}

/** A number of the server's as this language writes it; `read` gives the same number back. */
export function written(number, decimal) {
  return number.replace(".", decimal);
}

function latin(character) {
  const code = character.codePointAt(0);
  const zero = DIGITS.find((first) => code >= first && code <= first + 9);
  return zero === undefined ? (SAME.get(character) ?? character) : String(code - zero);
}

/** Digits with a decimal point at most, out of digits with points and commas. */
function point(figure, decimal) {
  const signs = figure.replace(/\d/g, "");
  const last = signs.at(-1);
  if (signs === "") return { figure };
  if (signs.length === 1) {
    const [whole, rest] = figure.split(last);
    if (last !== decimal && /^[1-9]\d{0,2}$/.test(whole) && rest.length === 3) return { fault: "thousands" };
    return { figure: `${whole}.${rest}` };
  }
  const other = last === "." ? "," : ".";
  const once = signs.split(last).length === 2;
  const [whole, rest] = once ? figure.split(last) : [figure, null];
  const grouped = new RegExp(`^\\d{1,3}([${once ? other : last}]\\d{3})+$`);
  if (!grouped.test(whole)) return { fault: "number" };
  return { figure: whole.replace(/[.,]/g, "") + (rest ? `.${rest}` : "") };
}
