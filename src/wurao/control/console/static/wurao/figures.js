// Draws each chart from the table beside it, which says the same and is there without scripts.
"use strict";

const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();
const COLOURS = { label: colour("--warn"), divert: colour("--main"), block: colour("--bad") };
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const LONGEST = 18;

// A reason is called by its code, which is short; anything else as the table calls it, Chinese first.
const nameOf = (head) => {
  const name = head.dataset.name || head.innerText.trim();
  return name.length > LONGEST ? name.slice(0, LONGEST) + "…" : name;
};

const draw = (place) => {
  const table = document.getElementById(place.dataset.table);
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies[0].rows];
  const series = heads.map((head, column) => ({ head, column })).filter(({ head }) => head.dataset.series);
  const sideways = place.dataset.kind === "bar";
  place.hidden = false;
  place.classList.add(sideways ? "bars" : "columns");
  if (sideways) place.style.height = `${4 + 1.75 * rows.length}rem`;
  const grid = { color: colour("--line") };
  const ticks = { color: colour("--ink"), precision: 0 };
  new Chart(place.querySelector("canvas"), {
    type: "bar",
    data: {
      labels: rows.map((row) => nameOf(row.cells[0])),
      datasets: series.map(({ head, column }) => ({
        label: head.innerText.trim(),
        data: rows.map((row) => Number(row.cells[column].dataset.value)),
        backgroundColor: COLOURS[head.dataset.series],
      })),
    },
    options: {
      indexAxis: sideways ? "y" : "x",
      animation: still ? false : { duration: 300 },
      maintainAspectRatio: false,
      scales: {
        x: { stacked: true, grid, ticks },
        y: { stacked: true, grid, ticks: sideways ? { ...ticks, autoSkip: false } : ticks },
      },
      plugins: { legend: { labels: { color: colour("--ink") } } },
    },
  });
};

document.querySelectorAll(".chart").forEach(draw);
