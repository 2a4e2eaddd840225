// htmx renews the parts of a page that are named in hx-select-oob. What it cannot tell
// by itself: nobody looks, somebody is working in a part, or nothing is new in it. The
// page works the same without scripts.
"use strict";
(() => {
  const working = ":focus-within, :has([name=sag]:checked, [name=alle]:checked, textarea:not(:placeholder-shown))";
  // The time at which the page was made is no news.
  const news = (part) => part.innerHTML.replace(/name="vist" value="\d+"/, "");
  document.addEventListener("htmx:beforeRequest", (event) => document.hidden && event.preventDefault());
  document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    const { target, fragment } = detail;
    if (target.matches(working) || news(target) === news(fragment.firstElementChild)) detail.shouldSwap = false;
  });
})();
