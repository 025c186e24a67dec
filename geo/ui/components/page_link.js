// The address of the page, and how it is copied. Placed before the scripts of the buttons that give it away.

// Without the marks of an embedded view.
function pageAddress() {
  const url = new URL(location.href);
  for (const name of [...url.searchParams.keys()]) {
    if (/^embed(_options)?$/i.test(name)) url.searchParams.delete(name);
  }
  return url.href;
}

// Copies the address and says so in `said`; where the browser refuses, shows it to be copied by hand.
async function copyAddress(said) {
  const link = pageAddress();
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
}
