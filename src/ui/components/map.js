// The map of sounds: every stem a point, near means alike. Wheel zooms, drag moves, click plays.
// Data: {points: address, audio: address with "ID" in it, colours: {category: colour},
// words: {hint, loading, broken}, category}
export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const key = data.points;
  const old = parentElement.querySelector(".te-map");
  if (old && old.dataset.key === key) return old.teHalt;
  if (old) { old.teHalt(); old.remove(); }

  const root = document.createElement("div");
  root.className = "te-map";
  root.dataset.key = key;
  root.tabIndex = 0;
  root.setAttribute("role", "application");
  root.setAttribute("aria-label", data.words.hint);
  const canvas = document.createElement("canvas");
  const label = document.createElement("div");
  label.className = "te-maplabel";
  label.textContent = data.words.loading;
  const audio = document.createElement("audio");
  root.append(canvas, label, audio);
  parentElement.appendChild(root);

  let points = [];
  let view = { x: 0, y: 0, zoom: 1 };
  let chosen = -1;
  const ink = canvas.getContext("2d");

  function place(point) {
    const box = canvas.getBoundingClientRect();
    return [(0.5 + (point.px - 0.5 - view.x) * view.zoom) * box.width,
            (0.5 + (point.py - 0.5 - view.y) * view.zoom) * box.height];
  }

  function draw() {
    const box = canvas.getBoundingClientRect();
    const dots = window.devicePixelRatio || 1;
    canvas.width = box.width * dots;
    canvas.height = box.height * dots;
    ink.setTransform(dots, 0, 0, dots, 0, 0);
    ink.clearRect(0, 0, box.width, box.height);
    const radius = Math.min(6, (points.length > 2000 ? 1.8 : 3.4) * Math.sqrt(view.zoom));
    points.forEach((point, number) => {
      const [x, y] = place(point);
      if (x < -9 || y < -9 || x > box.width + 9 || y > box.height + 9) return;
      ink.fillStyle = data.colours[point.category] || "#888";
      ink.globalAlpha = number === chosen ? 1 : 0.75;
      ink.beginPath();
      ink.arc(x, y, number === chosen ? radius + 4 : radius, 0, 7);
      ink.fill();
    });
  }

  function nearest(event) {
    const box = canvas.getBoundingClientRect();
    let best = -1;
    let least = 14 * 14;
    points.forEach((point, number) => {
      const [x, y] = place(point);
      const far = (x - (event.clientX - box.left)) ** 2 + (y - (event.clientY - box.top)) ** 2;
      if (far < least) { least = far; best = number; }
    });
    return best;
  }

  function play(number) {
    if (number < 0) return;
    chosen = number;
    const point = points[number];
    for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
    audio.src = data.audio.replace("ID", point.id);
    audio.play().catch(() => {});
    label.textContent = "▶ " + point.name + " · " + point.category;
    root.dataset.played = point.id;
    draw();
    setTriggerValue("chosen", point.id);
  }

  let drag = null;
  canvas.onpointerdown = (event) => { drag = { x: event.clientX, y: event.clientY, far: 0 }; };
  canvas.onpointermove = (event) => {
    if (drag && event.buttons) {
      const box = canvas.getBoundingClientRect();
      const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
      view.x -= dx / box.width / view.zoom;
      view.y -= dy / box.height / view.zoom;
      drag = { x: event.clientX, y: event.clientY, far: drag.far + Math.abs(dx) + Math.abs(dy) };
      draw();
      return;
    }
    const found = nearest(event);
    canvas.style.cursor = found < 0 ? "grab" : "pointer";
    if (found >= 0) label.textContent = points[found].name + " · " + points[found].category;
  };
  canvas.onpointerup = (event) => { if (drag && drag.far < 6) play(nearest(event)); drag = null; };
  canvas.onwheel = (event) => {
    event.preventDefault();
    view.zoom = Math.min(60, Math.max(1, view.zoom * (event.deltaY < 0 ? 1.2 : 1 / 1.2)));
    if (view.zoom === 1) view = { x: 0, y: 0, zoom: 1 };
    draw();
  };
  root.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined || !points.length) return;
    event.preventDefault();
    play((chosen + step + points.length) % points.length);
  };

  function scaled(found) {
    for (const [axis, to] of [["x", "px"], ["y", "py"]]) {
      const all = found.map((point) => point[axis]);
      const low = all.reduce((a, b) => Math.min(a, b), Infinity);
      const high = all.reduce((a, b) => Math.max(a, b), -Infinity);
      for (const point of found) point[to] = 0.03 + (0.94 * (point[axis] - low)) / (high - low || 1);
    }
    return found;
  }

  async function load() {
    let found = [];
    let cursor = null;
    do {
      const more = cursor === null ? "" : "&cursor=" + encodeURIComponent(cursor);
      const answer = await fetch(data.points + more);
      if (!answer.ok) throw new Error(String(answer.status));
      const page = await answer.json();
      found = found.concat(page.points);
      cursor = page.next_cursor === undefined ? null : page.next_cursor;
    } while (cursor !== null);
    points = scaled(found);
    root.dataset.points = String(points.length);
    label.textContent = data.words.hint;
    draw();
  }
  load().catch(() => { label.textContent = data.words.broken; });
  const resized = new ResizeObserver(draw);
  resized.observe(root);
  root.teHalt = () => { resized.disconnect(); audio.pause(); };
  return root.teHalt;
}
