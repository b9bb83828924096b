// What is wrong with how the pages in a document's frames look, as JSON in its title: by each frame's title a list of
// sentences. Words stand at the left, nothing reaches beyond the right edge, no word of a head is broken, and text
// differs from what is behind it.

const LEAST_CONTRAST = 4.5; // WCAG 2.2, 1.4.3

const parts = (color) => color.match(/[\d.]+/g).map(Number);

function over([r, g, b, alpha = 1], behind) {
  return [r, g, b].map((each, index) => each * alpha + behind[index] * (1 - alpha));
}

function luminance(color) {
  const [r, g, b] = color.map((each) => {
    const share = each / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function canvas(page) {
  const sample = page.createElement("div");
  sample.style.backgroundColor = "Canvas";
  page.body.append(sample);
  const color = parts(page.defaultView.getComputedStyle(sample).backgroundColor);
  sample.remove();
  return color;
}

function behind(element, bottom) {
  if (!element) return bottom;
  const color = parts(element.ownerDocument.defaultView.getComputedStyle(element).backgroundColor);
  return color[3] === 0 ? behind(element.parentElement, bottom) : over(color, behind(element.parentElement, bottom));
}

function look(page) {
  const found = new Set();
  const view = page.defaultView;
  const said = (element) => `${element.localName} "${element.textContent.trim().slice(0, 40)}"`;
  for (const cell of page.querySelectorAll("td, th")) {
    if (!["left", "start"].includes(view.getComputedStyle(cell).textAlign)) found.add(`not at the left: ${said(cell)}`);
  }
  for (const head of page.querySelectorAll("thead th")) {
    const range = page.createRange();
    range.selectNodeContents(head);
    const lines = new Set([...range.getClientRects()].map((each) => Math.round(each.top)));
    if (!/\s/.test(head.textContent) && lines.size > 1) found.add(`broken: ${said(head)}`);
  }
  const bottom = canvas(page);
  const words = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const text = words.currentNode;
    const element = text.parentElement;
    if (!text.data.trim() || element.localName === "style") continue;
    const range = page.createRange();
    range.selectNodeContents(text);
    if (range.getBoundingClientRect().right > view.innerWidth + 1) found.add(`beyond the edge: ${said(element)}`);
    const back = behind(element, bottom);
    const ratio = contrast(over(parts(view.getComputedStyle(element).color), back), back);
    if (ratio < LEAST_CONTRAST) found.add(`contrast ${ratio.toFixed(1)}: ${said(element)}`);
  }
  if (page.documentElement.scrollWidth > view.innerWidth) found.add("the page can be scrolled to the right");
  return [...found];
}

addEventListener("load", () => {
  const frames = [...document.querySelectorAll("iframe")];
  document.title = JSON.stringify(Object.fromEntries(frames.map((each) => [each.title, look(each.contentDocument)])));
});
