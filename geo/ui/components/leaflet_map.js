// What our maps inside a Streamlit page share: loading Leaflet, an empty map over the base tiles.
// Placed before the text of each map (geo.ui.components.leaflet_map).

function loadLeaflet(address, integrity) {
  if (globalThis.L?.map) return Promise.resolve(globalThis.L);
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${address}/leaflet.js`;
    script.integrity = integrity;
    script.crossOrigin = "anonymous";
    script.onload = () => resolve(globalThis.L);
    script.onerror = () => reject(new Error(`${script.src} cannot be loaded`));
    document.head.append(script);
  });
}

function loadStyle(address, root) {
  return new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = `${address}/leaflet.css`;
    link.onload = link.onerror = resolve;
    root.prepend(link);
  });
}

// The base map is credited only where it is shown; where it does not come, or not all of it, that is said on the map.
function addTiles(L, map, data) {
  const notice = L.DomUtil.create("p", "maillage-no-tiles");
  notice.setAttribute("role", "status");
  const corner = L.control({ position: "topright" });
  corner.onAdd = () => notice;
  let [came, failed, waiting, credited] = [0, 0, null, false];
  const say = () => {
    if (came > 0 !== credited) {
      credited = came > 0;
      map.attributionControl[credited ? "addAttribution" : "removeAttribution"](data.attribution);
    }
    const words = failed || !came ? data.no_tiles : "";
    if (notice.textContent === words) return;
    notice.textContent = words;
    notice.hidden = !words;
    map.fire("maillage-notice", { height: notice.offsetHeight }); // what lies under it may be moved
  };
  notice.hidden = true;
  corner.addTo(map);
  const tiles = L.tileLayer(data.tiles, { maxZoom: 18 });
  tiles.on("loading", () => {
    [came, failed] = [0, 0];
    clearTimeout(waiting);
    waiting = setTimeout(say, 6000); // a host that never answers
  });
  tiles.on("tileload", () => {
    came += 1;
    if (!credited) say();
  });
  tiles.on("tileerror", () => { failed += 1; });
  tiles.on("load", () => {
    clearTimeout(waiting);
    if (came || failed) say();
  });
  map.on("unload", () => clearTimeout(waiting));
  tiles.addTo(map);
}

function openTiles(L, box, data) {
  // Leaflet focuses the map when it is pressed: without this the page would jump under the pointer.
  box.focus = () => HTMLElement.prototype.focus.call(box, { preventScroll: true });
  const map = L.map(box, { zoomControl: false, scrollWheelZoom: false, zoomSnap: 0.25, attributionControl: false });
  // What is drawn has no words for a screen reader, or words by the hundred: the label of the map says where to read it.
  for (const name of ["tilePane", "overlayPane", "shadowPane", "markerPane", "tooltipPane"]) {
    map.getPane(name).setAttribute("aria-hidden", "true");
  }
  L.control.attribution({ prefix: "Leaflet" }).addTo(map);
  L.control.zoom({ zoomInTitle: "Agrandir", zoomOutTitle: "Réduire" }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  addTiles(L, map, data);
  // The wheel scrolls the page until the map is in use.
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  const observer = new ResizeObserver(() => map.invalidateSize());
  observer.observe(box);
  map.on("unload", () => observer.disconnect());
  return map;
}

// What a map stands on comes packed (geo.ui.cache): gzip, as text.
async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.codePointAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
}

function reasonOfNoMap() {
  if (!globalThis.DecompressionStream) return "votre navigateur est trop ancien (il en faut un de mai 2023 ou plus récent)";
  if (!globalThis.L?.map) return "la bibliothèque Leaflet est introuvable";
  return "une erreur l'en empêche, décrite dans la console du navigateur";
}

// Opens a map in `frame`; calls ready(L, map, base), or says in `frame` that there is none. Returns what closes it.
function openMap(root, frame, data, ready) {
  const box = document.createElement("div");
  box.className = "maillage-canvas";
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", data.label);
  frame.replaceChildren(box);
  let map = null;
  let closed = false;
  Promise.all([loadLeaflet(data.leaflet, data.integrity), unpacked(data.base), loadStyle(data.leaflet, root)])
    .then(([L, base]) => {
      if (closed) return;
      map = openTiles(L, box, data);
      ready(L, map, base);
    })
    .catch((error) => {
      console.error(error);
      box.textContent = `La carte ne peut pas s'afficher : ${reasonOfNoMap()}. ${data.without}`;
    });
  return () => {
    closed = true;
    map?.remove();
  };
}

// Keeps one map in a page element whatever the runs, opened again only where its ground changes; returns what Streamlit
// calls to clean up. `meeting` is where the map and the component that feeds it meet, by the name of the map: the slot
// that ready(L, map, base, slot, send) fills. send(what, value) is that of the latest run.
function keepMap({ data, parentElement, setTriggerValue }, meeting, ready) {
  const root = parentElement.querySelector(".maillage-map");
  // Streamlit calls this function again at each run, and may clean up a call after a newer one began.
  const call = (root.calls = (root.calls ?? 0) + 1);
  const cleanup = () => { if (root.calls === call) root.close(); };
  root.send = setTriggerValue;
  if (root.dataset.fingerprint === data.fingerprint) return cleanup;
  root.close?.();
  root.dataset.fingerprint = data.fingerprint;

  const slots = (globalThis[meeting] ??= new Map());
  const slot = slots.get(data.name) ?? {};
  slots.set(data.name, slot);
  const send = (what, value) => root.send(what, value);
  const frame = root.querySelector(".maillage-frame");
  const close = openMap(root, frame, data, (L, map, base) => ready(L, map, base, slot, send));
  root.close = () => {
    close();
    delete slot.draw;
    delete slot.light;
    delete root.dataset.fingerprint;
  };
  return cleanup;
}
