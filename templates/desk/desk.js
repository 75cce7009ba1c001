// Makes pages that work by themselves livelier: they follow what changes, count what is new, and count a text while it is
// typed. Everything it shows was made by the server; without it nothing is lost.
(() => {
  "use strict";
  const root = document.documentElement;
  if (root.dataset.live) return;
  root.dataset.live = "on";

  const title = document.title;
  const inbox = document.querySelector('header a[href^="/inbox"], nav a[href^="/inbox"]');
  const fields = "input:not([type=hidden]), textarea, select";

  const parsed = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

  // How many conversations are new, in the title and beside the way to the inbox.
  const count = async () => {
    const answer = await fetch("/inbox/new" + new URL(inbox.href).search, { redirect: "error" });
    if (!answer.ok) return;
    const said = await answer.text();
    document.title = said ? "(" + said + ") " + title : title;
    let mark = inbox.querySelector(".new");
    if (!mark && said) {
      mark = document.createElement("span");
      mark.className = "new";
      inbox.append(" ", mark);
    }
    if (mark && !said) mark.remove();
    else if (mark) mark.textContent = said;
  };

  // Whether somebody is typing there, or has typed something that is not sent.
  const isTyped = (field) =>
    field.type === "checkbox" || field.type === "radio"
      ? field.checked !== field.defaultChecked
      : field.tagName === "SELECT"
        ? [...field.options].some((option) => option.selected !== option.defaultSelected) && field.value !== field.options[0].value
        : field.value !== field.defaultValue;
  const isBusy = (part) => {
    const focused = document.activeElement;
    return (part.contains(focused) && focused.matches(fields)) || [...part.querySelectorAll(fields)].some(isTyped);
  };

  const put = (part, fresh) => {
    const ways = (within) => [...within.querySelectorAll("a, button")];
    const at = ways(part).indexOf(document.activeElement);
    part.replaceWith(fresh);
    if (at >= 0) (ways(fresh)[at] || fresh).focus?.();
  };

  const waiting = new Set();
  let fetching = false;
  // Fetches the page once more and puts in place what shows one of these kinds of things.
  const refresh = async (kinds) => {
    kinds.forEach((kind) => waiting.add(kind));
    if (fetching) return;
    fetching = true;
    try {
      const marked = document.querySelector("[data-page]");
      const here = marked ? marked.dataset.page : location.href;
      const now = [...waiting];
      waiting.clear();
      const shows = (part) => part.dataset.live.split(" ").some((kind) => now.includes(kind));
      const parts = [...document.querySelectorAll("main [data-live]")].filter(shows);
      if (parts.length === 0) return;
      const answer = await fetch(marked && location.search.includes("before") ? location.href : here, { redirect: "error" });
      if (!answer.ok) return;
      const page = await parsed(answer);
      for (const part of parts) {
        const fresh = page.getElementById(part.id);
        if (!fresh) continue;
        if (isBusy(part)) part.dataset.live.split(" ").forEach((kind) => waiting.add(kind));
        else put(part, fresh);
      }
      look();
    } finally {
      fetching = false;
    }
  };
  // What waited for somebody to end typing.
  document.addEventListener("focusout", () => setTimeout(() => waiting.size > 0 && refresh([]).catch(() => {}), 300));

  // Events, for as long as the page is looked at: a browser has few connections to spare.
  let events = null;
  const listen = () => {
    if (events || !inbox || document.hidden) return;
    const query = new URLSearchParams(new URL(inbox.href).search);
    const marked = document.querySelector("main [data-version]");
    if (marked) query.set("version", marked.dataset.version);
    if (marked && marked.dataset.customer) query.set("customer", marked.dataset.customer);
    events = new EventSource("/events?" + query);
    for (const kind of ["inbox", "cases", "messages"])
      events.addEventListener(kind, () => {
        if (kind === "inbox") count().catch(() => {});
        refresh([kind]).catch(() => {});
      });
  };
  const rest = () => {
    events?.close();
    events = null;
  };

  // Whoever has the page before them has seen what is there.
  const look = () => {
    const form = document.querySelector("form[data-seen]");
    if (!form || document.hidden) return;
    form.removeAttribute("data-seen");
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" })
      .then(() => form.remove())
      .catch(() => {});
  };

  // What a text costs, while it is typed: the server counts.
  let asked = 0;
  let timer = 0;
  const preview = async (form) => {
    const turn = ++asked;
    const body = new URLSearchParams(new FormData(form));
    body.set("act", "preview");
    const answer = await fetch(form.action, { method: "POST", body, redirect: "error" });
    if (!answer.ok) return;
    const fresh = (await parsed(answer)).getElementById("preview");
    const old = document.getElementById("preview");
    if (turn === asked && fresh && old) old.innerHTML = fresh.innerHTML;
  };
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-preview]");
    if (!form) return;
    clearTimeout(timer);
    timer = setTimeout(() => preview(form).catch(() => {}), 400);
  });

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return rest();
    listen();
    look();
  });
  addEventListener("pagehide", rest);
  if (inbox) count().catch(() => {});
  listen();
  look();
})();
