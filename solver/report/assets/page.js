// The temperature field in three dimensions: turn, zoom, read.
"use strict";
(() => {
  const element = (id) => document.getElementById(id);
  const canvas = element("field");
  if (!canvas) return;
  const reading = element("field-reading");
  const scene = JSON.parse(element("scene").textContent);
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
  const points = new Float32Array(bytes(scene.points));
  const quads = new Uint32Array(bytes(scene.quads));
  const celsius = new Float32Array(bytes(scene.celsius));

  const subtract = (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  const add = (a, b, f) => [a[0] + f * b[0], a[1] + f * b[1], a[2] + f * b[2]];
  const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  const unit = (a) => add([0, 0, 0], a, 1 / Math.hypot(...a));
  const point = (k) => [points[3 * k], points[3 * k + 1], points[3 * k + 2]];

  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  points.forEach((x, k) => {
    low[k % 3] = Math.min(low[k % 3], x);
    high[k % 3] = Math.max(high[k % 3], x);
  });
  const middle = add([0, 0, 0], add(low, high, 1), 0.5);
  const size = 0.5 * Math.hypot(...subtract(high, low));

  // Two triangles a quad, each quad of one colour; a triangle's quad repeats its last corner.
  const corners = [0, 1, 2, 0, 2, 3];
  const place = new Float32Array(celsius.length * 18);
  const colour = new Uint8Array(celsius.length * 18);
  celsius.forEach((t, q) => {
    const step = Math.round((255 * (t - scene.low_c)) / Math.max(scene.high_c - scene.low_c, 1e-9));
    const at = 6 * Math.min(255, Math.max(0, step));
    const rgb = [0, 2, 4].map((k) => parseInt(scene.colours.slice(at + k, at + k + 2), 16));
    corners.forEach((c, k) => {
      place.set(point(quads[4 * q + c]), 18 * q + 3 * k);
      colour.set(rgb, 18 * q + 3 * k);
    });
  });
  // Outlines: edges of one quad of a part only, and those where two of its quads meet at an angle.
  const normal = (q) => unit(cross(subtract(point(quads[4 * q + 1]), point(quads[4 * q])), subtract(point(quads[4 * q + 2]), point(quads[4 * q]))));
  const outline = [];
  for (const part of scene.parts) {
    const edges = new Map();
    for (let q = part.first; q < part.first + part.count; q++) {
      for (let k = 0; k < 4; k++) {
        const [a, b] = [quads[4 * q + k], quads[4 * q + ((k + 1) % 4)]];
        if (a === b) continue;
        const key = Math.min(a, b) + "," + Math.max(a, b);
        const other = edges.get(key);
        if (other && Math.abs(dot(normal(q), normal(other.q))) > 0.9) edges.delete(key);
        else edges.set(key, { q, a, b });
      }
    }
    for (const { a, b } of edges.values()) outline.push(point(a), point(b));
  }

  const start = { azimuth: -0.9, elevation: 0.5, zoom: 1, target: middle };
  let camera = { ...start };
  const field = 0.6;
  const ends = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => [0, 1, 2].map((i) => ((k >> i) & 1 ? high : low)[i]));
  const vectors = () => {
    const { azimuth, elevation } = camera;
    const back = [Math.cos(elevation) * Math.cos(azimuth), Math.cos(elevation) * Math.sin(azimuth), Math.sin(elevation)];
    const right = [-Math.sin(azimuth), Math.cos(azimuth), 0];
    const up = cross(back, right);
    // So far away that the whole of it is in the picture.
    const { ratio, half } = reach();
    const needed = ends.map((end) => {
      const d = subtract(end, middle);
      return dot(d, back) + Math.max(Math.abs(dot(d, right)) / (half * ratio), Math.abs(dot(d, up)) / half);
    });
    const far = (1.06 * Math.max(...needed)) / camera.zoom;
    return { back, right, up, far, eye: add(camera.target, back, far) };
  };
  const reach = () => ({ ratio: canvas.width / canvas.height, half: Math.tan(0.5 * field) });
  const matrix = () => {
    const { back, right, up, far, eye } = vectors();
    const { ratio, half } = reach();
    const [near, end] = [Math.max(far - 1.5 * size, 0.01 * far), far + 1.5 * size];
    const [sx, sy] = [1 / (half * ratio), 1 / half];
    const [a, b] = [(end + near) / (near - end), (2 * end * near) / (near - end)];
    const row = (v) => [...v, -dot(v, eye)];
    const [x, y, z] = [row(right), row(up), row(back)];
    return [0, 1, 2, 3].flatMap((k) => [sx * x[k], sy * y[k], a * z[k] + (k === 3 ? b : 0), -z[k]]);
  };

  let regl;
  try {
    regl = createREGL({ canvas, attributes: { antialias: true, preserveDrawingBuffer: true } });
  } catch (error) {
    reading.textContent = "This browser has no WebGL: the flat map below shows the radiator.";
    canvas.dataset.state = "unsupported";
    return;
  }
  const command = (options) =>
    regl({
      vert: "precision highp float; uniform mat4 view; attribute vec3 place, colour; varying vec3 shade; void main() { shade = colour; gl_Position = view * vec4(place, 1.0); }",
      frag: "precision mediump float; varying vec3 shade; void main() { gl_FragColor = vec4(shade, 1.0); }",
      uniforms: { view: matrix },
      ...options,
    });
  const faces = command({
    attributes: { place: regl.buffer(place), colour: { buffer: regl.buffer(colour), normalized: true, size: 3, type: "uint8" } },
    count: place.length / 3,
    polygonOffset: { enable: true, offset: { factor: 1, units: 1 } },
  });
  const lines = command({
    attributes: { place: outline, colour: { constant: [0.2, 0.23, 0.27] } },
    count: outline.length,
    primitive: "lines",
  });
  let waiting = false;
  const draw = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const ratio = Math.min(window.devicePixelRatio || 1, 2);
      const [w, h] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
      if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
      regl.poll();
      regl.clear({ color: [0.969, 0.973, 0.98, 1], depth: 1 });
      faces();
      lines();
      canvas.dataset.state = "drawn";
    });
  };

  // The quad under a place of the picture, nearest first.
  const under = (x, y) => {
    const box = canvas.getBoundingClientRect();
    const { back, right, up, eye } = vectors();
    const { ratio, half } = reach();
    const across = half * ratio * ((2 * (x - box.left)) / box.width - 1);
    const upward = half * (1 - (2 * (y - box.top)) / box.height);
    const ray = unit(add(add(add([0, 0, 0], back, -1), right, across), up, upward));
    let [best, found] = [Infinity, -1];
    for (let t = 0; t < place.length; t += 9) {
      const a = [place[t], place[t + 1], place[t + 2]];
      const u = [place[t + 3] - a[0], place[t + 4] - a[1], place[t + 5] - a[2]];
      const v = [place[t + 6] - a[0], place[t + 7] - a[1], place[t + 8] - a[2]];
      const p = cross(ray, v);
      const determinant = dot(u, p);
      if (Math.abs(determinant) < 1e-12) continue;
      const s = subtract(eye, a);
      const b = dot(s, p) / determinant;
      if (b < 0 || b > 1) continue;
      const q = cross(s, u);
      const c = dot(ray, q) / determinant;
      if (c < 0 || b + c > 1) continue;
      const distance = dot(v, q) / determinant;
      if (distance > 0 && distance < best) [best, found] = [distance, Math.floor(t / 18)];
    }
    return found;
  };
  const read = (x, y) => {
    const quad = under(x, y);
    const part = scene.parts.find((p) => quad >= p.first && quad < p.first + p.count);
    reading.textContent = part ? part.name + ": " + celsius[quad].toFixed(1).replace("-", "−") + " °C" : "";
  };

  const turn = (dx, dy) => {
    camera.azimuth -= 0.008 * dx;
    camera.elevation = Math.min(1.57, Math.max(-1.57, camera.elevation + 0.008 * dy));
    draw();
  };
  const zoom = (factor) => {
    camera.zoom = Math.min(40, Math.max(0.5, camera.zoom * factor));
    draw();
  };
  const shift = (dx, dy) => {
    const { right, up, far } = vectors();
    const step = (2 * far * reach().half) / canvas.clientHeight;
    camera.target = add(add(camera.target, right, -dx * step), up, dy * step);
    draw();
  };
  const held = new Map();
  canvas.addEventListener("pointerdown", (e) => {
    canvas.setPointerCapture(e.pointerId);
    held.set(e.pointerId, [e.clientX, e.clientY]);
    read(e.clientX, e.clientY);
  });
  canvas.addEventListener("pointermove", (e) => {
    const before = held.get(e.pointerId);
    if (!before) return read(e.clientX, e.clientY);
    const [dx, dy] = [e.clientX - before[0], e.clientY - before[1]];
    if (held.size === 2) {
      const other = [...held].find(([id]) => id !== e.pointerId)[1];
      const apart = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]);
      zoom(apart([e.clientX, e.clientY]) / Math.max(apart(before), 1));
      shift(0.5 * dx, 0.5 * dy);
    } else if (e.shiftKey || e.buttons === 2) {
      shift(dx, dy);
    } else {
      turn(dx, dy);
    }
    held.set(e.pointerId, [e.clientX, e.clientY]);
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (e) => held.delete(e.pointerId));
  canvas.addEventListener("pointerleave", () => held.size || (reading.textContent = ""));
  canvas.addEventListener("contextmenu", (e) => e.preventDefault());
  // The wheel zooms only a picture that was clicked, so that the page scrolls past it.
  canvas.addEventListener(
    "wheel",
    (e) => {
      if (document.activeElement !== canvas) return;
      e.preventDefault();
      zoom(Math.exp(-0.0015 * e.deltaY));
    },
    { passive: false },
  );
  const keys = { ArrowLeft: [-20, 0], ArrowRight: [20, 0], ArrowUp: [0, -20], ArrowDown: [0, 20] };
  canvas.addEventListener("keydown", (e) => {
    if (keys[e.key]) turn(...keys[e.key]);
    else if (e.key === "+") zoom(1.2);
    else if (e.key === "-") zoom(1 / 1.2);
    else return;
    e.preventDefault();
  });
  const views = { oblique: start, x: { ...start, azimuth: 0, elevation: 0 }, y: { ...start, azimuth: -Math.PI / 2, elevation: 0 }, z: { ...start, azimuth: -Math.PI / 2, elevation: 1.57 } };
  for (const button of document.querySelectorAll("[data-view]")) {
    button.addEventListener("click", () => {
      camera = { ...views[button.dataset.view] };
      draw();
    });
  }
  new ResizeObserver(draw).observe(canvas);
  window.addEventListener("beforeprint", draw);
  draw();
})();
