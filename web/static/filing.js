// Filing: where I am, too many photos, and sending to the API so that nothing typed is ever lost.

const here = document.querySelector("[data-here]");
if (here && "geolocation" in navigator) {
  const said = here.querySelector("[role=status]");
  const form = here.closest("form");
  here.hidden = false;
  here.querySelector("button").addEventListener("click", () => {
    said.textContent = here.dataset.asking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.lat.value = coords.latitude.toFixed(6);
        form.elements.long.value = coords.longitude.toFixed(6);
        said.textContent = here.dataset.found;
      },
      () => { said.textContent = here.dataset.failed; },
      { enableHighAccuracy: true, timeout: 10000 },
    );
  });
}

const photos = document.querySelector("[data-most]");
photos?.addEventListener("change", () => {
  const tooMany = photos.files.length > Number(photos.dataset.most);
  photos.setCustomValidity(tooMany ? photos.dataset.tooMany : "");
  if (tooMany) photos.reportValidity();
});

const form = document.querySelector("[data-filing]");
if (form) {
  const representatives = ["representative_1", "representative_2", "representative_3"];
  const people = ["name", "phone", "email", "principal", ...representatives];
  const status = form.querySelector("[data-status]");
  const button = form.querySelector("button.big");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearFaults();
    if (contactGiven() && !form.elements.consent.checked) {
      showFaults([["consent", form.dataset.consentNeeded]]);
      return;
    }
    button.disabled = true;
    status.textContent = form.dataset.sending;
    try {
      await send();
    } catch {
      status.textContent = form.dataset.notSent;
    } finally {
      button.disabled = false;
    }
  });

  async function send() {
    const answer = await fetch("/api/v1/petitions", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "idempotency-key": form.elements.request_id.value,
      },
      body: JSON.stringify(await body()),
    });
    const told = await answer.json();
    if (answer.status === 201 || answer.status === 200) {
      status.textContent = "";
      const key = encodeURIComponent(told.key);
      window.location.assign(`/cases/${told.receipt_number}/receipt?key=${key}`);
    } else if (answer.status === 422) {
      status.textContent = "";
      const korean = form.dataset.language === "ko";
      showFaults((told.fields ?? []).map((fault) => [
        pageField(fault.field), korean ? fault.message_ko : fault.message_en,
      ]));
    } else if (answer.status === 409) {
      form.elements.request_id.value = crypto.randomUUID?.() ?? String(Date.now() + Math.random());
      status.textContent = form.dataset.sentAlready;
    } else {
      const korean = form.dataset.language === "ko";
      status.textContent = (korean ? told.message_ko : told.message_en) ?? form.dataset.notSent;
    }
  }

  async function body() {
    const { text, kind, item, address, lat, long, name, phone, email, reply_by } = form.elements;
    const given = {
      text: text.value,
      kind: kind.value,
      item: item.value || null,
      location: { address: address.value || null, lat: lat.value || null, long: long.value || null },
      contact: { name: name.value || null, phone: phone.value || null, email: email.value || null },
      reply_by: reply_by.value || null,
      public: form.elements.public.checked,
      language: form.dataset.language,
      attachments: await Promise.all([...photos.files].map(inBase64)),
    };
    const behind = party();
    if (Object.keys(behind).length) given.party = behind;
    if (form.elements.consent.checked) {
      const items = people.filter((field) => form.elements[field].value.trim());
      given.consent = { version: form.dataset.consent, items };
    }
    return given;
  }

  /** Those who stand behind the petition; empty for a matter of one's own. */
  function party() {
    const { filed_as, principal, under_14, households, signatures } = form.elements;
    const named = representatives.map((field) => form.elements[field].value.trim()).filter(Boolean);
    return {
      ...(filed_as.value !== "self" && { filed_as: filed_as.value }),
      ...(principal.value.trim() && { principal: { name: principal.value } }),
      ...(under_14.checked && { under_14: true }),
      ...(households.value && { households: households.value }),
      ...(signatures.value && { signatures: signatures.value }),
      ...(named.length && { representatives: named.map((name) => ({ name })) }),
    };
  }

  function contactGiven() {
    return people.some((field) => form.elements[field].value.trim());
  }

  function showFaults(faults) {
    const summary = document.getElementById("faults");
    const list = summary.querySelector("ul");
    for (const [field, message] of faults) {
      const beside = document.getElementById(`e-${field}`);
      const input = document.getElementById(`f-${field}`);
      const link = document.createElement("a");
      link.href = `#f-${field}`;
      link.textContent = message;
      list.append(Object.assign(document.createElement("li"), {}));
      list.lastChild.append(link);
      input?.setAttribute("aria-invalid", "true");
      const folded = (beside ?? input)?.closest("details");
      if (folded) folded.open = true;
      if (beside) { beside.textContent = message; beside.hidden = false; }
    }
    summary.hidden = false;
    summary.focus();
  }

  function clearFaults() {
    const summary = document.getElementById("faults");
    summary.hidden = true;
    summary.querySelector("ul").replaceChildren();
    for (const beside of form.querySelectorAll(".fault")) beside.hidden = true;
    for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
  }
}

/** The field of the page that a field of the API stands in: contact.phone is phone. */
function pageField(name) {
  const [first, rest] = name.split(".");
  return ["location", "contact", "party"].includes(first) && rest ? rest : first;
}

function inBase64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = reject;
    reader.onload = () => resolve({
      name: file.name,
      media_type: file.type,
      content_base64: reader.result.slice(reader.result.indexOf(",") + 1),
    });
    reader.readAsDataURL(file);
  });
}
