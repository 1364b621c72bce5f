// A tour of six steps over Explore: each shows a place of the page and says what can be done there.
(() => {
  if (window.cohortscopeTour) return;
  window.cohortscopeTour = true;
  const STEPS = [
    [[".cs-chart[data-key=pvtt]", ".cs-chart:has(.cs-level)"], "Click a bar",
      "It keeps these patients. Try Vp3: every curve, hazard ratio and adverse event is recomputed at once. A second bar adds to it; “not” leaves out."],
    [[".cs-chart[data-key=afp]", ".cs-chart:has(.cs-plot)"], "Drag over a histogram",
      "The curves follow the mouse. Let go to keep the range; drag it on as a whole, or by its ends. “cut” looks for a cut-point and says what the search costs."],
    [[".st-key-curves"], "Read the curves",
      "By arm or by anything else, above. The faint lines are all patients. Under them stand medians, hazard ratio and tests, with what must be known to read them."],
    [[".st-key-bar"], "Know who is selected",
      "Here stand n, arms, events and every condition. A click on a condition changes it, the cross takes it away. Undo, Redo and Steps lead back; “Save as group” names the selection, to compare it with others."],
    [[".st-key-menu"], "Go deeper",
      "Survival, hazard ratios, toxicity and response show the same patients, each with its methods and checks. On Cohort you drop a file of your own: it goes to this app alone."],
    [[".st-key-export"], "Take it with you",
      "Export makes slides, pictures and tables that say which patients are in them. Save keeps mapping, conditions and steps as a file, without any patient, to go on tomorrow."],
  ];
  const placeOf = (step) => STEPS[step][0].map((where) => document.querySelector(where)).find(Boolean);
  let at = -1, card = null, shade = null;
  const end = () => {
    card?.remove();
    shade?.remove();
    card = shade = null;
    at = -1;
    document.querySelector(".cs-tour")?.focus();
  };
  const button = (text, act, main) => {
    const out = document.createElement("button");
    Object.assign(out, { type: "button", className: `cs-act${main ? " cs-main" : ""}`, textContent: text });
    out.addEventListener("click", act);
    return out;
  };
  const place = () => {
    const target = placeOf(at);
    if (!target) { end(); return; }
    const box = target.getBoundingClientRect(), room = 6;
    Object.assign(shade.style, { left: `${box.left - room}px`, top: `${box.top - room}px`, width: `${box.width + 2 * room}px`,
                                 height: `${box.height + 2 * room}px` });
    const width = Math.min(380, window.innerWidth - 24), high = card.offsetHeight, right = box.right + width + 30 < window.innerWidth;
    const beside = right || box.left - width - 30 > 0;
    const below = box.bottom + high + 20 < window.innerHeight;
    const left = beside && !below ? (right ? box.right + 16 : box.left - width - 16) : Math.min(box.left, window.innerWidth - width - 12);
    const top = below ? box.bottom + 14 : beside ? box.top : box.top - high - 14;
    Object.assign(card.style, { width: `${width}px`, left: `${Math.max(12, left)}px`,
                                top: `${Math.max(8, Math.min(top, window.innerHeight - high - 8))}px` });
  };
  const go = (step, way = 1) => {
    if (step >= STEPS.length || step < 0) { if (way > 0) end(); return; }
    const target = placeOf(step);
    if (!target) { go(step + way, way); return; }
    at = step;
    target.scrollIntoView({ block: "nearest" });
    const title = document.createElement("h2"), words = document.createElement("p"), foot = document.createElement("div");
    title.className = "cs-panel";
    title.textContent = cohortscopeSay("{at} of {all}: {title}",
                                       { at: at + 1, all: STEPS.length, title: cohortscopeSay(STEPS[at][1]) });
    words.textContent = cohortscopeSay(STEPS[at][2]);
    foot.className = "cs-tour-foot";
    const next = button(at + 1 < STEPS.length ? cohortscopeSay("Next") : cohortscopeSay("Done"), () => go(at + 1), true);
    foot.append(button(cohortscopeSay("End"), end, false), ...(at ? [button(cohortscopeSay("Back"), () => go(at - 1, -1), false)] : []), next);
    card.replaceChildren(title, words, foot);
    place();
    next.focus();
  };
  const begin = () => {
    shade = document.createElement("div");
    shade.className = "cs-shade";
    card = document.createElement("div");
    card.className = "cs-card cs-tour-card";
    card.setAttribute("role", "dialog");
    card.setAttribute("aria-label", cohortscopeSay("A tour of the page"));
    (document.querySelector("[data-testid=stApp]") ?? document.body).append(shade, card);
    go(0);
  };
  document.addEventListener("click", ({ target }) => { if (target.closest?.(".cs-tour") && !card) begin(); });
  document.addEventListener("keydown", (event) => {
    if (!card) return;
    if (event.key === "Escape") end();
    else if (event.key === "ArrowRight" && card.contains(event.target)) go(at + 1);
    else if (event.key === "ArrowLeft" && card.contains(event.target)) go(at - 1, -1);
  });
  for (const moves of ["resize", "scroll"]) addEventListener(moves, () => { if (card) place(); }, true);
})();
