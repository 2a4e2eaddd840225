// Renews the part of a page that has data-live (the queue, the scans of the shares)
// every few seconds, as long as nobody is working in it. The page works the same
// without it.
"use strict";
(() => {
  const every = 10000;
  const news = document.getElementById("nyt");
  const busy = (box) =>
    box.contains(document.activeElement) && document.activeElement !== document.body ||
    box.querySelector("input[name=sag]:checked, input[name=alle]:checked") !== null ||
    [...box.querySelectorAll("textarea, input[type=search], input[type=text]")].some((f) => f.value !== f.defaultValue);
  // The time at which the page was made is no news.
  const same = (box) => box.innerHTML.replace(/name="vist" value="\d+"/, "");
  const renew = async () => {
    const box = document.querySelector("[data-live]");
    if (!box || document.hidden) return;
    let answer;
    try {
      answer = await fetch(box.dataset.live, { headers: { "X-Live": "1" }, redirect: "error", credentials: "same-origin" });
    } catch {
      return; // the server is away, or the session has ended: the next click tells
    }
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(box.id);
    if (!fresh || same(fresh) === same(box)) return;
    const more = Number(fresh.dataset.venter) > Number(box.dataset.venter);
    if (busy(box)) {
      if (more && news) news.textContent = news.dataset.nyt;
      return;
    }
    const open = box.querySelector("#filter")?.open;
    box.replaceWith(fresh);
    const filter = fresh.querySelector("#filter");
    if (filter && open) filter.open = true;
    if (more && news) news.textContent = news.dataset.frisk;
  };
  setInterval(renew, every);
})();
