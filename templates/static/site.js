// What the pages do better with JavaScript; without it every link and form works by itself.

const box = document.getElementById("q");
const form = box?.form;
const TYPING_MS = 300;
const REST_MS = 1000; // without a letter: somebody has stopped typing
let request = new AbortController();
let typing = 0;
let lastLetter = 0; // when it was typed
let typed = false; // what is shown was asked by typing: more letters are no new page
let shown = here(location);

// --- the answer, without leaving the page ---------------------------------------------------

/** Show the page of an address in place of this one; what has the focus keeps it. */
async function show(url, { push = true, live = false } = {}) {
  request.abort();
  request = new AbortController();
  const { signal } = request;
  const main = document.getElementById("contenuto");
  main.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(url, { signal });
    if (response.redirected) url = here(new URL(response.url)); // to the list as it is now
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!response.ok || !page.querySelector("main [data-live]")) {
      if (!live) location.assign(url);
      return;
    }
    if (live && page.getElementById("nessuno")) await rest(signal);
    replace(page, question(url) === question(shown));
    if (push && url !== shown && !(live && typed)) history.pushState(null, "", url);
    else history.replaceState(null, "", url);
    typed = live;
    shown = url;
  } catch (error) {
    if (error.name !== "AbortError" && !live) location.assign(url);
  } finally {
    if (!signal.aborted) main.removeAttribute("aria-busy");
  }
}

/** Half a word often has no answer: that is said when typing rests, and no sooner. */
async function rest(signal) {
  let left = lastLetter + REST_MS - performance.now();
  for (; left > 0; left = lastLetter + REST_MS - performance.now()) {
    await new Promise((done) => setTimeout(done, left));
    signal.throwIfAborted();
  }
}

/** Show the page a link leads to; the box says what it asks. */
function follow(url, options) {
  clearTimeout(typing);
  box.value = new URLSearchParams(url.search).get("q") ?? "";
  return show(here(url), options);
}

/** An address without its host and its place within the page. */
function here({ pathname, search }) {
  return pathname + search;
}

/** The question in an address. */
function question(url) {
  return new URL(url, location).searchParams.get("q");
}

/** Take over, from another page, every part that is marked as live but where somebody writes; what
 * somebody unfolded stays so while the question is the `same`. */
function replace(page, same) {
  const focused = document.activeElement?.id;
  const writing = document.activeElement?.closest("input");
  document.title = page.title;
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = page.getElementById(part.id);
    if (!next || part.contains(writing)) continue;
    const filters = next.querySelector("details.filtering");
    if (filters) filters.open ||= part.querySelector("details.filtering").open;
    if (same) {
      for (const { id } of part.querySelectorAll("details.group[open]"))
        next.querySelector(`#${id}`)?.setAttribute("open", "");
    }
    part.replaceChildren(...document.adoptNode(next).childNodes);
  }
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
}

/** The address of what a form asks; fields that are empty are left out, unless that is an answer. */
function asked(form, whole = false) {
  const fields = [...new FormData(form)].filter(([, value]) => whole || value.trim());
  const url = new URL(form.action);
  url.search = new URLSearchParams(fields);
  return here(url);
}

if (form && document.getElementById("risultati")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    close();
    show(asked(form));
  });
  box.addEventListener("input", () => {
    clearTimeout(typing);
    lastLetter = performance.now();
    const enough = box.value.trim().length > 2;
    if (enough) typing = setTimeout(() => show(asked(form), { live: true }), TYPING_MS);
    else request.abort();
    // What is shown answers other words: it stays, dimmed, until the answer to these is there.
    document.getElementById("contenuto").setAttribute("aria-busy", String(enough));
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#risultati a[href]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const url = new URL(link.getAttribute("href"), location); // a link of the map has no other
    if (url.host !== location.host || url.pathname !== location.pathname || url.hash) return;
    event.preventDefault();
    follow(url).then(() => {
      if (!document.activeElement || document.activeElement === document.body)
        document.getElementById("conteggio")?.focus();
    });
  });
  addEventListener("popstate", () => {
    // A place within the page is no other page.
    if (here(location) !== shown) follow(location, { push: false });
  });
}

// --- the box --------------------------------------------------------------------------------

addEventListener("keydown", (event) => {
  const writing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || writing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  if (!box) return location.assign(new URL("#q", document.querySelector(".wordmark")));
  box.focus();
  box.select();
});

// Suggestions, as an ARIA combobox with a list below the box.
let list = null;
let asking = new AbortController();

function close() {
  asking.abort();
  if (!list) return;
  list.hidden = true;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function mark(option) {
  for (const other of list.children) other.setAttribute("aria-selected", String(other === option));
  if (option) box.setAttribute("aria-activedescendant", option.id);
  else box.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function choose(option) {
  box.value = option.textContent;
  close();
  form.requestSubmit();
}

async function suggest() {
  asking.abort();
  asking = new AbortController();
  if (box.value.trim().length < 2) return close();
  try {
    const url = `/api/v1/suggestions?${new URLSearchParams({ q: box.value, lang: document.documentElement.lang })}`;
    const suggestions = await (await fetch(url, { signal: asking.signal })).json();
    list.replaceChildren(
      ...suggestions.map(({ text }, number) => {
        const option = document.createElement("li");
        Object.assign(option, { id: `suggerimento-${number}`, textContent: text, role: "option" });
        option.setAttribute("aria-selected", "false");
        return option;
      }),
    );
    list.hidden = !suggestions.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    box.removeAttribute("aria-activedescendant");
  } catch (error) {
    // Suggestions are a help: without them the search works all the same. Those given up for newer
    // ones must not close these.
    if (error.name !== "AbortError") close();
  }
}

if (form?.dataset.suggestions) {
  list = document.createElement("ul");
  Object.assign(list, { id: "suggerimenti", role: "listbox", hidden: true });
  list.setAttribute("aria-label", form.dataset.suggestions);
  box.after(list);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-expanded", "false");
  box.setAttribute("aria-controls", list.id);
  box.addEventListener("input", suggest);
  box.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("li");
    if (option) choose(option);
  });
  box.addEventListener("keydown", (event) => {
    const options = [...list.children];
    const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(options[(now + step + options.length + (now < 0 && step < 0)) % options.length]);
    } else if (event.key === "Enter" && now >= 0 && !list.hidden) {
      event.preventDefault();
      choose(options[now]);
    }
  });
}

// --- the shortlist --------------------------------------------------------------------------

// What is written of it goes into the address of the page while it is written, and with it into all
// its links, which are relative.
const saves = document.querySelector("form[data-saves]");
const isWritten = (field) => field.form === saves && field.type === "text";

function save() {
  clearTimeout(typing);
  show(asked(saves, true), { push: false, live: true });
}

/** Put what is not in the address yet into a link that is followed: following it saves it. */
function carry(link) {
  const written = link.getAttribute("href");
  if (!written.startsWith(".")) return; // no page of ours, or a place within this one
  const url = new URL(written, location);
  for (const field of [...saves.elements].filter(isWritten)) {
    if (field.value === field.defaultValue) url.searchParams.delete(field.name);
    else url.searchParams.set(field.name, field.value);
  }
  link.setAttribute("href", written.replace(/[?#].*/, "") + url.search + url.hash);
}

if (saves) {
  document.addEventListener("input", ({ target }) => {
    if (!isWritten(target)) return;
    request.abort(); // its answer would bring back what was written before
    clearTimeout(typing);
    typing = setTimeout(save, TYPING_MS);
    const paper = target.closest("li")?.querySelector(".own-note");
    if (paper) paper.textContent = target.value;
  });
  document.addEventListener("change", ({ target }) => isWritten(target) && save());
  for (const kind of ["click", "auxclick", "contextmenu"])
    document.addEventListener(
      kind,
      ({ target }) => {
        const link = target.closest?.("a[href]");
        if (link) carry(link);
      },
      true,
    );
}

// --- buttons that need a script -------------------------------------------------------------

document.documentElement.classList.add("scripting");
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("button");
  if (button?.matches("[data-print]")) return print();
  if (!button?.matches("[data-copy]")) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
  else document.execCommand("copy"); // on pages that are not sent over HTTPS
  document.getElementById("copiato").textContent = button.dataset.done;
});
