// Keeps the rows of an open queue as the record stands, without moving one under the hand. The
// stream says which cases moved; their rows are fetched and exchanged where they stand. What has
// come, gone or would stand elsewhere is counted in a bar, and the reader asks for it.
const root = document.querySelector("[data-desk-live]");
const MOST = 100;

if (root && "EventSource" in window) {
  const bar = root.querySelector("[data-bar]");
  const status = bar.querySelector("[role=status]");
  const moved = new Set();
  const waiting = new Set();
  let source = null;
  let timer = 0;
  let busy = false;
  let lost = false;

  function rows() {
    return document.querySelectorAll("tr[data-case]");
  }

  function say() {
    if (!moved.size && !lost) return;
    bar.hidden = false;
    const words = lost ? root.dataset.lost : root.dataset.said.replace("{n}", moved.size);
    if (status.textContent !== words) status.textContent = words;
  }

  function exchange(old, row) {
    const inside = old.contains(document.activeElement) ? document.activeElement : null;
    const at = inside && [...old.querySelectorAll("a, input, button")].indexOf(inside);
    const placed = document.importNode(row, true);
    const picked = old.querySelector("[name=case]")?.checked;
    if (picked) placed.querySelector("[name=case]").checked = true;
    placed.classList.add("fresh");
    if (old.classList.contains("at-hand")) placed.classList.add("at-hand");
    old.replaceWith(placed);
    if (inside) placed.querySelectorAll("a, input, button")[at]?.focus({ preventScroll: true });
  }

  function leave(row) {
    if (row.classList.contains("gone")) return;
    row.classList.add("gone");
    const said = document.createElement("span");
    said.className = "left-list";
    said.textContent = root.dataset.gone;
    row.querySelector(".about").append(said);
  }

  function take(page, asked) {
    const found = new Map([...page.querySelectorAll("tr[data-case]")].map((row) => [row.dataset.case, row]));
    for (const number of asked) {
      const old = document.getElementById(`row-${number}`);
      const row = found.get(number);
      if (old && row) {
        if (old.dataset.turn !== row.dataset.turn) moved.add(number);
        if (old.dataset.seq !== row.dataset.seq || old.classList.contains("gone")) exchange(old, row);
      } else if (old) {
        leave(old);
        moved.add(number);
      } else if (row) {
        moved.add(number);
      }
    }
    for (const id of ["glances", "total"]) {
      const part = page.getElementById(id);
      const old = document.getElementById(id);
      if (part && old && !old.contains(document.activeElement)) old.innerHTML = part.innerHTML;
    }
  }

  async function look() {
    if (busy || !waiting.size) return;
    busy = true;
    const asked = [...waiting].slice(0, MOST);
    const address = new URL(root.dataset.rows, location.href);
    for (const number of asked) address.searchParams.append("only", number);
    try {
      const answer = await fetch(address, { cache: "no-store", headers: { accept: "text/html" } });
      if (answer.ok && !answer.redirected) {
        take(new DOMParser().parseFromString(await answer.text(), "text/html"), asked);
        for (const number of asked) waiting.delete(number);
      }
    } catch {
      // The server is away: the stream says so too, and what waits is asked for again.
    }
    busy = false;
    say();
    if (waiting.size) soon(5000);
  }

  function soon(wait = 200) {
    window.clearTimeout(timer);
    timer = window.setTimeout(look, wait + Math.random() * 300);
  }

  function everything() {
    lost = true;
    for (const row of rows()) waiting.add(row.dataset.case);
    say();
    soon();
  }

  function start() {
    if (source || document.hidden) return;
    source = new EventSource(root.dataset.deskLive);
    source.addEventListener("changed", (event) => {
      for (const change of JSON.parse(event.data)) waiting.add(change.case);
      soon();
    });
    source.addEventListener("reload", everything);
    source.addEventListener("error", () => {
      if (source && source.readyState === EventSource.CLOSED) {
        stop();
        window.setTimeout(start, 30000 * (0.5 + Math.random()));
      }
    });
  }

  function stop() {
    window.clearTimeout(timer);
    if (source) source.close();
    source = null;
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
  window.addEventListener("pagehide", stop);
  window.addEventListener("pageshow", start);
  start();
}
