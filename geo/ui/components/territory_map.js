// The map of a territory inside a Streamlit page (geo.ui.components.territory_map).
// createCoverageMap comes from geo/maps/coverage_map.js, which is placed before this text.
//
// The base arrives here once. The small values arrive through another component
// (territory_values.js) and the two meet in globalThis.maillageMaps, by the name of the map.

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

function openMap(L, box, data, base, onSelect) {
  // Leaflet focuses the map when it is pressed: without this the page would jump under the pointer.
  box.focus = () => HTMLElement.prototype.focus.call(box, { preventScroll: true });
  const map = L.map(box, { zoomControl: false, scrollWheelZoom: false, zoomSnap: 0.25, attributionControl: false });
  L.control.attribution({ prefix: "Leaflet" }).addTo(map);
  L.control.zoom({ zoomInTitle: "Agrandir", zoomOutTitle: "Réduire" }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  L.tileLayer(data.tiles, { attribution: data.attribution, maxZoom: 18 }).addTo(map);
  // The wheel scrolls the page until the map is in use.
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  return { map, coverage: createCoverageMap(L, map, base, onSelect) };
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".maillage-map");
  // Streamlit calls this function again at each run, and may clean up a call after a newer one began.
  const call = (root.calls = (root.calls ?? 0) + 1);
  const cleanup = () => { if (root.calls === call) root.close(); };
  if (root.dataset.fingerprint === data.fingerprint) return cleanup;
  root.close?.();
  root.dataset.fingerprint = data.fingerprint;

  const maps = (globalThis.maillageMaps ??= new Map());
  const slot = maps.get(data.name) ?? {};
  maps.set(data.name, slot);
  const base = JSON.parse(data.base);
  root.querySelector(".maillage-patterns").innerHTML = base.defs;
  const box = document.createElement("div");
  box.className = "maillage-canvas";
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", data.label);
  root.querySelector(".maillage-frame").replaceChildren(box);

  let opened = null;
  let closed = false;
  Promise.all([loadLeaflet(data.leaflet, data.integrity), loadStyle(data.leaflet, root)])
    .then(([L]) => {
      if (closed) return;
      opened = openMap(L, box, data, base, (code) => setTriggerValue("commune", code));
      slot.draw = (values) => {
        root.querySelector(".maillage-key").innerHTML = values.legend; // written by geo.maps.legend, escaped there
        if (!root.dataset.drawn) opened.coverage.show(values);
        opened.coverage.update(values);
        root.dataset.drawn = "yes";
      };
      if (slot.values) slot.draw(slot.values);
      new ResizeObserver(() => opened.map.invalidateSize()).observe(box);
    })
    .catch((error) => {
      console.error(error);
      box.textContent =
        "La carte ne peut pas s'afficher : la bibliothèque Leaflet est introuvable. " +
        "Le tableau ci-dessous donne les mêmes résultats.";
    });

  root.close = () => {
    closed = true;
    opened?.map.remove();
    delete slot.draw;
    delete root.dataset.fingerprint;
    delete root.dataset.drawn;
  };
  return cleanup;
}
