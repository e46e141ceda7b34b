// What a fine needs is asked where the chosen item can lead to one, and what is still lacking is said
// before it is sent. It never holds the form back: without any of it the petition is taken.

const fine = document.querySelector("[data-fine]");
if (fine) askForFine(fine.closest("form"));

function askForFine(form) {
  const item = form.elements.namedItem("item"); // elements.item is a method
  const { plate, photos } = form.elements;
  const asks = fine.querySelector("[data-fine-asks]");
  const lacks = fine.querySelector("[data-fine-lacks]");
  let shownFor = null;

  /** What was typed is never hidden, whatever is chosen afterwards. */
  function show() {
    const needed = item.selectedOptions[0]?.dataset ?? {};
    const canLead = Boolean(needed.photos);
    fine.hidden = !canLead && !plate.value.trim() && !plate.hasAttribute("aria-invalid");
    if (canLead && shownFor !== item.value) {
      fine.open = true;
      const said = Object.assign(document.createElement("p"), { className: "hint", textContent: needed.asks });
      asks.replaceChildren(said);
    }
    shownFor = item.value;
    lacks.textContent = canLead ? lacking(needed) : "";
  }

  /** Once something of it is given, what is still missing: before that, the hint says it all. */
  function lacking(needed) {
    const pictures = [...photos.files].filter((file) => !file.type.startsWith("video/")).length;
    const more = Number(needed.photos) - pictures;
    const noPlate = "plate" in needed && !plate.value.trim();
    if (!(pictures || plate.value.trim())) return "";
    const parts = [];
    if (more > 0) parts.push(fine.dataset.lacksPhotos.replace("{n}", more));
    if (noPlate) parts.push(fine.dataset.lacksPlate);
    return parts.length ? fine.dataset.lacks.replace("{lacking}", parts.join(", ")) : "";
  }

  for (const field of [item, photos, plate]) field.addEventListener("change", show);
  // A suggestion or a case that is joined sets the item too, by a button of the form.
  form.addEventListener("click", show);
  form.addEventListener("restored", show);
  show();
}
