// The receipt: its address is copied with one press, where the browser lets us.
const copy = document.querySelector("[data-copy]");
if (copy && navigator.clipboard) {
  const button = copy.querySelector("button");
  copy.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById("link").value);
    copy.querySelector("[role=status]").textContent = button.dataset.copied;
  });
}
