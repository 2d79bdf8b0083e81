import { escapeXml } from './chart.ts';
import type { Frame } from './cpu-profile.ts';

/** Frames that take a smaller share than this are left out: nobody could see them. */
const LEAST = 0.0005;

/**
 * A page with a flame graph: callers above, what they call below, as wide as the time it took. A click
 * widens a frame, a search marks the frames with a word in their name. Needs no other file.
 */
export function flameGraph(title: string, root: Frame): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeXml(title)}</title>
<style>${style}</style>
<h1>${escapeXml(title)}</h1>
<p><input id="search" type="search" placeholder="Mark functions" aria-label="Mark functions">
<button id="all" type="button">Show all</button> <output id="about"></output></p>
<main id="graph"></main>
<script type="application/json" id="frames">${toJson(root)}</script>
<script>${script}</script>
</html>
`;
}

/** Nested arrays of name, place, self time, total time and children, safe inside a script element. */
function toJson(root: Frame): string {
  const pack = ({ name, place, self, total, children }: Frame): unknown[] => [
    name,
    place,
    self,
    total,
    children.filter((child) => child.total >= root.total * LEAST).map(pack),
  ];
  return JSON.stringify(pack(root)).replaceAll('<', '\\u003c');
}

const style = `
:root { color-scheme: light dark; }
body { font: 14px system-ui, sans-serif; margin: 16px; }
h1 { font-size: 18px; }
#graph { position: relative; }
.frame {
  position: absolute; height: 19px; box-sizing: border-box; overflow: hidden; white-space: nowrap;
  border: 1px solid Canvas; border-radius: 3px; padding: 0 4px; font-size: 12px; line-height: 17px;
  color: #1f2328; text-align: left; cursor: pointer;
}
.frame.marked { background: #d2a8ff !important; }
.frame:focus-visible { outline: 2px solid Highlight; }
`;

// Runs in the browser. Hues: the gateway's own code warm, Node's and V8's cool.
const script = String.raw`
const root = JSON.parse(document.getElementById('frames').textContent);
const graph = document.getElementById('graph');
const about = document.getElementById('about');
const search = document.getElementById('search');
const whole = root[3];
let shown = root;

function describe([name, place, self, total]) {
  const share = (part) => (100 * part / whole).toFixed(1) + ' %';
  return name + (place ? '  ' + place : '') + ':  ' + share(total) + ', itself ' + share(self);
}
function colour([name, place]) {
  let hash = 0;
  for (const char of name) hash = (hash * 31 + char.charCodeAt(0)) >>> 0;
  const own = place !== '' && !place.startsWith('node:');
  return 'hsl(' + ((own ? 20 : 190) + hash % 35) + ' 75% ' + (62 + hash % 12) + '%)';
}
function draw() {
  const word = search.value.toLowerCase();
  const width = graph.clientWidth;
  const boxes = [];
  let depth = 0;
  (function place(frame, left, level) {
    const size = frame[3] / shown[3] * width;
    if (size < 1) return;
    depth = Math.max(depth, level);
    const box = document.createElement('button');
    box.className = 'frame';
    box.type = 'button';
    box.textContent = size > 30 ? frame[0] : '';
    box.title = describe(frame);
    box.style.cssText = 'left:' + left + 'px;top:' + level * 20 + 'px;width:' + size +
      'px;background:' + colour(frame);
    box.classList.toggle('marked', word !== '' && (frame[0] + frame[1]).toLowerCase().includes(word));
    box.onmouseenter = box.onfocus = () => { about.textContent = describe(frame); };
    box.onclick = () => { shown = frame; draw(); };
    boxes.push(box);
    for (const child of frame[4]) {
      place(child, left, level + 1);
      left += child[3] / shown[3] * width;
    }
  })(shown, 0, 0);
  graph.replaceChildren(...boxes);
  graph.style.height = (depth + 1) * 20 + 'px';
}
document.getElementById('all').onclick = () => { shown = root; draw(); };
search.oninput = draw;
addEventListener('resize', draw);
draw();
`;
