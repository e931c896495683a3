// Only the rows near the viewport are drawn. Heights are known beforehand, so nothing is measured and nothing jumps: the
// browser's own scroll anchoring keeps what is read in place when rows come and go above it.
const BEYOND = 600, STEP = 240, ALL_BELOW = 80;

/** The slice of `items` to draw: {from, to, before, after} with the heights left out, in pixels. */
export function slice(items, heightOf, top, viewport) {
  if (items.length <= ALL_BELOW) return { from: 0, to: items.length, before: 0, after: 0 };
  const start = Math.floor((top - BEYOND) / STEP) * STEP, end = start + viewport + 2 * BEYOND + STEP;
  let y = 0, from = 0, before = 0, to = items.length, after = 0;
  for (let i = 0; i < items.length; i += 1) {
    const bottom = y + heightOf(items[i]);
    if (bottom <= start) { from = i + 1; before = bottom; }
    if (y > end && to === items.length) to = i;
    if (i >= to) after += bottom - y;
    y = bottom;
  }
  return { from, to, before, after };
}
/** Where item `index` begins. */
export function offset(items, heightOf, index) {
  let y = 0;
  for (let i = 0; i < index; i += 1) y += heightOf(items[i]);
  return y;
}

const moving = new WeakMap();
const still = matchMedia("(prefers-reduced-motion: reduce)");
/** Where each row or card is seen now, to be handed to `glide` once they have changed. */
export function places(root) {
  const found = new Map();
  if (still.matches || document.hidden || !root) return found;
  for (const at of root.querySelectorAll("[data-id]")) {
    const box = at.getBoundingClientRect();
    if (box.top > -STEP && box.top < innerHeight + STEP) found.set(at.dataset.id, box);
  }
  return found;
}
/** They go from where they were to where they are; new ones slide in. */
export function glide(root, before) {
  if (!before.size) return;
  const rows = [...root.querySelectorAll("[data-id]")];
  for (const at of rows) moving.get(at)?.cancel();
  const style = getComputedStyle(root), easing = style.getPropertyValue("--ease").trim() || "ease";
  const shifts = rows.map((at) => {
    const box = at.getBoundingClientRect(), from = before.get(at.dataset.id);
    return { at, seen: box.top > -STEP && box.top < innerHeight + STEP, x: from && from.left - box.left, y: from && from.top - box.top, isNew: !from };
  });
  for (const { at, seen, x, y, isNew } of shifts) {
    if (!seen || (!isNew && Math.abs(x) < 1 && Math.abs(y) < 1)) continue;
    const frames = isNew ? [{ transform: "translateY(-10px)", opacity: 0 }, {}] : [{ transform: `translate(${x}px, ${y}px)` }, {}];
    moving.set(at, at.animate(frames, { duration: isNew ? 220 : 420, easing }));
  }
}
