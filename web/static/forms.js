// What every page may use: send a form once, print, select an address, stand at the faults.
const sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("data-filing")) return;
  if (sent.has(form)) event.preventDefault();
  sent.add(form);
});

// A page taken back from the browser's memory may be sent again: its request id keeps it single.
window.addEventListener("pageshow", () => {
  for (const form of document.forms) sent.delete(form);
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const input of document.querySelectorAll("[data-select]")) {
  input.addEventListener("focus", () => input.select());
}

const faults = document.getElementById("faults");
if (faults && !faults.hidden) faults.focus();
