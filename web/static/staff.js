// Warns before a session ends, early enough to finish; staying costs one press and no word typed.
const ending = document.querySelector("[data-session-ends]");
if (ending) {
  const form = ending.querySelector("form");
  const refused = ending.querySelector("[data-not-longer]");
  const WARN = 5 * 60 * 1000;
  let ends = Date.parse(ending.dataset.sessionEnds);
  let waiting = 0;

  function wait() {
    clearTimeout(waiting);
    waiting = setTimeout(look, Math.max(1000, ends - WARN - Date.now()));
  }

  // Another window may have been in use meanwhile; to ask does not keep the session alive.
  async function look() {
    if (ends - WARN <= Date.now()) {
      const told = await ask({}).catch(() => null);
      if (told) learn(told);
      ending.hidden = ends - WARN > Date.now(); // role=alert: a screen reader hears it
    }
    if (ending.hidden) wait();
  }

  async function ask(options) {
    const answer = await fetch(form.action, { ...options, redirect: "error", headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  }

  // By the server's clock: this machine's may be wrong.
  function learn({ ends_at, now }) {
    ends = Date.now() + Date.parse(ends_at) - Date.parse(now);
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    try {
      learn(await ask({ method: "POST", body: new URLSearchParams(new FormData(form)) }));
      refused.hidden = ends - WARN > Date.now();
    } catch {
      refused.hidden = false;
    }
    ending.hidden = refused.hidden;
    wait();
  });

  // A machine that slept finds out when its page is looked at again.
  document.addEventListener("visibilitychange", look);
  wait();
}
