// The least that a page with nine nodes and so many packets can be, for `bench.mjs` to compare with: two texts
// a node, one of which is written in every frame, and four paths. There is no simulation, no ring, no History.
export const bare = (packets) => `<!doctype html><meta charset="utf-8"><title>bare</title>
<svg class="flights" data-packets="${packets}" width="1340" height="740"></svg>
<script type="module">
  const stage = document.querySelector("svg");
  const add = (tag, attributes) => {
    const made = document.createElementNS(stage.namespaceURI, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return stage.appendChild(made);
  };
  const nodes = Array.from({ length: 9 }, (_, n) => {
    const [x, y] = n === 0 ? [600, 20] : [n * 160 - 140, 500];
    add("rect", { x, y, width: 120, height: 60, fill: "#eee" });
    add("text", { x: x + 10, y: y + 20 }).textContent = "node " + n;
    return add("text", { x: x + 10, y: y + 45 }).appendChild(new Text("0"));
  });
  const paths = ["red", "green", "blue", "black"].map((stroke) =>
    add("path", { stroke, "stroke-width": 18, "stroke-linecap": "round" }));
  let [offset, time] = [0, 0];
  const tick = () => {
    requestAnimationFrame(tick);
    [offset, time] = [offset + 37, time + 0.005];
    for (const node of nodes) node.nodeValue = String(offset);
    const shapes = paths.map(() => "");
    for (let n = 0; n < ${packets}; n += 1) {
      const way = (n / ${packets} + time) % 1;
      const [x, y] = [660 + way * ((n % 8) * 160 - 580), 80 + way * 420];
      shapes[n % 4] += "M" + x.toFixed(1) + " " + y.toFixed(1) + "h16";
    }
    paths.forEach((path, n) => path.setAttribute("d", shapes[n]));
  };
  requestAnimationFrame(tick);
</script>`;
