// Pairs of visible texts whose boxes lie over each other.
() => {
  const boxes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const [text, holder] = [walker.currentNode.textContent.trim(), walker.currentNode.parentElement];
    // Vega keeps labels for which there is no room, and lets nobody see them.
    const isUnseen = holder.closest(".unseen, script, style, option") || holder.getAttribute("opacity") === "0";
    if (/rotate\((?!0)/.test(holder.getAttribute("transform") ?? "")) continue; // a box around a slope holds much else
    if (!text || isUnseen || !holder.checkVisibility({ visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    for (const { left, right, top, bottom } of range.getClientRects()) boxes.push({ text, left, right, top, bottom });
  }
  boxes.sort((one, other) => one.top - other.top);
  const found = [];
  boxes.forEach((one, place) => {
    for (const other of boxes.slice(place + 1)) {
      if (other.top >= one.bottom) break;
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (across > 2 && down > 3) found.push([one.text.slice(0, 40), other.text.slice(0, 40)]);
    }
  });
  return found;
}
