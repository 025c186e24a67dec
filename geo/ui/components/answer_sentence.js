// The sentence that answers. The paragraph stays and only its words change, so that a screen reader says them.

export default function ({ data, parentElement }) {
  const line = parentElement.querySelector(".maillage-answer");
  if (line.textContent !== data) line.textContent = data;
}
