// Suggests records while somebody types into the search field: a combobox after the ARIA pattern.
const form = document.querySelector("form[data-suggestions]");
const input = form?.elements.q;
const list = form?.querySelector("ul");
const options = list?.children;
let active;
let asked;

function choose(number) {
  active = number;
  [...options].forEach((option, place) => (option.ariaSelected = place === active));
  input.setAttribute("aria-activedescendant", options[active]?.id ?? "");
}

function show([, titles, notes, addresses]) {
  list.replaceChildren(
    ...titles.map((title, number) => {
      const option = document.createElement("li");
      const note = document.createElement("small");
      note.textContent = notes[number];
      option.append(title, note);
      return Object.assign(option, { id: `hit-${number}`, role: "option", address: addresses[number] });
    }),
  );
  list.hidden = !titles.length;
  input.ariaExpanded = !list.hidden;
  choose(-1);
}

const hide = () => show([, [], [], []]);

async function suggest() {
  asked?.abort();
  asked = new AbortController();
  const query = new URLSearchParams({ q: input.value });
  try {
    show(await (await fetch(`${form.dataset.suggestions}?${query}`, asked)).json());
  } catch {} // A newer letter asks again.
}

function press(event) {
  const { length } = options;
  const step = { ArrowDown: 1, ArrowUp: length }[event.key];
  if (step && length) choose(((active + 1 + step) % (length + 1)) - 1);
  else if (event.key === "Enter" && active >= 0) location = options[active].address;
  else if (event.key === "Escape" && length) hide();
  else return;
  event.preventDefault();
}

if (form) {
  input.role = "combobox";
  input.ariaAutoComplete = "list";
  input.autocomplete = "off";
  hide();
  input.oninput = suggest;
  input.onkeydown = press;
  input.onblur = hide;
  list.onmousedown = (event) => event.preventDefault();
  list.onclick = (event) => (location = event.target.closest("li").address);
}
