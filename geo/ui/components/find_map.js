// The map of an answer (geo.ui.components.find_map). openMap comes from leaflet_map.js, placed before this text.
//
// The ground (limits of communes, places) arrives here once. The answer arrives through the list of
// sites (found_sites.js). The two meet in globalThis.maillageAnswers, by name:
//   draw(answer)   places the start, the numbered sites and the road to the chosen one
//   light(id)      makes one site stand out and shows the road to it; null: back to the chosen one
//   onPick(id)     set by the list: a site of the map was pressed

const PIN =
  '<svg width="26" height="34" viewBox="0 0 26 34" aria-hidden="true"><path d="M13 33C13 33 25 20 25 13A12 12 0 1 0 1 13C1 20 13 33 13 33z" ' +
  'fill="#d6006e" stroke="#ffffff" stroke-width="2"/><circle cx="13" cy="13" r="4.5" fill="#ffffff"/></svg>';

const NOTHING = { origin: null, sites: [], chosen: null, around: [] };

function drawAnswer(L, map, ground, pressed) {
  const shown = L.layerGroup().addTo(map);
  const road = L.layerGroup().addTo(map);
  let answer = NOTHING;
  let markers = new Map();
  let view = null;

  const icon = (html, name, size) => L.divIcon({ className: `maillage-${name}`, html, iconSize: [size, size] });
  // Names of places are only ever set as text, never as HTML.
  const text = (words) => {
    const line = document.createElement("span");
    line.textContent = words;
    return line;
  };

  L.polyline(ground.limits, { color: "#8b949a", weight: 0.8, interactive: false }).addTo(map);
  for (const place of Object.values(ground.facilities).flat()) {
    L.marker([place.lat, place.lon], {
      icon: icon(ground.markers[place.kind], "place", 12), keyboard: false, zIndexOffset: -1000,
    }).bindTooltip(() => text(place.name)).addTo(map);
  }

  const light = (id) => {
    const which = answer.sites.find((site) => site.id === (id ?? answer.chosen));
    road.clearLayers();
    for (const [key, marker] of markers) {
      const on = which !== undefined && key === which.id;
      marker.getElement()?.classList.toggle("maillage-lit", on);
      marker.setZIndexOffset(on ? 1000 : 0);
    }
    if (which?.road.length > 1) {
      const line = { interactive: false, lineJoin: "round", lineCap: "round" };
      L.polyline(which.road, { ...line, color: "#ffffff", weight: 9, opacity: 0.9 }).addTo(road);
      const look = { color: "#1c5d73", weight: 5, opacity: 1, className: "maillage-road" };
      if (which.guessed) look.dashArray = "2 10"; // an approximation, not a way along real roads
      L.polyline(which.road, { ...line, ...look }).addTo(road);
    }
  };

  const draw = (next) => {
    answer = next;
    shown.clearLayers();
    markers = new Map();
    for (const site of answer.sites) {
      const marker = L.marker([site.lat, site.lon], { icon: icon(`${site.number}`, "number", 28), keyboard: false })
        .bindTooltip(() => text(`${site.number}. ${site.name}`))
        .on("click", () => pressed(site.id))
        .addTo(shown);
      markers.set(site.id, marker);
    }
    if (answer.origin) {
      const pin = L.divIcon({ className: "maillage-origin", html: PIN, iconSize: [26, 34], iconAnchor: [13, 33] });
      L.marker([answer.origin.lat, answer.origin.lon], { icon: pin, keyboard: false, zIndexOffset: 500 })
        .bindTooltip(() => text(answer.origin.label))
        .addTo(shown);
    }
    // The view moves with the answer only: choosing a site leaves it where the visitor put it.
    const marked = [...answer.sites, ...(answer.origin ? [answer.origin] : [])].map(({ lat, lon }) => [lat, lon]);
    const points = answer.sites.length ? marked : [...marked, ...answer.around];
    if (view !== `${points}`) {
      view = `${points}`;
      const roads = answer.sites.flatMap((site) => site.road);
      const bounds = points.length ? [...points, ...roads] : ground.extent;
      map.fitBounds(bounds, { padding: [24, 24], maxZoom: 15, animate: false });
    }
    light(null);
  };
  return { draw, light };
}

export default function (component) {
  return keepMap(component, "maillageAnswers", (L, map, slot, send) => {
    const { draw, light } = drawAnswer(L, map, JSON.parse(component.data.ground), (id) => slot.onPick?.(id));
    map.on("click", ({ latlng }) => {
      const { lat, lng: lon } = latlng.wrap();
      send("position", { lon, lat });
    });
    Object.assign(slot, { draw, light });
    draw(slot.answer ?? NOTHING);
  });
}
