// One player: play button, waveform to click into, section marks, and several versions of one
// piece (A and B) that go on at the same place. Data: {variants: [{label, audio, wave}],
// marks: [{at, label}], duration, name, words: {play, pause, position, version}}
const SVG = "http://www.w3.org/2000/svg";

function made(tag, attributes, parent, text) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  if (parent) parent.appendChild(element);
  return element;
}

function clock(seconds) {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 10) return seconds.toFixed(1) + " s";
  const whole = Math.round(seconds);
  return Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0");
}

function outline(wave) {
  const count = wave.minimum.length;
  const top = Math.max(0.05, ...wave.maximum.map(Math.abs), ...wave.minimum.map(Math.abs));
  let path = "";
  for (let i = 0; i < count; i++) {
    const up = 24 - (wave.maximum[i] / top) * 23;
    const down = 24 - (wave.minimum[i] / top) * 23;
    path += "M" + i + " " + up.toFixed(1) + "V" + Math.max(down, up + 0.6).toFixed(1);
  }
  return path;
}

function drawing(box) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("viewBox", "0 0 100 48");
  svg.setAttribute("aria-hidden", "true");
  const paths = ["te-wave", "te-wave te-played"].map((name) => {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", name);
    svg.appendChild(path);
    return path;
  });
  box.appendChild(svg);
  return (wave) => {
    svg.setAttribute("viewBox", "0 0 " + wave.minimum.length + " 48");
    for (const path of paths) path.setAttribute("d", outline(wave));
  };
}

export default function (component) {
  const { data, parentElement } = component;
  const key = JSON.stringify(data);
  const old = parentElement.querySelector(".te-player");
  if (old && old.dataset.key === key) return old.teHalt;
  if (old) { old.teHalt(); old.remove(); }

  const root = made("div", { class: "te-player", role: "group", "aria-label": data.name });
  root.dataset.key = key;
  parentElement.appendChild(root);
  const audio = made("audio", { preload: "none", src: data.variants[0].audio }, root);
  const button = made("button", { type: "button", class: "te-play" }, root);
  const bar = made("div", { class: "te-bar", tabindex: "0", role: "slider",
    "aria-label": data.words.position, "aria-valuemin": "0" }, root);
  const draw = drawing(bar);
  const head = made("i", { class: "te-head" }, bar);
  const time = made("span", { class: "te-time" }, root);
  let wanted = 0;
  let length = data.duration;

  for (const mark of data.marks || []) {
    const flag = made("button", { type: "button", class: "te-mark", tabindex: "-1",
      style: "left:" + (100 * mark.at) / length + "%" }, bar, mark.label);
    flag.onclick = (event) => { event.stopPropagation(); seek(mark.at); };
  }

  function show() {
    const at = audio.currentTime || wanted;
    const share = Math.min(100, (100 * at) / length);
    root.style.setProperty("--te-at", share + "%");
    head.style.left = share + "%";
    time.textContent = (at > 0 ? clock(at) + " / " : "") + clock(length);
    bar.setAttribute("aria-valuemax", length.toFixed(1));
    bar.setAttribute("aria-valuenow", at.toFixed(1));
    bar.setAttribute("aria-valuetext", clock(at));
    button.textContent = audio.paused ? "▶" : "❚❚";
    button.setAttribute("aria-label", (audio.paused ? data.words.play : data.words.pause) + ": " + data.name);
    if (!audio.paused) requestAnimationFrame(show);
  }

  function start() {
    for (const other of document.querySelectorAll("audio")) if (other !== audio) other.pause();
    audio.play().catch(() => { root.classList.add("te-broken"); });
  }

  function seek(seconds) {
    wanted = Math.min(Math.max(0, seconds), length);
    if (audio.readyState > 0) audio.currentTime = wanted;
    if (audio.paused) start();
    show();
  }

  button.onclick = () => (audio.paused ? start() : audio.pause());
  audio.onloadedmetadata = () => {
    if (Number.isFinite(audio.duration)) length = audio.duration;
    if (wanted > 0) audio.currentTime = wanted;
  };
  audio.onplay = () => { root.classList.remove("te-broken"); show(); };
  audio.onpause = audio.onended = audio.onseeked = show;
  audio.onerror = () => root.classList.add("te-broken");
  bar.onclick = (event) => {
    const box = bar.getBoundingClientRect();
    seek(((event.clientX - box.left) / box.width) * length);
  };
  bar.onkeydown = (event) => {
    const step = { ArrowLeft: -length / 40, ArrowRight: length / 40 }[event.key];
    if (step !== undefined) seek((audio.currentTime || wanted) + step);
    else if (event.key === "Home") seek(0);
    else if (event.key === " " || event.key === "Enter") button.onclick();
    else return;
    event.preventDefault();
  };

  function wave(address) {
    fetch(address).then((answer) => (answer.ok ? answer.json() : null))
      .then((found) => { if (found) draw(found); }).catch(() => {});
  }

  if (data.variants.length > 1) {
    const choice = made("div", { class: "te-versions", role: "radiogroup", "aria-label": data.words.version }, root);
    data.variants.forEach((variant, number) => {
      const one = made("button", { type: "button", role: "radio", class: "te-version",
        "aria-checked": String(number === 0) }, choice, variant.label);
      one.onclick = () => {
        const playing = !audio.paused;
        wanted = audio.currentTime || wanted;
        for (const other of choice.children) other.setAttribute("aria-checked", String(other === one));
        audio.src = variant.audio;
        wave(variant.wave);
        if (playing) start();
        show();
      };
    });
  }

  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    wave(data.variants[0].wave);
  });
  seen.observe(root);
  show();
  root.teHalt = () => { seen.disconnect(); audio.pause(); };
  return root.teHalt;
}
