// "Copier le lien": the address of the page, without the marks of an embedded view.

function address() {
  const url = new URL(location.href);
  for (const name of [...url.searchParams.keys()]) {
    if (/^embed(_options)?$/i.test(name)) url.searchParams.delete(name);
  }
  return url.href;
}

export default function ({ parentElement }) {
  const said = parentElement.querySelector("p");
  parentElement.querySelector("button").onclick = async () => {
    const link = address();
    try {
      await navigator.clipboard.writeText(link);
      said.textContent = "Lien copié.";
    } catch {
      const field = document.createElement("input");
      field.readOnly = true;
      field.value = link;
      field.setAttribute("aria-label", "Lien de cette page");
      said.replaceChildren("Copiez ce lien :", field);
      field.select();
    }
  };
}
