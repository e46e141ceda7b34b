// The draft: kept on this device while it is typed, offered back when the page is opened again,
// gone with the sending. Without contact and names, unless the person says so; never files.

const drafted = document.querySelector("[data-filing]");
if (drafted) keepDraft(drafted);

function keepDraft(form) {
  const name = `minwon.draft.${form.dataset.draft}`;
  const never = ["request_id", "same_as", "consent", "photos", "lat", "long"];
  const personal = form.dataset.personal.split(" ");
  const offer = form.querySelector("[data-draft-offer]");
  const keeping = form.querySelector("[data-keeping]");
  const keepContact = form.querySelector("[data-keep-contact]");
  const days = 14;
  const started = form.elements.text.value;
  let resting;

  /** Storage may be switched off, or blocked in a frame: then there is no draft, and no error. */
  function storage(act) {
    try { return act(window.localStorage); } catch { return null; }
  }
  if (storage((box) => box.setItem("minwon.asks", "") ?? (box.removeItem("minwon.asks"), true)) === null) return;
  keeping.hidden = false;

  function typed() {
    const values = {};
    for (const [field, value] of new FormData(form)) {
      if (never.includes(field) || typeof value !== "string") continue;
      if (personal.includes(field) && !keepContact.checked) continue;
      values[field] = value;
    }
    values.public = form.elements.public.checked ? "1" : "";
    return values;
  }

  function keep() {
    clearTimeout(resting);
    resting = setTimeout(() => {
      const words = form.elements.text.value.trim();
      if (!words || words === started.trim()) storage((box) => box.removeItem(name));
      else storage((box) => box.setItem(name, JSON.stringify({ at: Date.now(), contact: keepContact.checked, values: typed() })));
    }, 600);
  }

  function drop() {
    clearTimeout(resting);
    storage((box) => box.removeItem(name));
    offer.hidden = true;
  }

  const kept = storage((box) => JSON.parse(box.getItem(name) ?? "null"));
  const fresh = kept?.values?.text && Date.now() - kept.at < days * 86400000;
  const untouched = document.getElementById("faults").hidden;
  if (kept && !fresh) drop();
  if (fresh && untouched) {
    offer.querySelector("[data-draft-words]").textContent = `«${kept.values.text.slice(0, 40)}»`;
    offer.hidden = false;
  }
  offer.querySelector("[data-draft-use]").addEventListener("click", () => {
    for (const [field, value] of Object.entries(kept.values)) {
      const input = form.elements.namedItem(field);
      if (!input) continue;
      if (input.type === "checkbox") input.checked = value === "1";
      else input.value = value;
    }
    keepContact.checked = kept.contact;
    form.dispatchEvent(new CustomEvent("restored", { detail: kept.values }));
    form.elements.text.dispatchEvent(new Event("input", { bubbles: true }));
    offer.hidden = true;
    form.elements.text.focus();
  });
  offer.querySelector("[data-draft-drop]").addEventListener("click", () => {
    drop();
    form.elements.text.focus();
  });
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("filed", drop);
}
