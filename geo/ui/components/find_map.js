// The map of an answer (geo.ui.components.find_map). openMap comes from leaflet_map.js and
// drawGround from find_ground.js, placed before this text.
//
// The ground (geo.maps.ground) arrives here once. The answer, with the ground around it, arrives through the list of
// sites (found_sites.js). The two meet in globalThis.maillageAnswers, by name:
//   draw(answer)   places the start, the numbered sites and the road to the chosen one
//   light(id)      makes one site stand out and shows the road to it; null: back to the chosen one
//   onPick(id)     set by the list: a site of the map was pressed

const NOTHING = { origin: null, sites: [], chosen: null, around: [], ground: null };
// Where a number goes that would cover the pin or a number before it: pixels from its place.
const ASIDE = [[0, 0], [0, 18], [24, 8], [-24, 8], [30, -14], [-30, -14], [0, 46], [30, 36], [-30, 36]];

function drawAnswer(L, map, ground, pressed) {
  const base = drawGround(L, map, ground);
  const leads = L.layerGroup().addTo(map);
  const shown = L.layerGroup().addTo(map);
  const road = L.layerGroup().addTo(map);
  let answer = NOTHING;
  let markers = new Map();
  let view = null;
  let bounds = null;
  let placed = null; // the view that was given, to know whether the visitor left it
  let covered = 0; // pixels at the top under the notice of missing tiles
  let boxes = [];

  const icon = (html, name, size) => L.divIcon({ className: `maillage-${name}`, html, iconSize: [size, size] });
  // Names of places are only ever set as text, never as HTML.
  const text = (words) => {
    const line = document.createElement("span");
    line.textContent = words;
    return line;
  };

  // Numbers stand aside from the pin and from each other, tied to their place by a line.
  const spread = () => {
    leads.clearLayers();
    boxes = [];
    if (answer.origin) {
      const { x, y } = map.latLngToLayerPoint(answer.origin);
      boxes.push([x - 13, y - 33, x + 13, y]);
    }
    for (const site of answer.sites) {
      const element = markers.get(site.id)?.getElement();
      if (!element) return; // the map has no view yet
      const { x, y } = map.latLngToLayerPoint(site);
      const boxAt = ([right, down]) => [x + right - 14, y + down - 14, x + right + 14, y + down + 14];
      const aside = ASIDE.find((way) => !boxes.some((box) => overlap(boxAt(way), box))) ?? ASIDE[0];
      boxes.push(boxAt(aside));
      element.style.marginLeft = `${aside[0] - 14}px`;
      element.style.marginTop = `${aside[1] - 14}px`;
      if (aside === ASIDE[0]) continue;
      const end = map.layerPointToLatLng([x + aside[0], y + aside[1]]);
      L.polyline([site, end], { color: "#1d2b33", weight: 2, interactive: false }).addTo(leads);
      L.circleMarker(site, { radius: 3, color: "#1d2b33", fillOpacity: 1, interactive: false }).addTo(leads);
    }
  };
  map.on("zoomend", spread);

  const where = () => `${map.getCenter()} ${map.getZoom()}`;
  const fit = () => {
    const paddingTopLeft = [60, covered + 44]; // 44: the pin
    map.fitBounds(bounds, { paddingTopLeft, paddingBottomRight: [24, 30], maxZoom: 15, animate: false });
    placed = where();
  };
  map.on("maillage-notice", ({ height }) => {
    covered = height ? height + 10 : 0;
    if (bounds && placed === where()) fit();
  });

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
      const pin = L.divIcon({ className: "maillage-origin", html: ground.pin, iconSize: [26, 34], iconAnchor: [13, 33] });
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
      bounds = points.length ? [...points, ...roads] : ground.extent;
      fit();
    }
    spread();
    base.show(answer.ground && JSON.parse(answer.ground), () => [...boxes]);
    light(null);
  };
  return { draw, light };
}

export default function (component) {
  return keepMap(component, "maillageAnswers", (L, map, ground, slot, send) => {
    const signs = component.parentElement.querySelector(".maillage-signs");
    signs.innerHTML = ground.legend; // written by geo.maps.legend
    const { draw: place, light } = drawAnswer(L, map, ground, (id) => slot.onPick?.(id));
    map.on("click", ({ latlng }) => {
      const { lat, lng: lon } = latlng.wrap();
      send("position", { lon, lat });
    });
    const draw = (answer) => {
      place(answer);
      const noWay = answer.sites.length > 0 && answer.sites.every((site) => !site.road.length);
      signs.querySelector(".maillage-way").hidden = noWay; // on foot, by bicycle, by public transport
    };
    Object.assign(slot, { draw, light });
    draw(slot.answer ?? NOTHING);
  });
}
