// What the pages do better with JavaScript; without it every link and form works by itself.

const box = document.getElementById("q");
const form = box?.form;
const TYPING_MS = 300;
let request = new AbortController();
let typing = 0;

// --- the answer, without leaving the page ---------------------------------------------------

/** Show the page of an address in place of this one; what has the focus keeps it. */
async function show(url, { push = true, quiet = false } = {}) {
  request.abort();
  request = new AbortController();
  const main = document.getElementById("contenuto");
  main.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(url, { signal: request.signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!response.ok || !page.getElementById("risultati")) {
      if (!quiet) location.assign(url);
      return;
    }
    replace(page);
    if (push) history.pushState(null, "", url);
    else history.replaceState(null, "", url);
  } catch (error) {
    if (error.name !== "AbortError" && !quiet) location.assign(url);
  } finally {
    main.removeAttribute("aria-busy");
  }
}

/** Take over, from another page, every part that is marked as live. */
function replace(page) {
  const focused = document.activeElement?.id;
  document.title = page.title;
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = page.getElementById(part.id);
    if (next) part.replaceChildren(...document.adoptNode(next).childNodes);
  }
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
}

/** The address of what the form asks; empty fields are left out. */
function asked() {
  const fields = [...new FormData(form)].filter(([, value]) => value.trim());
  const query = new URLSearchParams(fields).toString();
  return query ? `${form.getAttribute("action")}?${query}` : form.getAttribute("action");
}

if (form && document.getElementById("risultati")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    close();
    show(asked());
  });
  box.addEventListener("input", () => {
    clearTimeout(typing);
    const first = new URLSearchParams(location.search).get("q") === null;
    if (box.value.trim().length > 2)
      typing = setTimeout(() => show(asked(), { push: first, quiet: true }), TYPING_MS);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#risultati a[href], #scelte a[href]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const url = new URL(link.href);
    if (url.host !== location.host || url.pathname !== location.pathname) return;
    event.preventDefault();
    show(url.pathname + url.search).then(() => {
      if (!document.activeElement || document.activeElement === document.body)
        document.getElementById("conteggio")?.focus();
    });
  });
  addEventListener("popstate", () => {
    box.value = new URLSearchParams(location.search).get("q") ?? "";
    show(location.href, { push: false });
  });
}

// --- the box --------------------------------------------------------------------------------

addEventListener("keydown", (event) => {
  const writing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || writing || event.ctrlKey || event.metaKey || event.altKey || !box) return;
  event.preventDefault();
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
    const url = `/api/v1/suggestions?${new URLSearchParams({ q: box.value })}`;
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
  } catch {
    close(); // suggestions are a help: without them the search works all the same
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
  list.addEventListener("click", (event) => choose(event.target.closest("li")));
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

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
