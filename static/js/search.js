// Suggestions for the search field.
const form = document.querySelector("form[data-suggestions]");
const input = form?.elements.q;
const list = form?.querySelector("ul");
const options = list?.children;
let active, asked;

function choose(number) {
  active = number;
  [...options].forEach((option, place) => (option.ariaSelected = place === active));
  input.setAttribute("aria-activedescendant", options[active]?.id ?? "");
}

function show([, titles, notes, addresses] = [, []]) {
  list.replaceChildren(
    ...titles.map((title, place) => {
      const option = document.createElement("li");
      option.append(title, Object.assign(document.createElement("small"), { textContent: notes[place] }));
      return Object.assign(option, { id: `hit-${place}`, role: "option", address: addresses[place] });
    }),
  );
  list.hidden = !titles.length;
  input.ariaExpanded = !list.hidden;
  choose(-1);
}

function hide() {
  asked?.abort();
  show();
}

async function suggest() {
  asked?.abort();
  asked = new AbortController();
  try {
    const query = `?q=${encodeURIComponent(input.value)}`;
    show(await (await fetch(form.dataset.suggestions + query, asked)).json());
  } catch {}
}

function press(event, { key, isComposing } = event) {
  const { length } = options;
  const step = { ArrowDown: 1, ArrowUp: length }[key];
  if (isComposing) return;
  if (key === "ArrowDown" && !length) suggest();
  else if (step && length) choose(((active + 1 + step) % (length + 1)) - 1);
  else if (key === "Enter" && active >= 0) location = options[active].address;
  else if (key === "Escape" && length) hide();
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
  list.onclick = ({ target }) => (location = target.closest("li").address);
}
