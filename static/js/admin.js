// Gives each look-up of the admin (select2) the name that its label says, which the stock script leaves out.
function nameLookUps() {
  for (const select of document.querySelectorAll("select.admin-autocomplete.select2-hidden-accessible")) {
    const box = select.nextElementSibling;
    const label = document.querySelector(`label[for="${select.id}"]`);
    const value = box.querySelector(".select2-selection--single .select2-selection__rendered");
    if (label) label.id ||= `${select.id}_label`;
    for (const part of [value, box.querySelector(".select2-search__field")]) {
      if (part && label) part.setAttribute("aria-labelledby", label.id);
      else part?.setAttribute("aria-label", select.getAttribute("aria-label"));
    }
    if (value && label) box.querySelector("[role=combobox]").setAttribute("aria-labelledby", `${label.id} ${value.id}`);
  }
}

// jQuery calls in the order of registration, so this comes after the stock script has made the look-ups.
window.django?.jQuery(nameLookUps);
document.addEventListener("formset:added", () => setTimeout(nameLookUps));
