// The place: where I am, once it is asked for; and a list of districts that shortens that of dongs.

const here = document.querySelector("[data-here]");
if (here && "geolocation" in navigator) {
  const said = here.querySelector("[role=status]");
  const drop = here.querySelector("[data-here-drop]");
  const { elements } = here.closest("form");
  const moved = () => elements.address.dispatchEvent(new Event("change", { bubbles: true }));
  here.hidden = false;
  drop.hidden = !elements.lat.value;
  here.querySelector("[data-here-ask]").addEventListener("click", () => {
    said.textContent = here.dataset.asking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        elements.lat.value = coords.latitude.toFixed(6);
        elements.long.value = coords.longitude.toFixed(6);
        said.textContent = here.dataset.found;
        drop.hidden = false;
        moved();
      },
      ({ code, PERMISSION_DENIED }) => {
        said.textContent = code === PERMISSION_DENIED ? here.dataset.refused : here.dataset.failed;
      },
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 },
    );
  });
  drop.addEventListener("click", () => {
    elements.lat.value = elements.long.value = "";
    said.textContent = here.dataset.dropped;
    drop.hidden = true;
    here.querySelector("[data-here-ask]").focus();
    moved();
  });
  // The suggestions know the name of the place where one is.
  document.addEventListener("placed", ({ detail }) => {
    if (elements.lat.value && detail) said.textContent = here.dataset.at.replace("{place}", detail);
  });
}

const areas = document.getElementById("f-area");
const district = document.getElementById("f-district");
if (areas && district) {
  const groups = [...areas.querySelectorAll("optgroup")];
  const show = () => {
    for (const group of groups) group.remove();
    const chosen = groups.find((group) => group.dataset.district === district.value);
    if (chosen) areas.append(chosen);
    areas.disabled = !chosen;
  };
  district.closest("[data-districts]").hidden = false;
  document.querySelector("label[for=f-area]").textContent = areas.dataset.dong;
  const follow = () => {
    district.value = areas.value.split("/")[0];
    const kept = areas.value;
    show();
    areas.value = kept;
  };
  follow();
  district.addEventListener("change", () => {
    show();
    areas.value = district.value ? `${district.value}/` : "";
    areas.dispatchEvent(new Event("change", { bubbles: true }));
  });
  // A draft that is taken up again chooses a dong of a district that is not shown.
  areas.form.addEventListener("restored", ({ detail }) => {
    areas.append(...groups);
    areas.value = detail.area ?? "";
    follow();
  });
}
