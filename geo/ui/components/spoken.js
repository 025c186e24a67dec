// Sentences that a screen reader says each time that they change. What it does not need to see again stays.

export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".maillage-spoken");
  const said = JSON.stringify(data);
  if (place.said === said) return;
  place.said = said;
  const lines = data.sentences.map((text) => {
    const line = document.createElement("p");
    line.className = "maillage-note";
    line.append(...linked(text));
    return line;
  });
  if (data.more) {
    const line = document.createElement("span");
    line.textContent = data.more;
    lines.push(line);
  }
  place.replaceChildren(...lines);
}
