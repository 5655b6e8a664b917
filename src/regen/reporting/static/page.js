// Light or dark, English or Chinese: as the system has it until a button is pressed. Runs before the page shows.
"use strict";

const page = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

// A browser may keep nothing for pages from disk, and say so with an error.
function remembered(name) {
  try {
    return localStorage.getItem(`regen-${name}`);
  } catch {
    return null;
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(`regen-${name}`, value);
  } catch {
    // the choice holds for this page alone
  }
}

function isDark() {
  return page.dataset.theme ? page.dataset.theme === "dark" : system.matches;
}

// Spans have both languages; these elements can hold but one text.
function translateSingles() {
  for (const element of document.querySelectorAll("[data-zh]")) {
    element.dataset.en ??= element.textContent;
    element.textContent = element.dataset[page.lang];
  }
  for (const element of document.querySelectorAll("[data-zh-title]")) {
    element.dataset.enTitle ??= element.title;
    element.title = element.dataset[`${page.lang}Title`];
  }
}

function tellOthers() {
  document.getElementById("theme").setAttribute("aria-pressed", isDark());
  document.dispatchEvent(new Event("restyle"));
}

// A box is reached by the Tab key only as long as it scrolls.
const boxes = new ResizeObserver((entries) => {
  for (const box of new Set(entries.map((entry) => entry.target.closest(".scroll")))) {
    const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
    if (scrolls) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
});

if (["light", "dark"].includes(remembered("theme"))) page.dataset.theme = remembered("theme");
page.lang = remembered("language") === "zh" || (!remembered("language") && navigator.language.startsWith("zh")) ? "zh" : "en";

document.addEventListener("DOMContentLoaded", () => {
  document.querySelector(".switches").hidden = false;
  document.getElementById("theme").addEventListener("click", () => {
    page.dataset.theme = isDark() ? "light" : "dark";
    remember("theme", page.dataset.theme);
    tellOthers();
  });
  document.getElementById("language").addEventListener("click", () => {
    page.lang = page.lang === "zh" ? "en" : "zh";
    remember("language", page.lang);
    translateSingles();
    tellOthers();
  });
  system.addEventListener("change", tellOthers);
  for (const box of document.querySelectorAll(".scroll")) {
    boxes.observe(box);
    boxes.observe(box.firstElementChild);
  }
  translateSingles();
  tellOthers();
});
