// What makes pages quicker to use where scripts run; nothing here is needed to save anything.
"use strict";

// Paint several boxes of a grid at one stroke: the first box decides, those that the pointer passes follow.
for (const grid of document.querySelectorAll(".paint")) {
  let ticked = null;
  const boxAt = (event) => {
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const cell = under && under.closest(".paint td");
    return cell && grid.contains(cell) ? cell.querySelector("input") : null;
  };
  grid.addEventListener("pointerdown", (event) => {
    const box = event.target.closest("td") && boxAt(event);
    if (!box || event.pointerType === "touch") return;
    ticked = !box.checked;
  });
  grid.addEventListener("pointermove", (event) => {
    if (ticked === null || !(event.buttons & 1)) return;
    const box = boxAt(event);
    if (box) box.checked = ticked;
  });
  grid.addEventListener("pointerup", () => { ticked = null; });
  // Arrows move through the grid.
  grid.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    const cell = event.target.closest("td");
    if (!step || !cell) return;
    const row = cell.parentElement;
    const next = grid.rows[row.rowIndex + step[0]]?.cells[cell.cellIndex + step[1]]?.querySelector("input");
    if (next) { next.focus(); event.preventDefault(); }
  });
}

// Until a change is in force everywhere, ask how far it has come.
for (const place of document.querySelectorAll("[data-standing]")) {
  const ask = async () => {
    const answer = await fetch(place.dataset.standing, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const said = await answer.json();
    const [zh, en] = place.querySelectorAll("span");
    zh.textContent = said.zh;
    en.textContent = said.en;
    place.classList.replace("saved", said.standing);
    if (said.standing === "saved") setTimeout(ask, 500);
  };
  setTimeout(ask, 300);
}
