// Signs in with a passkey, and makes one. Without this script the page works with the
// passphrase; what only it can do is hidden until it runs.
"use strict";
(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((k) => ({ ...k, id: bytes(k.id) }));

  class Wrong extends Error {}
  const post = async (path, headers, body) => {
    const answer = await fetch(path, { method: "POST", headers, body, credentials: "same-origin", redirect: "error" });
    let said = {};
    try { said = await answer.json(); } catch { /* a page: the caller's own words do */ }
    if (!answer.ok) throw new Wrong(said.fejl || "");
    return said;
  };
  const json = (path, value) => post(path, { "Content-Type": "application/json" }, JSON.stringify(value));

  // run does a ceremony, says while it waits, and says what went wrong.
  const run = async (words, button, where, ceremony) => {
    const name = button.textContent;
    where.textContent = "";
    button.disabled = true;
    button.textContent = words.vent;
    try {
      location.assign((await ceremony()).til);
    } catch (wrong) {
      button.disabled = false;
      button.textContent = name;
      where.textContent = wrong instanceof Wrong && wrong.message || (wrong.name === "NotAllowedError" || wrong.name === "AbortError" ? words.afbrudt : words.fejl);
      button.focus();
    }
  };

  const way = document.getElementById("noegle-vej");
  if (way) {
    const button = document.getElementById("noegle-ind");
    way.hidden = false;
    button.addEventListener("click", () => run(way.dataset, button, document.getElementById("noegle-fejl"), async () => {
      const asked = await post("/log-ind/noegle/begynd", {}, null);
      const k = await navigator.credentials.get({ publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: known(asked.allowCredentials) } });
      const r = k.response;
      return json("/log-ind/noegle?efter=" + encodeURIComponent(way.dataset.efter), { id: k.id, rawId: text(k.rawId), type: k.type, clientExtensionResults: {}, authenticatorAttachment: k.authenticatorAttachment,
        response: { clientDataJSON: text(r.clientDataJSON), authenticatorData: text(r.authenticatorData), signature: text(r.signature), userHandle: r.userHandle ? text(r.userHandle) : "" } });
    }));
  }

  const form = document.getElementById("ny-noegle");
  if (form) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      run(form.dataset, document.getElementById("tilfoej"), document.getElementById("ny-noegle-fejl"), async () => {
        const asked = await post("/konto/noegle/begynd", {}, new URLSearchParams(new FormData(form)));
        const k = await navigator.credentials.create({ publicKey: { ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: known(asked.excludeCredentials) } });
        const r = k.response;
        return json("/konto/noegle", { id: k.id, rawId: text(k.rawId), type: k.type, clientExtensionResults: {}, authenticatorAttachment: k.authenticatorAttachment,
          response: { clientDataJSON: text(r.clientDataJSON), attestationObject: text(r.attestationObject), transports: r.getTransports ? r.getTransports() : [] } });
      });
    });
  }
})();
