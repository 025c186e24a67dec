// Call, go, share (geo.ui.components.answer_buttons). data.html is written and escaped in Python; copyAddress and
// pageAddress come from page_link.js, placed before this text.

async function share({ title, text }, said) {
  const link = { title, text, url: pageAddress() };
  if (!navigator.canShare?.(link)) return copyAddress(said);
  try {
    await navigator.share(link);
  } catch (error) {
    if (error.name !== "AbortError") return copyAddress(said); // the visitor closed the list of applications
  }
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".buttons");
  const said = parentElement.querySelector("p");
  if (root.html !== data.html) {
    root.innerHTML = root.html = data.html;
    said.replaceChildren();
  }
  root.querySelector("button").onclick = () => share(data, said);
}
