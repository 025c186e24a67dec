// "Copier le lien". pageAddress and copyAddress come from page_link.js, placed before this text.

export default function ({ parentElement }) {
  const said = parentElement.querySelector("p");
  parentElement.querySelector("button").onclick = () => copyAddress(said);
}
