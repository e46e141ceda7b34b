// Warns before the session ends, extends it, and says so when it has ended: what was typed stays.
const line = document.getElementById("session");
const warning = document.getElementById("session-warning");
const BEFORE = 2 * 60 * 1000;
const LONGEST = 2 ** 31 - 1;
let timer;

function part(name) {
  return warning.querySelector(`[data-session="${name}"]`);
}

function show(over) {
  for (const words of warning.querySelectorAll("[data-when]")) {
    words.hidden = (words.dataset.when === "over") !== over;
  }
  part("extend").hidden = over;
  part("again").hidden = !over;
  if (!warning.open) warning.showModal();
}

function wait(milliseconds, then) {
  clearTimeout(timer);
  timer = setTimeout(then, Math.min(Math.max(milliseconds, 0), LONGEST));
}

function follow(left) {
  if (left > BEFORE) {
    if (warning.open) warning.close();
    wait(left - BEFORE, look);
  } else {
    show(left <= 0);
    wait(left > 0 ? left : 30000, look);
  }
}

// Another window may have used the session meanwhile: the server knows.
async function look() {
  try {
    const answer = await fetch("/staff/session", { redirect: "manual" });
    if (!answer.ok) return follow(0);
    const told = await answer.json();
    follow(new Date(told.ends_at) - new Date(told.now));
  } catch {
    wait(10000, look);
  }
}

async function extend() {
  const body = new URLSearchParams({ csrf: line.dataset.csrf });
  try {
    const answer = await fetch("/staff/session", { method: "POST", body, redirect: "manual" });
    if (!answer.ok) return follow(0);
    const told = await answer.json();
    follow(new Date(told.ends_at) - new Date(told.now));
  } catch {
    wait(1000, look);
  }
}

if (line && warning) {
  part("extend").addEventListener("click", extend);
  part("close").addEventListener("click", () => warning.close());
  window.addEventListener("pageshow", look);
}
