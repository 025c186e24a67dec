// What the map of all of France is made of: MapLibre, packed tiles and arrays, and how layers are painted.
// Placed before the text of the map (geo.ui.components.france_map).

function loadMapLibre(address) {
  if (globalThis.maplibregl) return Promise.resolve(globalThis.maplibregl);
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${address}/maplibre-gl.js`;
    script.onload = () => resolve(globalThis.maplibregl);
    script.onerror = () => reject(new Error(`${script.src} cannot be loaded`));
    document.head.append(script);
  });
}

function loadMapStyle(address, root) {
  return new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = `${address}/maplibre-gl.css`;
    link.onload = link.onerror = resolve;
    root.prepend(link);
  });
}

// Files are kept in gzip and served as they are: they are unpacked here, whatever stands between server and browser.
async function unpacked(response) {
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.buffer;
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

async function fetchUnpacked(address, signal) {
  const response = await fetch(address, { signal });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return unpacked(response);
}

// Tiles are asked as maillage://address; one that is not there is open sea.
function addTiles(maplibregl) {
  maplibregl.addProtocol("maillage", async ({ url }, abort) => {
    const data = await fetchUnpacked(`${location.origin}${url.slice("maillage:/".length)}`, abort.signal);
    return { data: data ?? new ArrayBuffer(0) };
  });
}

function bytesOf(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function numbersOf(text) {
  const bytes = bytesOf(text);
  const view = new DataView(bytes.buffer);
  return Uint16Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(2 * i, true));
}

// A dark line beside a light one, so that it shows on every class; `crossed`: in both directions.
function hatching(ink, crossed) {
  const size = 12; // two pixels each: sharp on dense screens
  const canvas = new OffscreenCanvas(size, size);
  const pen = canvas.getContext("2d");
  const lines = [[-3, 3, 3, -3], [0, 12, 12, 0], [9, 15, 15, 9]];
  if (crossed) lines.push([-3, 9, 3, 15], [0, 0, 12, 12], [9, -3, 15, 3]);
  for (const [colour, width] of [["#ffffff59", 4], [ink, 1.7]]) {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.beginPath();
    for (const [x1, y1, x2, y2] of lines) {
      pen.moveTo(x1, y1);
      pen.lineTo(x2, y2);
    }
    pen.stroke();
  }
  return pen.getImageData(0, 0, size, size);
}

// State of a commune: m, hundredths of a minute (none: no time); u, 1 under-served, 2 out of reach; h, pointed at.
// Lines of single communes begin where they can be told apart: each layer costs time at each move of the threshold.
function franceStyle(data) {
  const source = (folder, attribution) => ({
    type: "vector",
    tiles: [`maillage:/${data.files}/${folder}/{z}/{x}/{y}.pbf`],
    minzoom: data.zooms[0],
    maxzoom: data.zooms[1],
    promoteId: "i",
    attribution,
  });
  const time = ["number", ["feature-state", "m"], -1];
  const state = ["number", ["feature-state", "u"], 0];
  const communes = { source: "communes", "source-layer": data.communes };
  // Classes hold their upper bound: a step begins one unit after it.
  const steps = data.bounds.flatMap((bound, i) => [bound + 1, data.colours[i + 1]]);
  return {
    version: 8,
    sources: {
      communes: source(data.communes, "IGN, INSEE (Licence Ouverte)"),
      departements: source(data.departements),
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": "#eef1f2" } },
      { id: "times", type: "fill", ...communes, paint: {
        "fill-antialias": false,
        "fill-color": ["step", time, data.unknown, 0, data.colours[0], ...steps],
      } },
      { id: "under", type: "fill", ...communes, paint: {
        "fill-antialias": false,
        "fill-pattern": "under",
        "fill-opacity": ["case", ["==", state, 1], 1, 0],
      } },
      { id: "out-of-reach", type: "fill", ...communes, filter: false, paint: {
        "fill-antialias": false,
        "fill-pattern": "out-of-reach",
      } },
      { id: "limits", type: "line", ...communes, minzoom: 7.5, paint: { "line-color": "#8b949a", "line-width": 0.5 } },
      { id: "outlines", type: "line", ...communes, minzoom: 7.5, paint: {
        "line-color": data.ink,
        "line-width": 1.4,
        "line-opacity": ["case", [">", state, 0], 1, 0],
      } },
      { id: "departements", type: "line", source: "departements", "source-layer": data.departements, paint: {
        "line-color": data.ink,
        "line-width": ["interpolate", ["linear"], ["zoom"], 4, 0.5, 9, 1.8],
      } },
      { id: "pointed", type: "line", ...communes, minzoom: 7.5, paint: {
        "line-color": "#d6006e",
        "line-width": 3,
        "line-opacity": ["case", ["boolean", ["feature-state", "h"], false], 1, 0],
      } },
    ],
  };
}
