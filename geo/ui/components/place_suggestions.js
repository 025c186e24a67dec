// Places offered under the search box while one types, as a combobox: arrows and Enter, a finger, or Escape.
// Without it the box is what Streamlit made of it.

const WAIT_MS = 200;
const LEAST = 3;

export default function offer(component, tries = 50) {
  const { data, parentElement, setTriggerValue } = component;
  const list = parentElement.querySelector("[role=listbox]");
  const said = parentElement.querySelector("[role=status]");
  const box = document.querySelector(`input[aria-label="${data.box}"]`);
  if (!box) { // its script may still be on its way
    if (tries > 0 && list.isConnected) setTimeout(offer, 100, component, tries - 1);
    return;
  }
  list.send = setTriggerValue; // that of the latest run

  const options = () => [...list.children];
  const show = (open) => {
    list.hidden = !open;
    box.setAttribute("aria-expanded", String(open));
    if (!open) {
      box.removeAttribute("aria-activedescendant");
      said.textContent = "";
      return;
    }
    const { left, bottom, width } = box.closest("[data-testid=stTextInput]").getBoundingClientRect();
    Object.assign(list.style, { left: `${left}px`, top: `${bottom + 4}px`, minWidth: `${width}px` });
  };
  const close = () => {
    clearTimeout(list.waiting);
    list.wanted = null;
    show(false);
  };
  const mark = (at) => {
    options().forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    if (at < 0) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", options()[at].id);
  };
  const write = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
  const take = (option) => {
    write.call(box, option.textContent);
    // Streamlit keeps what is being typed until it is told so, and that it is done.
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
    close();
    list.send("chosen", option.textContent);
  };

  if (list.wanted !== null && list.wanted === data.typed && document.activeElement === box) {
    list.replaceChildren(...data.places.map((label, i) => {
      const option = document.createElement("li");
      option.id = `maillage-place-${i}`;
      option.setAttribute("role", "option");
      option.textContent = label;
      option.onpointerdown = (event) => event.preventDefault(); // the focus stays in the box
      option.onclick = () => take(option);
      return option;
    }));
    list.dataset.more = data.more;
    mark(-1);
    show(data.places.length > 0);
    said.textContent = data.said;
  }

  if (list.box === box) return;
  list.box = box;
  list.wanted = null;
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false",
  })) box.setAttribute(name, value);
  box.addEventListener("input", () => {
    close();
    const typed = box.value.trim();
    if (typed.length < LEAST) return;
    list.waiting = setTimeout(() => {
      list.wanted = typed;
      list.send("typed", typed);
    }, WAIT_MS);
  });
  box.addEventListener("keydown", (event) => {
    const at = options().findIndex((option) => option.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (list.hidden || !(step || event.key === "Escape" || (event.key === "Enter" && at >= 0))) {
      if (event.key === "Enter") close();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter") take(options()[at]);
    else if (event.key === "Escape") close();
    else mark(((at + step + 1 + options().length + 1) % (options().length + 1)) - 1); // past an end: the box itself
  });
  box.addEventListener("blur", close);
  document.addEventListener("scroll", () => { if (!list.hidden) show(true); }, { capture: true, passive: true });
}
