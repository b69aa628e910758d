// Texts that are broken into hardly more than a letter a line.
() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const [text, holder] = [walker.currentNode.textContent.trim(), walker.currentNode.parentElement];
    if (text.length < 4 || holder.closest(".unseen, script, style, option, svg")) continue;
    if (!holder.checkVisibility({ visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
    if (lines > 2 && text.length / lines < 3) found.push(`${text.slice(0, 40)}: ${lines} lines`);
  }
  return found;
}
