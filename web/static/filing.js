// Filing: what is typed is counted and looked at before it is sent, and never lost: it is sent by
// this script, the page stays, and errors come back to it. Without it the form works all the same.

const form = document.querySelector("[data-filing]");
countText(document.getElementById("f-text"));
lookAtFiles(document.getElementById("f-photos"));
if (form) sendItself(form);

/** How much room is left: shown at each key, said when typing rests, and only near the end. */
function countText(text) {
  const shown = document.querySelector("[data-count]");
  const said = document.querySelector("[data-count-said]");
  if (!text || !shown) return;
  const most = Number(text.dataset.most);
  const always = shown.textContent;
  let resting;
  text.addEventListener("input", () => {
    const left = most - text.value.length;
    const key = left < 0 ? text.dataset.over : text.dataset.left;
    shown.textContent = text.value ? key.replace("{n}", Math.abs(left).toLocaleString()) : always;
    shown.classList.toggle("over", left < 0);
    clearTimeout(resting);
    resting = setTimeout(() => { said.textContent = left < most / 10 ? shown.textContent : ""; }, 1500);
  });
}

/** Too many or too large is said at once, by name; what was chosen is listed. */
function lookAtFiles(input) {
  const said = document.querySelector("[data-chosen-said]");
  if (!input || !said) return;
  input.addEventListener("change", () => {
    const files = [...input.files];
    const large = files.filter((file) => file.size > Number(input.dataset.mostBytes));
    const faults = large.map((file) => input.dataset.tooLarge.replace("{name}", file.name));
    if (files.length > Number(input.dataset.most)) faults.unshift(input.dataset.tooMany);
    input.setCustomValidity(faults.join(" "));
    const names = files.map((file) => file.name).join(", ");
    said.textContent = faults.join(" ")
      || (files.length ? input.dataset.chosen.replace("{n}", files.length).replace("{names}", names) : "");
    said.classList.toggle("fault", faults.length > 0);
  });
}

/** A resident or alien registration number: a date, a century, six digits or as many stars. */
function holdsResidentNumber(words) {
  const plain = words.normalize("NFKC").replace(/[‐‑‒–—―−﹣－ー·]/g, "-");
  const found = plain.matchAll(/(?<!\d)(\d{2})(\d{2})(\d{2}) ?[-.]? ?([1-8])(?:\d{6}(?!\d)|[*xX]{6})/g);
  return [...found].some(([, year, month, day, century]) => {
    const whole = ("1256".includes(century) ? 1900 : 2000) + Number(year);
    const date = new Date(Date.UTC(whole, Number(month) - 1, Number(day)));
    return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  });
}

function sendItself(form) {
  const { dataset } = form;
  const status = form.querySelector("[data-status]");
  const button = form.querySelector("button.big");
  const personal = dataset.personal.split(" ").filter((name) => form.elements[name]);
  form.noValidate = true;
  askConsentWhereNeeded();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    showFaults([]);
    const faults = faultsHere();
    if (faults.length) { showFaults(faults); return; }
    button.disabled = true;
    status.textContent = dataset.sending;
    try {
      await send();
    } catch {
      status.textContent = dataset.notSent;
    }
    button.disabled = false;
  });

  function isPersonal() {
    return personal.some((name) => form.elements[name].value.trim());
  }

  /** The notice is for whoever gives something personal: it comes with the first letter of it. */
  function askConsentWhereNeeded() {
    const notice = form.querySelector("[data-consent]");
    const show = () => { notice.hidden = !isPersonal() && !form.elements.consent.checked; };
    show();
    for (const name of personal) form.elements[name].addEventListener("input", show);
    form.addEventListener("restored", show);
  }

  /** What can be seen to be wrong before anything is sent, in the order of the page. */
  function faultsHere() {
    const found = [];
    for (const input of form.querySelectorAll("textarea, input, select")) {
      if (!input.name || input.type === "hidden") continue;
      const words = input.type === "file" ? [...input.files].map((file) => file.name).join(" ") : input.value;
      if (holdsResidentNumber(words)) found.push([input.name, dataset.residentNumber]);
      else if (input.required && !words.trim()) found.push([input.name, dataset.blank]);
      else if (!input.validity.valid) found.push([input.name, input.validationMessage]);
    }
    const text = form.elements.text;
    if (text.value.length > Number(text.dataset.most)) {
      const over = (text.value.length - Number(text.dataset.most)).toLocaleString();
      found.push(["text", text.dataset.over.replace("{n}", over)]);
    }
    if (isPersonal() && !form.elements.consent.checked) found.push(["consent", dataset.consentNeeded]);
    return found;
  }

  async function send() {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { accept: "application/json" },
      body: new FormData(form),
    });
    if (answer.status === 413) { status.textContent = dataset.tooLarge; return; }
    if (answer.status !== 201 && answer.status !== 422) throw new Error(String(answer.status));
    const told = await answer.json();
    status.textContent = "";
    if (answer.status === 201) {
      form.dispatchEvent(new CustomEvent("filed", { bubbles: true }));
      if (told.next) window.location.assign(told.next);
      else showReceipt(told.receipt);
      return;
    }
    form.elements.request_id.value = told.request_id;
    showFaults(told.faults.map(({ field, message }) => [field, message]));
  }

  function showFaults(faults) {
    const summary = document.getElementById("faults");
    const list = summary.querySelector("ul");
    list.replaceChildren();
    for (const beside of form.querySelectorAll(".fault[id]")) { beside.hidden = true; beside.textContent = ""; }
    for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
    for (const [field, message] of faults) {
      const beside = document.getElementById(`e-${field}`);
      const input = document.getElementById(`f-${field}`);
      const link = Object.assign(document.createElement("a"), { href: `#f-${field}` });
      const label = input?.labels?.[0]?.firstChild?.textContent.trim().replace(/[?:]$/, "");
      link.textContent = label && input.type !== "checkbox" ? `${label}: ${message}` : message;
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
      input?.setAttribute("aria-invalid", "true");
      const folded = (beside ?? input)?.closest("details");
      if (folded) folded.open = true;
      if (beside) { beside.textContent = message; beside.hidden = false; }
    }
    summary.hidden = faults.length === 0;
    if (faults.length) summary.focus();
  }

  /** In a frame no cookie opens a page of the case: the receipt is the answer, and takes the form's place. */
  function showReceipt(html) {
    const receipt = new DOMParser().parseFromString(html, "text/html");
    document.title = receipt.title;
    document.getElementById("content").replaceChildren(...receipt.getElementById("content").childNodes);
    document.getElementById("receipt").focus();
  }
}

// A link of the summary goes to the field itself, not only to its place on the page.
document.getElementById("faults")?.addEventListener("click", (event) => {
  const field = event.target.closest?.("a")?.hash.slice(1);
  if (!field) return;
  event.preventDefault();
  const input = document.getElementById(field);
  input?.closest("details")?.setAttribute("open", "");
  input?.focus();
});
