// What is being written is kept every little while, templates are put in where the cursor stands,
// and what would come of an act is shown without leaving the page. Without this script the same
// buttons lead to the same things.
const PART = { "x-minwon-part": "1" };
const QUIET = 1500;

function body(form) {
  return new URLSearchParams(new FormData(form));
}

function say(form, words) {
  const place = form.querySelector("[data-saved]");
  if (place) place.textContent = words;
}

async function keep(form) {
  form.dataset.unsaved = "";
  try {
    const answer = await fetch(form.dataset.draft, { method: "POST", body: body(form), headers: PART, redirect: "manual" });
    if (answer.ok) say(form, (await answer.json()).said);
    else form.dataset.unsaved = "1";
  } catch {
    form.dataset.unsaved = "1";
  }
}

async function look(form, address) {
  const place = form.querySelector("[data-seen]");
  const answer = await fetch(address, { method: "POST", body: body(form), headers: PART, redirect: "manual" });
  if (!answer.ok) return false;
  const part = new DOMParser().parseFromString(await answer.text(), "text/html");
  place.replaceChildren(...part.body.childNodes);
  return true;
}

for (const form of document.querySelectorAll("form[data-draft]")) {
  let timer;
  form.addEventListener("input", () => {
    form.dataset.unsaved = "1";
    clearTimeout(timer);
    timer = setTimeout(() => keep(form), QUIET);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    form.dataset.unsaved = "";
  });
}

for (const button of document.querySelectorAll("[data-keep]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    keep(button.form);
  });
}

for (const button of document.querySelectorAll("[data-look]")) {
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    const seen = await look(button.form, button.formAction).catch(() => false);
    if (!seen) button.form.requestSubmit(button);
  });
}

// An answer is looked over when its writer leaves the field.
for (const area of document.querySelectorAll("#answer-text, #submit_answer-text, #refuse-text")) {
  area.addEventListener("change", () => {
    const button = area.form.querySelector("[data-look]");
    if (button && area.value.trim()) look(area.form, button.formAction).catch(() => {});
  });
}

function insert(area, text) {
  const before = area.value;
  const at = before ? area.selectionEnd : 0;
  const gap = before && at ? "\n" : "";
  area.setRangeText(gap + text, at, at, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

for (const link of document.querySelectorAll("[data-insert]")) {
  const own = link.closest("form");
  link.addEventListener("click", (event) => {
    const area = own ? own.querySelector("textarea[name=text]") : document.querySelector("#answer-text, #submit_answer-text");
    if (!area) return;
    event.preventDefault();
    for (let fold = area.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    insert(area, link.dataset.insert);
    area.focus();
    area.scrollIntoView({ block: "center" });
  });
}

// Whoever leaves in the middle of a sentence finds it again.
window.addEventListener("pagehide", () => {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    if (form.dataset.unsaved) navigator.sendBeacon(form.dataset.draft, body(form));
  }
});
