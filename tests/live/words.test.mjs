// What a module of the page draws waits for the page's texts, which are a module of their own and may come later.
import assert from "node:assert/strict";
import { test } from "node:test";
import { withWords } from "../../ui/shell/dom.js";

const later = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

test("nothing is drawn before the texts are there, in the language that is asked for", async () => {
  globalThis.document = { documentElement: { lang: "" } };
  const drawn = [];
  withWords(() => drawn.push("zh"), "zh");
  await later(60);
  assert.deepEqual(drawn, []);
  globalThis.cohortscopeWords = {};
  document.documentElement.lang = "en";
  await later(60);
  assert.deepEqual(drawn, [], "these are the texts of another language");
  document.documentElement.lang = "zh";
  await later(60);
  assert.deepEqual(drawn, ["zh"]);
});

test("once they are there, it is drawn at once and in order", () => {
  const drawn = [];
  for (const number of [1, 2, 3]) withWords(() => drawn.push(number), "zh");
  withWords(() => drawn.push(4));
  assert.deepEqual(drawn, [1, 2, 3, 4]);
});
