// An answer beside what asked for it. A screen reader says it when it changes; it takes the focus when that is asked for.

export default function ({ data, parentElement }) {
  const line = parentElement.querySelector(".maillage-answer-beside");
  if (line.textContent !== data.sentence) line.textContent = data.sentence;
  // What was asked before this line was on the page is not asked again.
  if (line.asked !== undefined && line.asked !== data.focus && data.sentence) {
    line.focus({ preventScroll: true });
    line.scrollIntoView({ block: "nearest" });
  }
  line.asked = data.focus;
}
