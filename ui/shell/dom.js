// Elements without any markup from data: text enters the page as text alone.

/**
 * Say a text in the page's language; `{name}` stands for a value.
 * @param {string} text @param {Record<string, string | number>} [values] @returns {string}
 */
export const say = (text, values) => globalThis.cohortscopeSay(text, values);

const MOST_LOOKS = 500; // looks, 10 ms apart

/**
 * Draw once the page's texts are there: they are a module of its own (ui/shell/in_browser.py), which may come later than
 * the one that asks.
 * @param {() => void} draw @param {string} [language] in which they must be @param {number} [looks] so far
 */
export function withWords(draw, language = document.documentElement.lang, looks = 0) {
  if ((globalThis.cohortscopeWords && document.documentElement.lang === language) || looks > MOST_LOOKS) draw();
  else setTimeout(withWords, 10, draw, language, looks + 1);
}

/**
 * Make an element.
 * @param {string} tag @param {string} name its class @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} [content] @returns {HTMLElement}
 */
export function element(tag, name, attributes = {}, content = []) {
  const out = document.createElement(tag);
  out.className = name;
  for (const [key, value] of Object.entries(attributes)) out.setAttribute(key, value);
  out.append(...content);
  return out;
}

/**
 * Make an element of a drawing.
 * @param {string} tag @param {Record<string, string | number>} attributes @param {string} [text]
 * @returns {SVGElement}
 */
export function drawn(tag, attributes, text = "") {
  const out = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) out.setAttribute(key, String(value));
  out.textContent = text;
  return out;
}
