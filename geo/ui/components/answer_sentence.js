// The sentence that answers. The paragraph stays and only its words change, so that a screen reader says them; what it
// is to say with them is said the same way, and leaves: it is on the page elsewhere.

const SAID_MS = 10_000;

export default function ({ data, parentElement }) {
  const line = parentElement.querySelector(".maillage-answer");
  if (line.textContent !== data.sentence) line.replaceChildren(...linked(data.sentence));
  const also = parentElement.querySelector(".maillage-answer-also");
  if (also.said === data.also) return;
  also.said = data.also;
  also.textContent = data.also;
  clearTimeout(also.leaving);
  also.leaving = setTimeout(() => { also.textContent = ""; }, SAID_MS);
}
