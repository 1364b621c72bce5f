// Say whether the sidebar is open: a closed one is moved out of the window.
const watched = new WeakMap();

export default function sidebar({ parentElement, setStateValue }) {
  const say = { open: false, send: setStateValue };
  const known = watched.get(parentElement);
  if (known) { known.send = setStateValue; return; }
  watched.set(parentElement, say);
  const place = parentElement.closest("[data-testid=stSidebar]");
  const look = () => {
    const box = place.getBoundingClientRect(), open = box.width > 1 && box.right > 1;
    if (open !== say.open) { say.open = open; say.send("open", open); }
  };
  new IntersectionObserver(look).observe(parentElement);
  new ResizeObserver(look).observe(place);
  place.addEventListener("transitionend", look);
  look();
}
