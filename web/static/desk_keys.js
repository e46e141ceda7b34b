// Single keys for the staff's pages, so that a hand need not leave the keyboard. They are read by
// their place on the keyboard, for the Korean input mode makes other letters of them; never while
// something is typed, and never with another key held. The list of keys (?) switches them off.
const dialog = document.getElementById("keys");
const STORE = "minwon.keys";
const ACTS = { KeyA: ["answer", "submit_answer"], KeyE: ["extend"], KeyT: ["transfer", "distribute"] };

const all = document.querySelector("[data-pick-all]");
if (all) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of document.querySelectorAll("[data-keys-list] [name=case]")) box.checked = all.checked;
  });
}

if (dialog) {
  const opener = document.querySelector("[data-keys-open]");
  const wanted = dialog.querySelector("[data-keys-on]");
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
  dialog.querySelector("[data-keys-close]").addEventListener("click", () => dialog.close());
  wanted.checked = on();
  wanted.addEventListener("change", () => remember(wanted.checked));
  document.addEventListener("keydown", pressed);
  const asked = /^#act-([a-z_]+)$/.exec(location.hash);
  // The browser looks for the fragment itself first, and takes the focus away where it finds none.
  if (asked) window.addEventListener("load", () => window.setTimeout(openAct, 50, [asked[1]]));

  function on() {
    try {
      return localStorage.getItem(STORE) !== "off";
    } catch {
      return true;
    }
  }

  function remember(yes) {
    try {
      localStorage.setItem(STORE, yes ? "on" : "off");
    } catch {
      // Without a store the choice holds for this page.
    }
  }

  function typing(target) {
    return target instanceof Element && target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  }

  function pressed(event) {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!wanted.checked || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (does(event)) event.preventDefault();
  }

  function does(event) {
    if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) return list();
    if (event.shiftKey) return false;
    if (event.code === "Slash") return search();
    if (event.code === "KeyJ") return step(1);
    if (event.code === "KeyK") return step(-1);
    if (event.code === "KeyX") return press(atHand()?.querySelector("[name=case]"));
    if (event.code === "KeyO") return press(document.querySelector("[data-key-open]"));
    if (event.code === "KeyZ") return press(document.querySelector("[data-key=z]"));
    if (event.code === "KeyS") return press(document.querySelector("[data-key=s]"));
    if (event.code in ACTS) return act(ACTS[event.code]);
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
    return digit ? press(document.querySelector(`[data-key="${digit[1]}"]`)) : false;
  }

  function list() {
    dialog.showModal();
    return true;
  }

  function press(what) {
    if (!what) return false;
    what.click();
    return true;
  }

  function search() {
    const field = document.querySelector("[data-keys-search], form[role=search] input");
    if (field) field.focus();
    else location.assign("/staff/search");
    return true;
  }

  function rows() {
    return [...document.querySelectorAll("[data-keys-list] tr[data-case]")];
  }

  function atHand() {
    return rows().find((row) => row.contains(document.activeElement)) || document.querySelector("tr.at-hand");
  }

  function step(by) {
    const all = rows();
    if (!all.length) return false;
    const here = all.indexOf(atHand());
    const next = all[here < 0 ? 0 : Math.min(all.length - 1, Math.max(0, here + by))];
    for (const row of all) row.classList.toggle("at-hand", row === next);
    next.querySelector("a.number").focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  }

  function act(names) {
    const row = atHand();
    if (row) {
      location.assign(`${row.querySelector("a.number").href}#act-${names[0]}`);
      return true;
    }
    return openAct(names);
  }

  function openAct(names) {
    const form = names.map((name) => document.querySelector(`main form[action$="/actions/${name}"]`)).find(Boolean);
    if (!form) return false;
    for (let part = form.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    const field = form.querySelector("select, textarea, input:not([type=hidden]), button");
    field?.focus();
    form.scrollIntoView({ block: "center" });
    return true;
  }
}
