// What a person would see at a glance: boxes that overlap, text that is cut off.

/**
 * Runs in the page: names pairs of interactive boxes that intersect, interactive boxes that stick out
 * of the page or are smaller than `least`, and text that is clipped or ends in an ellipsis.
 */
export function troubles({ least }) {
  const found = [];
  const name = (element) =>
    `${element.tagName.toLowerCase()}.${element.className?.baseVal ?? element.className} “${(element.getAttribute("aria-label") ?? element.innerText ?? "").trim().slice(0, 30)}”`;
  const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest(".hidden, .twin") && !getComputedStyle(element).clipPath.startsWith("inset(50%");
  /** The part of a box that its scrolling ancestors show. */
  const shown = (element) => {
    let { left, top, right, bottom } = element.getBoundingClientRect();
    for (let up = element.parentElement; up; up = up.parentElement) {
      if (getComputedStyle(up).overflow === "visible") continue;
      const box = up.getBoundingClientRect();
      [left, top] = [Math.max(left, box.left), Math.max(top, box.top)];
      [right, bottom] = [Math.min(right, box.right), Math.min(bottom, box.bottom)];
    }
    return { left, top, right, bottom };
  };
  const all = [...document.querySelectorAll("button, a[href], input, select, [tabindex='0']")].filter(seen);
  const boxes = all.map((element) => ({ element, box: shown(element) })).filter(({ box }) => box.right - box.left > 1 && box.bottom - box.top > 1);
  boxes.forEach(({ element: one, box: a }, n) => {
    if (a.left < -0.5 || a.right > innerWidth + 0.5) found.push(`sticks out: ${name(one)}`);
    for (const { element: other, box: b } of boxes.slice(n + 1)) {
      if (one.contains(other) || other.contains(one)) continue;
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 1 && high > 1) found.push(`overlap of ${Math.round(wide)} × ${Math.round(high)}: ${name(one)} and ${name(other)}`);
    }
    const { width, height } = one.getBoundingClientRect();
    if (least && (width < least - 0.5 || height < least - 0.5) && one.matches("button, a[href], select, input")) {
      found.push(`smaller than a finger, ${Math.round(width)} × ${Math.round(height)}: ${name(one)}`);
    }
  });
  // Text that does not fit its box. Values of keys may end in an ellipsis: they are data of any length.
  for (const element of document.querySelectorAll(".lab *")) {
    if (!(element instanceof HTMLElement) || !seen(element) || element.closest("em, .keys, pre, input, select")) continue;
    const style = getComputedStyle(element);
    if (![...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())) continue;
    for (let up = element; up && up !== document.body; up = up.parentElement) {
      const overflow = getComputedStyle(up);
      if (/auto|scroll/.test(overflow.overflowX + overflow.overflowY)) break;
      if (overflow.overflow === "visible") continue;
      const range = document.createRange();
      range.selectNodeContents(element);
      const [text, box] = [range.getBoundingClientRect(), up.getBoundingClientRect()];
      if (text.width > 0 && (text.right > box.right + 1 || text.bottom > box.bottom + 2.5 || text.left < box.left - 1)) {
        found.push(`cut off by ${name(up)}: ${name(element)}`);
      }
      break;
    }
    if (style.textOverflow === "ellipsis" && element.scrollWidth > element.clientWidth) found.push(`ellipsis: ${name(element)}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push("the page is wider than the window");
  return [...new Set(found)];
}
