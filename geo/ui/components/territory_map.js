// The map of a territory inside a Streamlit page (geo.ui.components.territory_map).
// createCoverageMap comes from geo/maps/coverage_map.js and openMap from leaflet_map.js, placed before this text.
//
// The base arrives here once. The small values arrive through another component
// (map_values.js) and the two meet in globalThis.maillageMaps, by the name of the map.

export default function (component) {
  const { parentElement } = component;
  return keepMap(component, "maillageMaps", (L, map, base, slot, send) => {
    parentElement.querySelector(".maillage-patterns").innerHTML = base.defs;
    const coverage = createCoverageMap(L, map, base, (code, by) => send("commune", { code, by }));
    let drawn = false;
    slot.draw = (values) => {
      parentElement.querySelector(".maillage-key").innerHTML = values.legend; // written by geo.maps.legend, escaped there
      if (!drawn) coverage.show(values);
      coverage.update(values);
      drawn = true;
    };
    if (slot.values) slot.draw(slot.values);
  });
}
