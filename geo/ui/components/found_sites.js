// The lists of found sites (geo.ui.components.found_sites), in step with the map of the same name (find_map.js): the
// first site, then the others, each its own list. data.html is written and escaped in Python.

function connect(root, slot, choose) {
  const cards = () => [...slot.lists].filter((one) => one.isConnected)
    .flatMap((list) => [...list.querySelectorAll("[data-site]")]);
  const light = (id) => {
    for (const one of cards()) one.classList.toggle("lit", one.dataset.site === id);
    slot.light?.(id);
  };
  const siteOf = (event) => event.target.closest?.("[data-site]")?.dataset.site ?? null;
  root.addEventListener("mouseover", (event) => light(siteOf(event)));
  root.addEventListener("mouseleave", () => light(null));
  root.addEventListener("focusin", (event) => light(siteOf(event)));
  root.addEventListener("focusout", () => light(null));
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-choose]");
    if (button) choose(button.dataset.choose);
  });
  slot.onPick = (id) => {
    light(id);
    cards().find((one) => one.dataset.site === id)?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  };
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".sites");
  const slots = (globalThis.maillageAnswers ??= new Map());
  const slot = slots.get(data.name) ?? {};
  slots.set(data.name, slot);
  (slot.lists ??= new Set()).add(root);
  root.choose = (id) => setTriggerValue("site", id);
  if (!root.connected) {
    root.connected = true;
    connect(root, slot, (id) => root.choose(id));
  }
  if (root.html !== data.html) {
    // The same button and the same opened timetables, where they still are.
    const focused = root.getRootNode().activeElement?.id;
    const opened = [...root.querySelectorAll("details[open]")].map(({ id }) => id);
    root.innerHTML = root.html = data.html;
    for (const id of opened) root.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
    if (focused) root.querySelector(`#${CSS.escape(focused)}`)?.focus({ preventScroll: true });
  }
  if (!data.answer) return; // given with another part of the list
  const answer = JSON.stringify(data.answer);
  if (root.answer !== answer) {
    root.answer = answer;
    slot.answer = data.answer;
    slot.draw?.(data.answer);
  }
}
