// The map of a territory inside a Streamlit page (geo.ui.components.territory_map).
// createCoverageMap comes from geo/maps/coverage_map.js and openMap from leaflet_map.js, placed before this text.
//
// The base arrives here once. The small values arrive through another component
// (territory_values.js) and the two meet in globalThis.maillageMaps, by the name of the map.

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
  const close = openMap(root, root.querySelector(".maillage-frame"), data, (L, map) => {
    const coverage = createCoverageMap(L, map, base, (code) => setTriggerValue("commune", code));
    slot.draw = (values) => {
      root.querySelector(".maillage-key").innerHTML = values.legend; // written by geo.maps.legend, escaped there
      if (!root.dataset.drawn) coverage.show(values);
      coverage.update(values);
      root.dataset.drawn = "yes";
    };
    if (slot.values) slot.draw(slot.values);
  });

  root.close = () => {
    close();
    delete slot.draw;
    delete root.dataset.fingerprint;
    delete root.dataset.drawn;
  };
  return cleanup;
}
