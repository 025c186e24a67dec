// What lies under an answer (geo.maps.ground): land, limits, names, the places around. Placed before find_map.js.
//
// It is drawn below the tiles: where they come they cover it, where they do not it shows.

function drawGround(L, map, ground) {
  const pane = (name, order) => {
    const box = map.createPane(name);
    box.setAttribute("aria-hidden", "true"); // the list says it
    box.style.zIndex = order;
    box.style.pointerEvents = "none";
    return name;
  };
  const areas = pane("maillage-land", 150);
  const words = pane("maillage-names", 160);
  const around = L.layerGroup().addTo(map);
  const places = L.layerGroup().addTo(map);
  const shown = L.layerGroup().addTo(map);
  let names = ground.names;
  let obstacles = () => [];

  const line = (steps) => {
    const points = [];
    let [lat, lon] = [0, 0];
    for (let i = 0; i < steps.length; i += 2) {
      lat += steps[i];
      lon += steps[i + 1];
      points.push([lat / ground.units, lon / ground.units]);
    }
    return points;
  };
  const still = { pane: areas, interactive: false };
  const land = { ...still, fillColor: "#fbfaf6", fillOpacity: 1 };
  L.polygon(ground.land.map((rings) => rings.map(line)), { ...land, color: "#8b949a", weight: 0.8 }).addTo(map);
  const limits = L.polyline(ground.limits.map(line), { ...still, color: "#8b949a", weight: 1 }).addTo(map);
  if (ground.credit) map.attributionControl.addAttribution(ground.credit);

  // The larger names first, each where it covers nothing: more of them as the map comes nearer.
  const name = () => {
    shown.clearLayers();
    const zoom = map.getZoom();
    const { min, max } = map.getPixelBounds();
    const corner = map.getPixelOrigin();
    const [left, top, right, bottom] = [min.x - corner.x, min.y - corner.y, max.x - corner.x, max.y - corner.y];
    const taken = obstacles();
    for (const [text, lat, lon, from, prefecture] of names) {
      if (zoom < from) continue;
      const { x, y } = map.latLngToLayerPoint([lat, lon]);
      const half = 3.4 * text.length + 8;
      const beside = (gap) => [
        [`translate(${gap}px, -50%)`, [x + gap - 4, y - 9, x + gap + 2 * half, y + 9]],
        [`translate(calc(-100% - ${gap}px), -50%)`, [x - gap - 2 * half, y - 9, x - gap + 4, y + 9]],
      ];
      const sides = [
        ["translate(-50%, 3px)", [x - half, y - 2, x + half, y + 20]],
        ...beside(8),
        ...beside(26), // beside a number or the pin
      ];
      const free = (box) => box[0] >= left && box[1] >= top && box[2] <= right && box[3] <= bottom
        && !taken.some((other) => overlap(box, other));
      const [way, box] = sides.find((each) => free(each[1])) ?? [];
      if (!box) continue;
      taken.push(box);
      const label = document.createElement("span");
      label.textContent = text; // names of places are only ever set as text, never as HTML
      label.style.transform = way;
      const className = `maillage-name${prefecture ? " maillage-prefecture" : ""}`;
      const icon = L.divIcon({ className, html: label, iconSize: [0, 0] });
      L.marker([lat, lon], { icon, pane: words, interactive: false, keyboard: false }).addTo(shown);
    }
  };
  map.on("moveend", name);

  // `next`: what is around an answer (geo.maps.ground.ground_around); `boxes` gives what names must leave free.
  const show = (next, boxes) => {
    obstacles = boxes;
    around.clearLayers();
    places.clearLayers();
    const near = ground.around ?? next;
    names = ground.names;
    if (near) {
      const look = { ...land, color: "#c3c9cd", weight: 0.7 };
      for (const rings of near.communes) L.polygon(rings.map(line), look).addTo(around);
      limits.bringToFront();
      const said = new Set(names.map((each) => `${each[0]} ${each[1]}`));
      names = [...names, ...near.names.filter((each) => !said.has(`${each[0]} ${each[1]}`))];
      for (const place of near.places) {
        const icon = L.divIcon({ className: "maillage-place", html: ground.markers[place.kind], iconSize: [12, 12] });
        L.marker([place.lat, place.lon], { icon, keyboard: false, zIndexOffset: -1000 })
          .bindTooltip(() => {
            const text = document.createElement("span");
            text.textContent = place.name;
            return text;
          })
          .addTo(places);
      }
    }
    name();
  };
  return { show };
}

function overlap([left, top, right, bottom], [otherLeft, otherTop, otherRight, otherBottom]) {
  return left < otherRight && otherLeft < right && top < otherBottom && otherTop < bottom;
}
