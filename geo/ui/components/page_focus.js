// Where the focus is, for those who use the keyboard.
//
// What a popover of Streamlit shows is far from its button in the page: here the Tab key goes from one to the other, and
// Escape comes back. When what had the focus is taken away (a suggestion that was chosen), the focus goes to the answer.

(() => {
  if (globalThis.maillageFocus) return;
  globalThis.maillageFocus = true;
  const opener = () => document.querySelector('[data-testid="stPopoverButton"][aria-expanded="true"]');
  const opened = () => document.querySelector('[data-testid="stPopoverBody"]');
  const STOPS = "a[href], button, input, select, textarea, summary, [tabindex]";
  // While the focus is outside of it, Streamlit takes the stops of a popover away, and keeps what they were.
  const order = (each) => Number(each.dataset.tabindex ?? each.tabIndex);
  const stops = (root) => [...root.querySelectorAll(STOPS)].filter((each) =>
    order(each) >= 0 && !each.disabled && each.getClientRects().length > 0 && !each.closest("[aria-hidden=true], [inert]"));

  // What a popover shows may still be on its way.
  const enter = (button, body, tries) => {
    if (document.activeElement !== button || !body.isConnected) return;
    stops(body)[0]?.focus();
    if (document.activeElement === button && tries > 0) setTimeout(enter, 50, button, body, tries - 1);
  };

  document.addEventListener("keydown", (event) => {
    const [button, body] = [opener(), opened()];
    if (event.key !== "Tab" || !button || !body) return;
    const inside = stops(body);
    const at = inside.findIndex((each) => each === event.target || each.contains(event.target));
    // The Tab key leaves a group of buttons as a whole: arrows go from one to the other.
    const group = event.target.closest?.("[role=toolbar], [role=radiogroup]");
    const after = event.shiftKey ? inside.slice(0, Math.max(at, 0)) : inside.slice(at + 1);
    const isLast = after.every((each) => group?.contains(each));
    let next = null;
    if (event.target === button && !event.shiftKey) {
      event.preventDefault();
      event.stopPropagation();
      return enter(button, body, 40);
    }
    if (body.contains(event.target) && (isLast || at < 0)) next = button;
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
  }, true);

  // The last thing that had the focus, and the button of the popover that it was in.
  let last = null;
  let button = null;
  document.addEventListener("focusin", (event) => {
    last = event.target;
    button = opened()?.contains(last) ? opener() ?? button : null;
  });
  const answer = () => {
    const found = document.querySelector(".maillage-answer") ?? document.querySelector("h1");
    found?.setAttribute("tabindex", "-1");
    return found;
  };
  const lost = () => last && !last.isConnected && document.activeElement === document.body;
  const bringBack = () => {
    if (!lost()) return;
    (button?.isConnected ? button : answer())?.focus({ preventScroll: true });
  };
  new MutationObserver(() => { if (lost()) setTimeout(bringBack, 150); })
    .observe(document.documentElement, { subtree: true, childList: true });
})();
