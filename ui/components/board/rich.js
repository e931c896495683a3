// What people wrote, of the HTML that the server has cleaned: read by a document that runs and fetches nothing, and drawn anew
// of the elements and attributes that are known here, so that no text becomes HTML in the page.
import { h } from "vue";

const TAGS = ["P", "BR", "HR", "STRONG", "EM", "S", "CODE", "PRE", "BLOCKQUOTE", "UL", "OL", "LI", "A", "SPAN", "DIV", "TABLE", "THEAD", "TBODY", "TR", "TH", "TD"];
const ATTRIBUTES = ["class", "start", "tabindex", "target", "rel"], WEB = /^(https?:|mailto:)/i;

/** An element of `tag` with the text in it. */
export function rich(tag, cls, html) {
  return h(tag, { class: ["vg-md", cls] }, drawn(new DOMParser().parseFromString(html, "text/html").body));
}

function drawn(parent) {
  return [...parent.childNodes].map((node) => {
    if (!TAGS.includes(node.nodeName)) return node.textContent;
    const given = Object.fromEntries(ATTRIBUTES.filter((name) => node.hasAttribute(name)).map((name) => [name, node.getAttribute(name)]));
    const href = node.nodeName === "A" && node.getAttribute("href");
    return h(node.nodeName.toLowerCase(), href && WEB.test(href) ? { ...given, href } : given, drawn(node));
  });
}
