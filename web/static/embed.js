// Puts the city's petition form where this script stands:
//   <script src="https://…/embed.js" data-site="CODE" data-item="ITEM" data-lang="ko|en"></script>
// The frame is as high as the form; only the city's own frame is listened to.
(() => {
  const script = document.currentScript;
  const city = new URL(script.src).origin;
  const { site, item, lang } = script.dataset;
  const address = new URL("/embed/petitions/new", city);
  address.searchParams.set("site", site ?? "");
  address.searchParams.set("host", window.location.origin);
  if (item) address.searchParams.set("item", item);
  if (lang) address.searchParams.set("lang", lang);
  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = lang === "en" ? "File a petition with the city" : "민원·제안 신청";
  frame.allow = `geolocation ${city}; clipboard-write ${city}`;
  frame.style.cssText = "width:100%;height:60rem;border:0;display:block";
  script.after(frame);
  window.addEventListener("message", ({ origin, source, data }) => {
    if (origin !== city || source !== frame.contentWindow) return;
    if (data?.type === "minwon:height" && data.height > 0) {
      frame.style.height = `${Math.min(Math.ceil(data.height), 20000)}px`;
    }
    if (data?.type === "minwon:top") frame.scrollIntoView({ block: "start" });
  });
})();
