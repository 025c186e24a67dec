// The address of the official directory of the sites, in a sentence, is a link; all the rest stays the text that it is.

const DIRECTORY = /(https:\/\/lannuaire\.service-public\.fr\/[\w/-]*\w)/;

const linked = (text) => text.split(DIRECTORY).map((part, position) => {
  if (position % 2 === 0) return document.createTextNode(part);
  return Object.assign(document.createElement("a"), {
    href: part, rel: "noopener noreferrer", target: "_blank", textContent: part,
  });
});

