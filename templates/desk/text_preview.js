// Shows how a text reads while it is typed: sends the form's own "Preview" and takes the preview out of the answer.
// Without this the button does the same.
(() => {
  "use strict";
  const preview = document.getElementById("preview");
  const form = document.querySelector("form[method=post] textarea, form[method=post] #subject")?.form;
  if (!preview || !form) return;
  let timer = 0;
  let asked = 0;
  const refresh = async () => {
    const mine = ++asked;
    const fields = new URLSearchParams(new FormData(form));
    fields.set("step", "preview");
    try {
      const answer = await fetch(form.action, { method: "POST", body: fields });
      if (!answer.headers.get("content-type")?.startsWith("text/html")) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("preview");
      // A later answer may have come first.
      if (!fresh || mine !== asked) return;
      const open = [...preview.querySelectorAll("details")].map((one) => one.open);
      fresh.querySelectorAll("details").forEach((one, at) => { one.open = open[at] ?? false; });
      // Nothing is read out at each key: what is wrong is said when the form is sent.
      fresh.querySelectorAll("[role=alert]").forEach((one) => one.removeAttribute("role"));
      preview.replaceChildren(...fresh.childNodes);
    } catch {
      // Out of reach: the last preview stays, and the button says what is the matter.
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, 400);
  };
  form.addEventListener("input", soon);
})();
