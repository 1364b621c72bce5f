// What a term means: a card beside the term that was clicked, and a list of all with a search.
(() => {
  if (window.cohortscopeTerms) return;
  window.cohortscopeTerms = true;
  const page = () => document.querySelector("[data-testid=stApp]") ?? document.body;  // which has the colours
  const terms = () => JSON.parse(document.querySelector("[data-terms]")?.dataset.terms ?? "[]");
  const element = (tag, className, text = "") => {
    const out = document.createElement(tag);
    out.className = className;
    out.textContent = text;
    return out;
  };
  const entry = ([name, meaning, source]) => {
    const out = element("div", "cs-entry");
    out.append(element("b", "", name), element("p", "", meaning), element("small", "", source));
    return out;
  };
  let card = null, asked = null;
  const close = (back = false) => {
    card?.remove();
    card = null;
    asked?.setAttribute("aria-expanded", "false");
    if (back) asked?.focus();
  };
  const explain = (place) => {
    const again = card && asked === place;
    close();
    if (again) return;
    asked = place;
    card = element("div", "cs-card");
    card.setAttribute("role", "status");
    card.append(entry(terms()[Number(place.dataset.term)]));
    page().append(card);
    const box = place.getBoundingClientRect(), width = Math.min(360, window.innerWidth - 24), below = box.bottom + card.offsetHeight + 8;
    Object.assign(card.style, { width: `${width}px`, left: `${Math.max(12, Math.min(box.left, window.innerWidth - width - 12))}px` });
    card.style.top = `${below < window.innerHeight ? box.bottom + 6 : Math.max(8, box.top - card.offsetHeight - 6)}px`;
    place.setAttribute("aria-expanded", "true");
  };
  const list = () => {
    const all = document.createElement("dialog"), search = document.createElement("input"), done = element("button", "cs-act", cohortscopeSay("Close"));
    all.className = "cs-terms";
    all.setAttribute("aria-label", cohortscopeSay("Glossary"));
    search.setAttribute("role", "searchbox");  // of type text: there Escape closes the list and does not clear the field
    search.placeholder = cohortscopeSay("Find a term");
    search.setAttribute("aria-label", cohortscopeSay("Find a term"));
    done.type = "button";
    const entries = element("div", "cs-entries"), none = element("p", "cs-note", cohortscopeSay("No such term."));
    entries.tabIndex = 0;
    entries.setAttribute("role", "region");
    entries.setAttribute("aria-label", cohortscopeSay("Terms"));
    entries.append(...terms().map(entry), none);
    const show = () => {
      const words = search.value.trim().toLowerCase();
      let any = false;
      for (const one of entries.querySelectorAll(".cs-entry")) {
        one.hidden = !one.textContent.toLowerCase().includes(words);
        any ||= !one.hidden;
      }
      none.hidden = any;
    };
    search.addEventListener("input", show);
    done.addEventListener("click", () => all.close());
    all.addEventListener("close", () => all.remove());
    const head = element("div", "cs-terms-head");
    head.append(element("h2", "cs-panel", cohortscopeSay("What the terms mean")), search, done);
    all.append(head, entries);
    page().append(all);
    show();
    all.showModal();
    search.focus();
  };
  document.addEventListener("click", ({ target }) => {
    const place = target.closest?.("[data-term]");
    if (place) explain(place);
    else if (!target.closest?.(".cs-card")) close();
    if (target.closest?.(".cs-glossary")) list();
  });
  document.addEventListener("keydown", (event) => {
    const place = event.target.closest?.("[data-term]");
    if (event.key === "Escape" && card) close(true);
    else if (place && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      explain(place);
    }
  });
  addEventListener("scroll", () => close(), true);
})();
