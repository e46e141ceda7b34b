// While it is typed: what it seems to be about, who would have it, and public cases that may be the
// same. It asks when typing rests, forgets an older question, says it politely and moves nothing.

const suggested = document.querySelector("[data-suggested]");
if (suggested) suggest(suggested.closest("form"));

function suggest(form) {
  const words = document.querySelector("[data-suggest-words]").dataset;
  const language = form.dataset.language;
  const { text, address, area, lat, long, same_as: sameAs } = form.elements;
  const item = form.elements.namedItem("item"); // elements.item is a method
  const said = suggested.querySelector("[data-suggested-said]");
  const urgent = suggested.querySelector("[data-urgent]");
  const likely = suggested.querySelector("[data-likely]");
  const similar = form.querySelector("[data-similar]");
  const joined = form.querySelector("[data-joined]");
  const byLink = form.querySelector("[data-joined-by-link]");
  let resting, older, asked = "", announced = "", chosenHere = Boolean(item.value), removed = null;

  const ask = () => {
    clearTimeout(resting);
    resting = setTimeout(look, 700);
  };

  async function look() {
    const typed = {
      text: text.value,
      kind: form.elements.kind.value,
      item: chosenHere ? item.value : "",
      address: address.value,
      area: area.value,
      lat: lat.value ? Number(lat.value) : null,
      long: long.value ? Number(long.value) : null,
    };
    const body = JSON.stringify(typed);
    if (body === asked) return;
    asked = body;
    older?.abort();
    if (typed.text.trim().length < 4) { show(null); return; }
    older = new AbortController();
    try {
      const answer = await fetch("/api/v1/suggestions", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        credentials: "omit",
        signal: older.signal,
      });
      if (answer.ok) show(await answer.json());
    } catch (fault) {
      // A suggestion that does not come is not missed; the next key asks again.
      if (fault.name !== "AbortError") asked = "";
    }
  }

  function show(found) {
    const items = found?.items ?? [];
    suggested.hidden = false;
    urgent.hidden = !found?.urgent;
    likely.hidden = items.length === 0;
    likely.querySelector("ul").replaceChildren(...items.map(itemLine));
    showSimilar(found?.similar ?? []);
    if (found?.resident_number) said.textContent = form.dataset.residentNumber;
    else announce(found, items);
    document.dispatchEvent(new CustomEvent("placed", { detail: found?.place?.[language] }));
  }

  /** Once for each new reading, not at each answer: a screen reader is not talked over. */
  function announce(found, items) {
    const parts = items.length ? [words.announced.replace("{item}", items[0].label[language])] : [];
    if (found?.urgent) parts.unshift(urgent.textContent);
    const now = parts.join(" ");
    if (now !== announced) said.textContent = announced = now;
  }

  function itemLine(one) {
    const line = document.getElementById("likely-item").content.cloneNode(true);
    const button = line.querySelector("button");
    const isChosen = item.value === one.code;
    button.textContent = isChosen
      ? `✓ ${one.label[language]} (${words.chosen})`
      : words.choose.replace("{item}", one.label[language]);
    button.dataset.item = one.code;
    button.setAttribute("aria-pressed", String(isChosen));
    const who = one.department ? words.department.replace("{department}", one.department[language]) : words.departmentUnknown;
    line.querySelector("span").textContent = [who, one.expected?.[language]].filter(Boolean).join(" · ");
    return line;
  }

  function showSimilar(cases) {
    const list = similar.querySelector("ul");
    const shown = byLink ? [] : cases;
    similar.hidden = shown.length === 0 && !sameAs.value;
    if (similar.hidden || shown.length) list.replaceChildren(...shown.map(caseLine));
  }

  function caseLine(one) {
    const line = document.getElementById("similar-case").content.cloneNode(true);
    line.querySelector(".about").textContent = one.about[language];
    line.querySelector(".words").textContent = one.words;
    line.querySelector("a").href = one.address;
    const button = line.querySelector("button");
    button.dataset.number = one.number;
    mark(button);
    return line;
  }

  function mark(button) {
    const isJoined = sameAs.value === button.dataset.number;
    button.textContent = isJoined ? words.notSame : words.sameHere;
    button.setAttribute("aria-pressed", String(isJoined));
    button.closest("li")?.classList.toggle("chosen", isJoined);
  }

  likely.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    item.value = item.value === button.dataset.item ? "" : button.dataset.item;
    item.dispatchEvent(new Event("change", { bubbles: true }));
    for (const other of likely.querySelectorAll("button")) {
      other.setAttribute("aria-pressed", String(other.dataset.item === item.value));
    }
  });
  similar.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    const { number } = button.dataset;
    const joins = sameAs.value !== number;
    sameAs.value = joins ? number : "";
    // Only what is about the same item is joined: the case's own stands for both.
    if (joins) { removed ??= item.value; item.value = likely.querySelector("button")?.dataset.item ?? item.value; }
    else { item.value = removed ?? ""; removed = null; }
    chosenHere = Boolean(item.value);
    for (const other of similar.querySelectorAll("button")) mark(other);
    joined.textContent = joins ? words.done.replace("{number}", number) : words.off;
  });
  item.addEventListener("change", () => { chosenHere = Boolean(item.value); ask(); });
  text.addEventListener("input", ask);
  for (const field of [address, area, ...form.elements.kind]) field.addEventListener("change", ask);
  address.addEventListener("input", ask);
  if (text.value) ask();
}
