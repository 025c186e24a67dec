// A map of classes of communes inside a Streamlit page (geo.ui.components.planning_map). createPlanningMap comes from
// geo/maps/planning_map.js and openMap from leaflet_map.js, placed before.
//
// The base (contours) arrives here once. The values (classes, places) arrive through map_values.js; the two
// meet in globalThis.maillageMaps, by the name of the map.

export default function (component) {
  const { data, parentElement } = component;
  return keepMap(component, "maillageMaps", (L, map, base, slot, send) => {
    parentElement.querySelector(".maillage-patterns").innerHTML = data.defs;
    const draw = createPlanningMap(L, map, base, send);
    slot.draw = (values) => {
      parentElement.querySelector(".maillage-key").innerHTML = values.legend; // written by geo.maps.legend, escaped there
      draw(values);
    };
    if (slot.values) slot.draw(slot.values);
  });
}
