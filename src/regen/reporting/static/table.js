// Sorts and filters the leaderboard of the overview.
"use strict";

const table = document.getElementById("leaderboard");
const body = table.tBodies[0];
const rows = [...body.rows];
const heads = [...table.querySelectorAll("th[data-sort]")];
const filter = document.querySelector("form.filter");

function value(row, column, kind) {
  const cell = row.cells[column];
  const text = cell.dataset.value ?? cell.textContent.trim();
  if (kind === "text") return text === "–" ? null : text;
  const number = Number.parseFloat(text.replaceAll(",", "").replace("−", "-"));
  return Number.isNaN(number) ? null : number;
}

// What has no value stands last either way; equal ones keep the order of the page.
function sort(head) {
  const kind = head.dataset.sort;
  const first = kind === "text" ? "ascending" : "descending";
  const other = kind === "text" ? "descending" : "ascending";
  const order = head.getAttribute("aria-sort") === first ? other : first;
  const sign = order === "ascending" ? 1 : -1;
  const column = heads.indexOf(head);
  const keys = new Map(rows.map((row) => [row, value(row, column, kind)]));
  const compare = (a, b) => (kind === "text" ? a.localeCompare(b, "en", { numeric: true }) : a - b);
  const sorted = [...rows].sort((one, two) => {
    const [a, b] = [keys.get(one), keys.get(two)];
    if (a === null || b === null) return (a === null) - (b === null);
    return sign * compare(a, b);
  });
  heads.forEach((each) => each.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", order);
  body.append(...sorted);
}

function show() {
  const wanted = new FormData(filter);
  const words = wanted.get("text").toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = ["benchmark", "task", "recipe", "state"].filter((name) => wanted.get(name));
  let shown = 0;
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !(chosen.every((name) => row.dataset[name] === wanted.get(name)) && words.every((word) => text.includes(word)));
    shown += !row.hidden;
  }
  document.getElementById("shown").textContent = shown;
}

for (const head of heads) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  button.addEventListener("click", () => sort(head));
  head.append(button);
}
filter.hidden = false;
filter.addEventListener("input", show);
filter.addEventListener("change", show); // some ways of choosing from a list say this alone
filter.addEventListener("submit", (event) => event.preventDefault());
filter.addEventListener("reset", () => setTimeout(show)); // the fields are empty only after the event
show(); // a browser that goes back fills in the fields again
