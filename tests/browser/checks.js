// What the browser tests ask of a page that is open. Each function answers with a list of faults.
// Evaluated in the page by the tests, never served.
(() => {
  const called = (element) => {
    const id = element.id ? `#${element.id}` : "";
    const kind = element.className && element.getAttribute("class");
    const words = (element.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 40);
    return `<${element.localName}${id}${kind ? ` class="${kind}"` : ""}> ${words}`;
  };
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  const reachable = () => [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]",
  )].filter((one) => shown(one) && !one.disabled && one.tabIndex >= 0);

  /** What sticks out to the side: a page is read by scrolling one way (KWCAG 6.4.4, WCAG 1.4.10). */
  const wider = () => {
    const root = document.scrollingElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const scrolls = (element) => {
      for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
        if (getComputedStyle(up).overflowX !== "visible") return true;
      }
      return false;
    };
    const out = [...document.body.querySelectorAll("*")].filter((one) => (
      shown(one) && one.getBoundingClientRect().right > root.clientWidth + 1 && !scrolls(one)
    ));
    return out.slice(-5).map((one) => `${one.getBoundingClientRect().right | 0} > ${root.clientWidth}: ${called(one)}`);
  };

  /** Words that are cut off: hidden overflow that is not a clip of lines meant to be one. */
  const cut = () => [...document.body.querySelectorAll("*")].filter((one) => {
    if (!shown(one) || one.closest(".unseen")) return false;
    const style = getComputedStyle(one);
    if (style.overflowX !== "hidden" && style.overflowY !== "hidden") return false;
    if (style.webkitLineClamp !== "none" || one.localName === "img" || one.closest("svg")) return false;
    return one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1;
  }).map(called);

  /** One h1, and no level left out on the way down. */
  const headings = () => {
    const found = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(shown);
    const faults = [];
    const first = found.filter((one) => one.localName === "h1").length;
    if (first !== 1) faults.push(`${first} headings of the first level`);
    let before = 0;
    for (const one of found) {
      const level = Number(one.localName[1]);
      if (level > before + 1) faults.push(`h${level} after h${before}: ${called(one)}`);
      if (!one.textContent.trim()) faults.push(`empty: ${called(one)}`);
      before = level;
    }
    return faults;
  };

  /** Every field has a label in words; every group of choices a legend; every form a button. */
  const forms = () => {
    const faults = [];
    for (const one of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
      const words = [...(one.labels ?? [])].map((label) => label.textContent.trim()).join("");
      const named = words || one.getAttribute("aria-label") || one.getAttribute("aria-labelledby");
      if (!named) faults.push(`no label: ${called(one)} name=${one.name}`);
      for (const id of (one.getAttribute("aria-describedby") ?? "").split(/\s+/).filter(Boolean)) {
        if (!document.getElementById(id)) faults.push(`described by #${id}, which is not there: ${called(one)}`);
      }
      if (one.type === "radio" && !one.closest("fieldset")?.querySelector("legend")?.textContent.trim()) {
        faults.push(`a choice without a legend: name=${one.name}`);
      }
    }
    for (const form of document.forms) {
      if (!form.querySelector("button:not([type=button]), input[type=submit]")) faults.push(`no button: ${called(form)}`);
      if (!form.getAttribute("action")) faults.push(`no action: ${called(form)}`);
    }
    return faults;
  };

  /** What is wrong is said in the summary and beside its field, and the two lead to one another. */
  const told = () => {
    const faults = [];
    for (const one of document.querySelectorAll("[aria-invalid=true]")) {
      const beside = (one.getAttribute("aria-describedby") ?? "").split(/\s+/)
        .map((id) => document.getElementById(id)).filter((found) => found?.matches(".fault"));
      if (!beside.some((found) => shown(found) && found.textContent.trim())) faults.push(`nothing beside ${called(one)} name=${one.name}`);
      if (!document.querySelector(`#faults a[href="#${one.id}"]`)) faults.push(`not in the summary: name=${one.name}`);
    }
    for (const link of document.querySelectorAll("#faults a")) {
      if (!document.getElementById(link.hash.slice(1))) faults.push(`the summary leads nowhere: ${link.hash}`);
    }
    return faults;
  };

  /** Whoever holds the focus can be seen to hold it (KWCAG 6.1.2, WCAG 2.4.7). */
  const focus = () => {
    const faults = [];
    for (const one of reachable()) {
      if (one.closest("details:not([open])") && one.localName !== "summary") continue;
      one.focus({ preventScroll: true });
      if (document.activeElement !== one) continue;
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      // A shape of a map wears a wide edge instead of a box around it.
      const shape = one.querySelector(":scope > path, :scope > circle");
      if (shape && parseFloat(getComputedStyle(shape).strokeWidth) >= 6) continue;
      if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) faults.push(called(one));
    }
    document.activeElement?.blur();
    return faults;
  };

  /** What is pressed is large enough for a thumb: 24 px, or in running text (WCAG 2.5.8). */
  const small = () => [...document.querySelectorAll("button, .button, select, textarea, input:not([type=hidden]), summary, nav a")]
    .filter((one) => {
      if (!shown(one)) return false;
      const place = (one.closest("label") ?? one).getBoundingClientRect();
      return place.height < 24 || place.width < 24;
    }).map(called);

  /** Where the keyboard stands: its place among what can be reached, and whether it can be seen. */
  const standing = () => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const place = one.getBoundingClientRect();
    return {
      at: [...document.querySelectorAll("*")].indexOf(one),
      name: called(one),
      seen: place.bottom > 0 && place.top < innerHeight && place.right > 0 && place.left < innerWidth,
    };
  };

  window.minwonChecks = { wider, cut, headings, forms, told, focus, small, standing };
})();
