// Keeps a page as the record stands. The stream only says that something moved: then this page is
// fetched again, and its parts (data-live-part, each with an id) are exchanged where they differ.
// Nothing that somebody is typing in is taken away, and a screen reader hears what changed.
const root = document.querySelector("[data-live]");

if (root && "EventSource" in window) {
  const status = root.querySelector("[data-live-status]");
  const note = root.querySelector("[data-live-note]");
  const fetched = new Map();
  let source = null;
  let due = 0;
  let retry = 0;
  let failures = 0;
  let looked = 0;

  for (const part of parts(document)) fetched.set(part.id, spoken(part));

  function parts(page) {
    return page.querySelectorAll("[data-live-part]");
  }

  // What a part says; the numbers that make each form single are new on every page.
  function spoken(part) {
    const copy = part.cloneNode(true);
    for (const input of copy.querySelectorAll("[name=request_id]")) input.removeAttribute("value");
    return copy.innerHTML;
  }

  function isBeingUsed(part) {
    for (const field of part.querySelectorAll("input, textarea, select")) {
      if (field === document.activeElement) return true;
      if (field.type === "hidden") continue;
      if (field.type === "file" ? field.files.length : field.matches("textarea, [type=text]")
        ? field.value !== field.defaultValue : field.checked !== field.defaultChecked) return true;
    }
    return false;
  }

  function exchange(old, part) {
    const open = [...old.querySelectorAll("details[open] > summary")].map((one) => one.textContent);
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    const placed = document.importNode(part, true);
    for (const summary of placed.querySelectorAll("details > summary")) {
      if (open.includes(summary.textContent)) summary.parentElement.open = true;
    }
    old.replaceWith(placed);
    if (window.htmx) window.htmx.process(placed);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  async function refresh() {
    due = 0;
    looked = Date.now();
    const address = new URL(location.href);
    address.searchParams.delete("act");
    let page;
    try {
      const answer = await fetch(address, { cache: "no-store", headers: { accept: "text/html" } });
      if (answer.status === 404 || answer.redirected) return stop();
      if (!answer.ok) return later();
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      return later();
    }
    const now = page.querySelector("[data-live]");
    if (!now) return location.reload();
    let kept = false;
    for (const part of parts(page)) {
      const old = document.getElementById(part.id);
      if (!old || fetched.get(part.id) === spoken(part)) continue;
      if (isBeingUsed(old)) {
        kept = true;
        continue;
      }
      fetched.set(part.id, spoken(part));
      exchange(old, part);
    }
    document.title = page.title;
    if (now.dataset.liveSay !== root.dataset.liveSay) status.textContent = now.dataset.liveSay;
    root.dataset.liveSay = now.dataset.liveSay;
    root.dataset.live = now.dataset.live;
    say(kept ? root.dataset.liveKept : root.dataset.liveOn);
    document.dispatchEvent(new CustomEvent("live:refreshed"));
  }

  // Many things that happen together are one look. Where something always happens a page has a
  // pace: it looks again so often and no more, instead of waiting for a silence.
  function soon() {
    const pace = Number(root.dataset.livePace) || 0;
    if (pace && due) return;
    window.clearTimeout(due);
    const wait = Math.max(150, looked + pace - Date.now());
    due = window.setTimeout(refresh, wait + Math.random() * 350);
  }

  function later() {
    window.clearTimeout(due);
    due = window.setTimeout(refresh, 5000 + Math.random() * 5000);
  }

  function say(words) {
    if (note && note.firstChild.textContent !== words) note.firstChild.textContent = words;
  }

  function start() {
    if (source || document.hidden) return;
    source = new EventSource(root.dataset.live);
    source.addEventListener("ready", () => {
      failures = 0;
      say(root.dataset.liveOn);
    });
    source.addEventListener("changed", soon);
    source.addEventListener("reload", soon);
    source.addEventListener("error", () => {
      say(root.dataset.liveOff);
      // The browser opens a stream that broke anew by itself, not one that was refused.
      if (source && source.readyState === EventSource.CLOSED) again();
    });
  }

  function again() {
    stop();
    failures += 1;
    retry = window.setTimeout(() => {
      start();
      soon();
    }, Math.min(60000, 5000 * 2 ** failures) * (0.5 + Math.random()));
  }

  function stop() {
    window.clearTimeout(due);
    due = 0;
    window.clearTimeout(retry);
    if (source) source.close();
    source = null;
    say(root.dataset.liveOff);
  }

  // A page that nobody sees holds no connection: a browser has six for all its pages of a site.
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
  window.addEventListener("pagehide", stop);
  window.addEventListener("pageshow", start);
  start();
}
