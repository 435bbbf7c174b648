// Takes words selected in the text into the form: with the mouse at once, by keyboard with arrows, Shift and Enter.
const text = document.getElementById("passages");
const quote = document.getElementById("id_quote");
const before = document.getElementById("id_before");
const selection = getSelection();

// Leaves the numbers of the passages out.
function words(range) {
  const part = range.cloneContents();
  for (const number of part.querySelectorAll("a.mark")) number.remove();
  return part.textContent;
}

function take() {
  if (selection.isCollapsed || !text.contains(selection.anchorNode) || !text.contains(selection.focusNode)) return false;
  const range = selection.getRangeAt(0);
  const head = range.cloneRange();
  head.setStart(range.startContainer.parentElement.closest(".paragraph") ?? text, 0);
  head.setEnd(range.startContainer, range.startOffset);
  quote.value = words(range).trim();
  before.value = [...words(head)].slice(-32).join("");
  return quote.value !== "";
}

const STEPS = {
  ArrowRight: ["forward", "word"],
  ArrowLeft: ["backward", "word"],
  ArrowDown: ["forward", "line"],
  ArrowUp: ["backward", "line"],
};

text.addEventListener("keydown", (event) => {
  if (event.target !== text || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && take()) {
    event.preventDefault();
    quote.focus();
  } else if (STEPS[event.key]) step(event, ...STEPS[event.key]);
});

function step(event, direction, unit) {
  event.preventDefault();
  if (!text.contains(selection.focusNode)) selection.collapse(text.querySelector(".paragraph"), 0);
  else if (!event.shiftKey && unit === "word" && direction === "backward") selection.collapseToStart();
  else if (!event.shiftKey) selection.collapseToEnd();
  if (event.shiftKey) selection.modify("extend", direction, unit);
  else {
    if (direction === "backward" || unit === "line") selection.modify("move", direction, unit);
    selection.modify("extend", "forward", "word");
  }
  selection.focusNode.parentElement.scrollIntoView({ block: "nearest" });
}

text.addEventListener("mouseup", () => setTimeout(take));
// What is typed by hand may stand anywhere.
quote.addEventListener("input", () => (before.value = ""));
